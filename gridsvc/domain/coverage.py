"""A coverage being changed: units with their ground, leaves drawn, ancestors computed."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, STRtree

from geodata.findings import Finding
from geodata.measure import Floats, area_m2, length_m
from geodata.topology import NOBODY, Geometries, Ground, Rearranged, Redrawn, Tree, unite

REMAINDER = "remainder"
SEAM_M2 = 0.01
"""Ground that moves by less than this did not move: a vertex was added to a border."""
SEAM_M = 0.001
"""Nor did a strip that is no wider: a vertex upon a long border lies up to half a step of stored coordinates beside it."""


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit as it stands in a coverage; parents are named by their place in the list."""

    level: int
    name: str
    kind: str = "unit"
    code: str | None = None
    parent: int | None = None
    unit_id: int | None = None
    """None while the database does not know it."""
    ground: Ground = field(default_factory=Polygon)
    """Drawn for a leaf, the union of its children for the others, empty for a unit that is no more."""
    reported: Ground | None = None
    source: str | None = None
    source_digest: str | None = None

    @property
    def gone(self) -> bool:
        """Say whether the unit has no ground any more."""
        return bool(shapely.is_empty(self.ground))


class Frame:
    """What is known of units before anything is changed: made once, shared by all coverages that start from them."""

    def __init__(self, units: Iterable[UnitState]) -> None:
        self.units = tuple(units)

    @cached_property
    def place_of(self) -> dict[int, int]:
        """Give the place of each unit that the database knows, by its id."""
        return {unit.unit_id: place for place, unit in enumerate(self.units) if unit.unit_id is not None}

    @cached_property
    def there(self) -> frozenset[int]:
        """Give the places of the units that have ground: asking one after the other takes long."""
        return frozenset(np.flatnonzero(~shapely.is_empty(_grounds(self.units))).tolist())

    @cached_property
    def children(self) -> Mapping[int | None, list[int]]:
        """Give the places of the children by the place of their parent, without those that are no more."""
        below: dict[int | None, list[int]] = defaultdict(list)
        for place in sorted(self.there):
            below[self.units[place].parent].append(place)
        return dict(below)

    @cached_property
    def leaves(self) -> list[int]:
        """Give the places of the leaves, by rank."""
        bare = {place for below in self.children.values() for place in below} - self.children.keys()
        return sorted(bare, key=lambda place: rank(self.units[place], place))

    @cached_property
    def ground(self) -> Geometries:
        """Give the ground of the leaves."""
        return _grounds(self.units[place] for place in self.leaves)

    @cached_property
    def tree(self) -> STRtree:
        """Answer where the leaves lie."""
        return STRtree(self.ground)

    @cached_property
    def index_of(self) -> dict[int, int]:
        """Give the index of each leaf by its place."""
        return {place: index for index, place in enumerate(self.leaves)}


def rank(unit: UnitState, place: int) -> tuple[bool, bool, str, int]:
    """Return what leaves are put in order by: by code, those without by place, remainders last."""
    return unit.kind == REMAINDER, unit.code is None, unit.code or "", place


@dataclass(frozen=True, slots=True)
class Mosaic:
    """The leaves as `geodata.topology` takes them."""

    places: Sequence[int]
    """Of each index; those of leaves that are none any more have no ground."""
    ground: Geometries
    tree: Tree
    index_of: Mapping[int, int]


@dataclass(slots=True)
class _Known:
    """What was found out about units as they stand."""

    below: dict[int | None, list[int]] | None = None
    mosaic: Mosaic | None = None


