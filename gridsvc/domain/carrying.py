"""Carrying a change over to ground that others have changed meanwhile: pieces of ground, each from one unit to another.

Three states of the same units are compared face by face: the base, what was wanted upon it, and what holds now. Where one side alone
changed something, its change stands. Seams are no change: a border bends by half a grid step when a neighbour gets a vertex, and the
slivers that come of it stay with who holds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np
import shapely
from shapely import Polygon, STRtree

from geodata.topology import NOBODY, Geometries, Ground, holders, rearrange
from geodata.topology.faces import faces_of
from geodata.topology.grid import STEP_DEG, Flags, Integers, as_array
from gridsvc.domain.coverage import Coverage, UnitState

Choice: TypeAlias = Literal["mine", "theirs"]
Piece: TypeAlias = tuple[int, int, Ground]
"""Ground with the key of who has it and of who gets it."""

OUTSIDE = 0
"""Stands for a key where ground belongs to no unit; ids of units count up from 1, keys of new ones down from -1."""
THIN_DEG = 5 * STEP_DEG
"""Narrower faces are seams."""
_SAID = ("level", "kind", "name", "code")


class Stand:
    """The units of a coverage by their keys: ids, below 0 for those that the database does not know."""

    def __init__(self, coverage: Coverage, keys: Sequence[int]) -> None:
        self.units = {keys[place]: unit for place, unit in enumerate(coverage.units) if not unit.gone}
        self.parents = {key: None if unit.parent is None else keys[unit.parent] for key, unit in self.units.items()}
        places = coverage.leaves()
        self.leaves = np.array([keys[place] for place in places], dtype=np.int64)
        self.ground = coverage.ground_of(places)
        self.tree = STRtree(self.ground)

    def at(self, points: Geometries) -> Integers:
        """Return the key of the leaf that holds each point."""
        return np.append(self.leaves, OUTSIDE)[holders(self.ground, points, tree=self.tree)]

    def said(self, key: int) -> dict[str, object]:
        """Return what is said of a unit besides its ground, its parent by key."""
        return {name: getattr(self.units[key], name) for name in _SAID} | {"parent": self.parents[key]}

    def unlike(self, other: Stand) -> Geometries:
        """Return the ground of the leaves that have another outline in the other state, or none."""
        index_of = {key: index for index, key in enumerate(other.leaves.tolist())}
        there = np.append(other.ground, np.array([Polygon()], dtype=object))[[index_of.get(key, -1) for key in self.leaves.tolist()]]
        unlike: Geometries = self.ground[~shapely.equals_identical(self.ground, there)]
        return unlike

    def outlines(self, keys: Sequence[int]) -> Geometries:
        """Return the borders of the leaves that meet one of these keys' ground."""
        near = self.tree.query(self.ground[np.isin(self.leaves, keys)], predicate="intersects")[1]
        outlines: Geometries = shapely.boundary(self.ground[np.unique(near)])
        return outlines


def pieces(one: Stand, other: Stand) -> list[Piece]:
    """Return the ground that another unit holds in the other state, seams left out."""
    grounds = np.concatenate([one.unlike(other), other.unlike(one)])
    if not len(grounds):
        return []
    faces = faces_of(grounds, as_array([]))
    points = shapely.point_on_surface(faces)
    giver, taker = one.at(points), other.at(points)
    real = (giver != taker) & ~_thin(faces)
    return list(zip(giver[real].tolist(), taker[real].tolist(), faces[real], strict=True))


def changed_units(base: Stand, other: Stand) -> set[int]:
    """Return the keys of the units that are another in the other state: in their ground, in what is said of them, new, or no more."""
    moved = {key for giver, taker, _ in pieces(base, other) for key in (giver, taker)} - {OUTSIDE}
    both = base.units.keys() & other.units.keys()
    return moved | {key for key in both if base.said(key) != other.said(key)} | (base.units.keys() ^ other.units.keys())