class Coverage:
    """The units of a jurisdiction in a list; every change goes through `rearranged` and then `unite_ancestors`.

    After these, leaves and remainders tile and every other unit is the union of its children. Only what is changed costs time: what
    is not is known from the frame.
    """

    def __init__(self, units: Iterable[UnitState] | Frame) -> None:
        self._begin(units if isinstance(units, Frame) else Frame(units))

    @classmethod
    def over(cls, frame: Frame, states: Mapping[int, UnitState], moved: Iterable[int]) -> Coverage:
        """Return the units of a frame with others in some places, new ones at the end, taken as they stand: nothing is to be united."""
        coverage = cls(frame)
        for place, unit in sorted(states.items()):
            coverage.units[place : place + 1] = [unit]
        coverage.moved, coverage._touched = set(moved), set(states)
        return coverage

    def copy(self) -> Coverage:
        """Return the same units as they stand, to be changed apart; what was found out about them is shared until one is changed."""
        other = Coverage.__new__(Coverage)
        other._begin(self._frame, self.units)
        other.moved, other._touched, other._known = set(self.moved), set(self._touched), self._known
        return other

    def _begin(self, frame: Frame, units: Iterable[UnitState] | None = None) -> None:
        self._frame = frame
        self.units = list(frame.units if units is None else units)
        self.moved: set[int] = set()
        """Units whose ground changed; the others changed at most by vertices of seams."""
        self.findings: list[Finding] = []
        self._touched: set[int] = set()
        self._known = _Known()
        self._loose: set[int] = set()
        """Parents to be united anew."""
        self._crossed: set[int] = set()
        """Units above, over whose border ground went."""
        self._doubtful: set[int] = set()
        """Units above something that was given another ground, over their border perhaps."""

    def children(self) -> dict[int | None, list[int]]:
        """Return the places of the children by the place of their parent; units that are no more are left out."""
        if self._known.below is None:
            self._known.below = self._children()
        return self._known.below

    def _children(self) -> dict[int | None, list[int]]:
        below = dict(self._frame.children)
        known = self._frame.units
        touched = sorted(self._touched)
        there = set(self._there(touched))
        was_there = self._frame.there.intersection(touched)
        left: dict[int | None, set[int]] = defaultdict(set)
        joining: dict[int | None, list[int]] = defaultdict(list)
        for place in touched:
            stays = place in there and place in was_there and known[place].parent == self.units[place].parent
            if place in was_there and not stays:
                left[known[place].parent].add(place)
            if place in there and not stays:
                joining[self.units[place].parent].append(place)
        for parent in {*left, *joining}:
            kept = [place for place in below.pop(parent, ()) if place not in left[parent]]
            if both := sorted([*kept, *joining[parent]]):
                below[parent] = both
        return below

    def _there(self, places: Sequence[int]) -> list[int]:
        """Return those of the units that have ground."""
        found: list[int] = np.array(places, dtype=np.int64)[~shapely.is_empty(self.ground_of(places))].tolist()
        return found

    def leaves(self) -> list[int]:
        """Return the places of the units that have ground and no children, by rank: by code, those without by place, remainders last."""
        if not self._touched:
            return list(self._frame.leaves)
        about, below = self._about(), self.children()
        kept = [place for place in self._frame.leaves if place not in about]
        kept += [place for place in about if place not in below and not self.units[place].gone]
        return sorted(kept, key=lambda place: rank(self.units[place], place))

    def _about(self) -> set[int]:
        """Return the units that may be leaves or none otherwise than in the frame."""
        known = self._frame.units
        above = {self.units[place].parent for place in self._touched}
        above |= {known[place].parent for place in self._touched if place < len(known)}
        return self._touched | {place for place in above if place is not None}

    def mosaic(self) -> Mosaic:
        """Return the leaves for a change of borders, in no order that means anything."""
        if self._known.mosaic is None:
            self._known.mosaic = self._mosaic()
        return self._known.mosaic

    def _mosaic(self) -> Mosaic:
        about, below, frame = sorted(self._about()), self.children(), self._frame
        ground, changed = frame.ground.copy(), []
        new: dict[int, int] = {}
        there = set(self._there(about))
        for place in about:
            is_leaf = place in there and place not in below
            index = frame.index_of.get(place)
            if index is not None:
                ground[index] = self.units[place].ground if is_leaf else Polygon()
                changed.append(index)
            elif is_leaf:
                new[place] = len(frame.leaves) + len(new)
        if not changed and not new:
            return Mosaic(frame.leaves, frame.ground, frame.tree, frame.index_of)
        ground = np.concatenate([ground, self.ground_of(new)])
        redrawn = np.array([*changed, *range(len(frame.leaves), len(ground))], dtype=np.int64)
        return Mosaic([*frame.leaves, *new], ground, Redrawn(frame.tree, ground, redrawn), ChainMap(new, frame.index_of))

    def ground_of(self, places: Iterable[int]) -> Geometries:
        """Return the ground of these units as an array."""
        return _grounds(self.units[place] for place in places)

    def above(self, place: int) -> Iterator[int]:
        """Yield the places of the units above one, the lowest first."""
        parent = self.units[place].parent
        while parent is not None:
            yield parent
            parent = self.units[parent].parent

    def add(self, unit: UnitState) -> int:
        """Add a unit and return its place."""
        self.units.append(unit)
        place = len(self.units) - 1
        self._note(place, listed=True)
        return place

    def put(self, place: int, ground: Ground, *, moved: bool) -> None:
        """Give a unit this ground; `moved` is False where only the vertices of a seam changed."""
        self._set_ground(place, ground, moved=moved)
        if moved:
            self._doubtful.update(self.above(place))

    def _set_ground(self, place: int, ground: Ground, *, moved: bool) -> None:
        was_gone = self.units[place].gone
        self.units[place] = replace(self.units[place], ground=ground)
        self._note(place, listed=was_gone != self.units[place].gone)
        if moved:
            self.moved.add(place)

    def _note(self, place: int, *, listed: bool) -> None:
        """Note that a unit is another than before; `listed`: it may be the child of another one, or none any more."""
        self._touched.add(place)
        self._known = _Known(None if listed else self._known.below)
        parent = self.units[place].parent
        if parent is not None:
            self._loose.add(parent)

    def describe(self, place: int, **fields: Any) -> None:  # noqa: ANN401  # the fields of UnitState but its ground
        """Change what is said about a unit, not its ground."""
        if "parent" in fields and fields["parent"] != self.units[place].parent:
            self._crossed.update(self.above(place))
            self._note(place, listed=True)
        self.units[place] = replace(self.units[place], **fields)
        if "parent" in fields:
            self._crossed.update(self.above(place))
            self._note(place, listed=True)
        self._touched.add(place)
        self._known = _Known(self._known.below)

    def touched(self) -> list[int]:
        """Return the places of the units that may be otherwise than in the frame; the others are as they were."""
        return sorted(self._touched)

    def settle(self) -> None:
        """Take what was changed until now as it stands: ancestors are united already, nothing moved."""
        self._loose, self._crossed, self._doubtful = set(), set(), set()

    def reset(self, units: Iterable[UnitState]) -> None:
        """Forget every change: these are the units again."""
        self._begin(Frame(units))

    def pruned(self) -> Coverage:
        """Return the same without units that never had ground: what remained of a parent and was taken at once."""
        kept = [place for place, unit in enumerate(self.units) if unit.unit_id is not None or not unit.gone]
        if len(kept) == len(self.units):
            return self
        new_place: dict[int | None, int | None] = {None: None} | {place: index for index, place in enumerate(kept)}
        pruned = Coverage(replace(self.units[place], parent=new_place[self.units[place].parent]) for place in kept)
        pruned.moved = {index for index, place in enumerate(kept) if place in self.moved}
        return pruned

    def rearranged(self, places: Sequence[int], change: Rearranged) -> None:
        """Take over a change of borders; `places` names the unit behind each index of the change."""
        for index, ground in change.geometries.items():
            self._set_ground(places[index], ground, moved=index not in change.seams)
        for index in change.emptied:
            self._set_ground(places[index], Polygon(), moved=True)
        for pair in change.moved_m2:
            giver, taker = ({*self.above(places[index])} if index != NOBODY else set() for index in pair)
            self._crossed |= giver ^ taker
        self.findings.extend(change.findings)

    def unite_ancestors(self) -> None:
        """Make every unit with children the union of them, from the bottom up, where one of these changed."""
        below = self.children()
        while self._loose:
            lowest = max(self.units[place].level for place in self._loose)
            here = sorted(place for place in self._loose if self.units[place].level == lowest)
            self._loose.difference_update(here)
            for place in here:
                if place in below:
                    self._unite(place, below[place])
        self.settle()

    def _unite(self, place: int, below: Sequence[int]) -> None:
        united = unite(self.ground_of(below))
        self.findings.extend(united.findings)
        before = self.units[place].ground
        if not shapely.equals_exact(before, united.ground):
            crossed = place in self._crossed or (place in self._doubtful and _differs(before, united.ground))
            self._set_ground(place, united.ground, moved=crossed or bool(shapely.is_empty(before)))


def moved_m2(shared: Geometries) -> Floats:
    """Return the m² of what one unit has of the former ground of each other one, 0 where that is no more than a seam."""
    parts, owner = shapely.get_parts(shared, return_index=True)
    solid = shapely.get_dimensions(parts) == 2  # polygons
    around_m = np.bincount(owner[solid], length_m(parts[solid]), minlength=len(shared))
    size_m2 = area_m2(shared)
    return np.where(size_m2 > np.maximum(SEAM_M2, SEAM_M * around_m / 2), size_m2, 0.0)


def multi(ground: Ground) -> MultiPolygon:
    """Return the ground as the multipolygon that the tables hold."""
    return ground if isinstance(ground, MultiPolygon) else MultiPolygon([ground])


def _grounds(units: Iterable[UnitState]) -> Geometries:
    chosen = [unit.ground for unit in units]
    array = np.empty(len(chosen), dtype=object)
    array[:] = chosen
    return array


def _differs(before: Ground, after: Ground) -> bool:
    if shapely.is_empty(before) or shapely.is_empty(after):
        return True
    return float(area_m2(np.array([shapely.symmetric_difference(before, after)]))[0]) > SEAM_M2