class Carrying:
    """A change on its way to `now`, whose units have these keys: it is changed as `wanted` changed `base`.

    `choices` decides by unit what both changed: `mine` is as wanted, `theirs` as it is now. What is in the way without one is named in
    `in_the_way` by key, and then `now` is to be thrown away. Errors: GeodataError where a part of a unit would be left under 1 m².
    """

    def __init__(self, base: Stand, wanted: Stand, now: Coverage, keys: Sequence[int], choices: Mapping[int, Choice]) -> None:
        self.base, self.wanted, self.now, self.keys = base, wanted, now, list(keys)
        self.in_the_way: set[int] = set()
        self._holding = Stand(now, keys)
        self._place_of = {key: place for place, key in enumerate(keys)}
        self._mine, self._theirs = ([key for key, choice in choices.items() if choice == wish] for wish in ("mine", "theirs"))
        self._divided = {place for place in now.children() if place is not None}
        self._add_units()
        self._move_ground()
        self._describe()
        if not self.in_the_way:
            now.unite_ancestors()
            self._end_units()

    def _add_units(self) -> None:
        """Add the units that are wanted and not there, parents first, still without ground."""
        absent = [key for key in self.wanted.units if key not in self._place_of and (key not in self.base.units or key in self._mine)]
        for key in sorted(absent, key=lambda key: self.wanted.units[key].level):
            unit = replace(self.wanted.units[key], parent=self._place(self.wanted.parents[key]), ground=Polygon())
            self._place_of[key] = self.now.add(replace(unit, unit_id=key if key > 0 else None))
            self.keys.append(key)

    def _place(self, key: int | None) -> int | None:
        """Return the place of a unit, which is in the way where others have ended it."""
        if key is not None and key not in self._place_of:
            self.in_the_way.add(key)
        return None if key is None else self._place_of.get(key)

    def _move_ground(self) -> None:
        """Give each piece to whom it is wanted for, where its holder still has it."""
        lines = [np.array([shapely.boundary(ground) for *_, ground in pieces(self.base, self.wanted)], dtype=object)]
        if self._mine:
            lines += [stand.outlines(self._mine) for stand in (self.base, self.wanted)]
        outlines = np.concatenate(lines)
        if not len(outlines):
            return
        known = set(self._holding.leaves.tolist())
        places = [self._place_of[key] for key in self._holding.leaves.tolist()]
        places += [place for key, place in self._place_of.items() if key not in known]
        index_of = {self.keys[place]: index for index, place in enumerate(places)} | {OUTSIDE: NOBODY}
        found: list[set[int]] = []

        def owner(points: Geometries, faces: Geometries) -> Integers:
            holder = self._holding.at(points)
            owners, clashing = self._decided(holder, points)
            thin = _thin(faces)
            found.append(set(np.where(holder == OUTSIDE, self.base.at(points), holder)[clashing & ~thin].tolist()))
            absent = np.array([key not in index_of for key in owners.tolist()], dtype=bool)
            found[-1] |= set(owners[absent & ~thin].tolist())
            owners = _with_their_neighbours(faces, holder, np.where(absent, holder, owners), thin)
            return np.array([index_of[key] for key in owners.tolist()], dtype=np.int64)

        change = rearrange(self._holding.ground, outlines, owner, tree=self._holding.tree)
        self.in_the_way |= found[-1]
        self.now.rearranged(places, change)

    def _decided(self, holder: Integers, points: Geometries) -> tuple[Integers, Flags]:
        """Return the key that gets each face, and which faces both sides gave away."""
        base, wanted = self.base.at(points), self.wanted.at(points)
        mine, theirs = (np.isin(np.stack([base, wanted, holder]), keys).any(axis=0) for keys in (self._mine, self._theirs))
        theirs &= (base != wanted) | (base != holder)
        clashing = (base != wanted) & (base != holder) & (wanted != holder) & ~mine & ~theirs
        stays = theirs | clashing | ((base == wanted) & ~mine)
        return np.where(stays, holder, wanted), clashing

    def _describe(self) -> None:
        """Say of the units what is wanted of them, parents included."""
        for key in self.base.units.keys() & self.wanted.units.keys():
            old, new = self.base.said(key), self.wanted.said(key)
            if key in self._theirs or (old == new and key not in self._mine):
                continue
            if key not in self._place_of:
                self.in_the_way.add(key)
            elif key in self._holding.units:
                self._say(key, old, new, self._holding.said(key))

    def _say(self, key: int, old: dict[str, object], new: dict[str, object], now: dict[str, object]) -> None:
        fields = {name: value for name, value in new.items() if value != now[name] and (value != old[name] or key in self._mine)}
        if key not in self._mine and any(now[name] != old[name] for name in fields):
            self.in_the_way.add(key)
        elif fields:
            if "parent" in fields:
                fields["parent"] = self._place(self.wanted.parents[key])
            self.now.describe(self._place_of[key], **fields)

    def _end_units(self) -> None:
        """End what was divided and has nothing below it any more; what is wanted to end and has ground still is in the way."""
        below = self.now.children()
        for place in self._divided - below.keys():
            if shapely.equals_identical(self.now.units[place].ground, self._ground_before(place)):
                self.now.put(place, Polygon(), moved=True)
        for key in self.base.units.keys() - self.wanted.units.keys() - set(self._theirs):
            if key in self._place_of and not self.now.units[self._place_of[key]].gone:
                self.in_the_way.add(key)

    def _ground_before(self, place: int) -> Ground:
        unit: UnitState | None = self._holding.units.get(self.keys[place])
        return Polygon() if unit is None else unit.ground


def _with_their_neighbours(faces: Geometries, holder: Integers, owners: Integers, thin: Flags) -> Integers:
    """Let thin faces go where most of their border's face of the same holder goes, else stay."""
    decided = np.where(thin, holder, owners)
    slivers = np.flatnonzero(thin)
    if not len(slivers):
        return decided
    sliver, near = STRtree(faces).query(faces[slivers], predicate="intersects")
    fits = ~thin[near] & (holder[near] == holder[slivers[sliver]])
    sliver, near = slivers[sliver[fits]], near[fits]
    shared_deg = shapely.length(shapely.intersection(shapely.boundary(faces[sliver]), shapely.boundary(faces[near])))
    for index in np.argsort(shared_deg, kind="stable"):
        decided[sliver[index]] = owners[near[index]]
    return decided


def _thin(faces: Geometries) -> Flags:
    """Say which faces are narrower than a seam."""
    narrow: Flags = 2 * shapely.area(faces) < THIN_DEG * shapely.length(faces)
    return narrow
