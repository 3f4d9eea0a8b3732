"""New units on the ground of old ones: children under a drawn unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np
import shapely
from shapely import STRtree

from geodata.findings import Box, Finding
from geodata.measure import area_m2
from geodata.topology.absorb import absorb, longest
from geodata.topology.attract import attract
from geodata.topology.check import LEAST_PART_M2, box_of
from geodata.topology.edges import ALONE, Edges, directed, partners
from geodata.topology.faces import NOBODY, holders
from geodata.topology.grid import Flags, Geometries, Ground, Integers, snap
from geodata.topology.mend import mend
from geodata.topology.neighbours import neighbours
from geodata.topology.overlaps import overlaps
from geodata.topology.plane import Plane
from geodata.topology.rearrange import Rearranged, rearrange

NOISE_M = 0.5

Keep: TypeAlias = Literal["parent", "child"] | None
"""Whose border counts where a child reaches outside its parent; None: nobody has said."""


def carve(
    leaves: Geometries,
    polygons: Geometries,
    keys: Sequence[str],
    *,
    parents: Integers | None = None,
    keep: Keep = None,
    tree: STRtree | None = None,
) -> Rearranged:
    """Let new polygons take their ground from the leaves below; what remains of a leaf is its remainder.

    Polygon i becomes the unit `len(leaves) + i` of the result; a leaf that is covered completely is in `emptied`, and so is a
    polygon that gets nothing. `polygons` should be a coverage (`build`); ground that two still claim goes to the smaller. `keys`
    name them in sentences. `parents[i]` is the leaf below polygon i, -1 for none; without `parents` any leaf is. Where a polygon
    reaches further than NOISE_M outside its parent: keep="parent" clips it, keep="child" grows (ground of nobody is added, other
    leaves give theirs), None clips it too but each finding is an error: the caller asks first. Findings name the polygon, its row
    (counted from 1) and the m² outside. Borders within NOISE_M of the leaves' own are laid upon them, and strips narrower than that
    or under 1 m² go to the neighbour with the longest border: no slivers. Errors: GeodataError as in `rearrange`.
    """
    if parents is not None and (parents != NOBODY).all() and _tile(leaves, parents, polygons):
        return _divided(parents, polygons, len(leaves))
    tree = tree or STRtree(leaves)
    around = leaves[np.unique(tree.query(polygons)[1])]
    drawn = attract(snap(polygons), around, NOISE_M)
    children = _Children(leaves, mend(drawn), tree, parents, keep == "child")
    carved = rearrange(leaves, shapely.boundary(drawn), children, tree=tree)
    left_out = {len(leaves) + child for child in range(len(polygons))} - set(carved.geometries)
    told = [found.finding for found in overlaps(children.claims, keys)]
    told += _reaching_out(children, keys, keep)
    told += [_left_out(keys[unit - len(leaves)], polygons[unit - len(leaves)], unit - len(leaves) + 1) for unit in sorted(left_out)]
    return replace(carved, emptied=carved.emptied | left_out, findings=tuple(told))


def _tile(leaves: Geometries, parents: Integers, polygons: Geometries) -> bool:
    """Say whether the polygons tile their parents edge by edge, so that nothing is to be cut.

    Their edges, less those that run both ways under one parent, are then the edges of the parents: every point of a parent lies in
    exactly one valid polygon.
    """
    if not shapely.is_valid(polygons).all() or (area_m2(shapely.get_parts(polygons)) < LEAST_PART_M2).any():
        return False
    edges = directed(polygons)
    partner, under = partners(edges), parents[edges.leaves]
    if (partner < ALONE).any():
        return False
    above = np.unique(parents)
    frame = directed(leaves[above])
    free = (partner == ALONE) | (under != under[partner])
    ours, theirs = _sorted(under[free], edges.only(free)), _sorted(above[frame.leaves], frame)
    return np.array_equal(ours, theirs)


def _sorted(parents: Integers, edges: Edges) -> Integers:
    """Return a row for each edge with its parent and ends, in an order that depends on nothing else."""
    rows = np.column_stack([parents, edges.starts, edges.ends])
    ordered: Integers = rows[np.lexsort(rows.T)]
    return ordered


def _divided(parents: Integers, polygons: Geometries, first: int) -> Rearranged:
    """Return what it means that the polygons take all ground of their parents, as units from number `first` on."""
    units = range(first, first + len(polygons))
    moved = dict(zip(zip(parents.tolist(), units, strict=True), area_m2(polygons).tolist(), strict=True))
    return Rearranged(dict(zip(units, polygons, strict=True)), frozenset(), frozenset(parents.tolist()), moved)


def _reaching_out(children: _Children, keys: Sequence[str], keep: Keep) -> Iterator[Finding]:
    for child, pieces in sorted(children.outside.items()):
        values = {"key": keys[child], "outside_m2": float(area_m2(pieces).sum())}
        yield _outside(keep, values, box_of(shapely.multipolygons(list(pieces))), child + 1)


def _outside(keep: Keep, values: Mapping[str, object], where: Box, row: int) -> Finding:
    if keep == "parent":
        return Finding("outside", "warning", "{key} was cut at its parent's border; {outside_m2:.0f} m² lie outside.", values, where, row)
    if keep == "child":
        return Finding("outside", "warning", "{key} takes {outside_m2:.0f} m² outside its parent.", values, where, row)
    return Finding(
        "outside", "error", "{key} reaches {outside_m2:.0f} m² outside its parent; which border is to be kept?", values, where, row
    )


def _left_out(key: str, polygon: Ground, row: int) -> Finding:
    where = None if polygon.is_empty else box_of(polygon)
    return Finding("emptied", "error", "{key} gets no ground: none of it lies where it may.", {"key": key}, where, row)


@dataclass
class _Children:
    """Whose each face is when children take their ground: asked by `rearrange`."""

    leaves: Geometries
    claims: Geometries
    tree: STRtree
    parents: Integers | None
    grow: bool
    outside: dict[int, Geometries] = field(default_factory=dict)
    """What each child claims outside its parent, filled in by the answer."""

    def __call__(self, points: Geometries, faces: Geometries) -> Integers:
        holder = holders(self.leaves, points, tree=self.tree)
        claim = _smallest(self.claims, points)
        thin, free = _thin(faces, NOISE_M), holder == NOBODY
        beyond = (claim != NOBODY) & ~self._at_home(holder, claim) & ~(thin & ~(free & self._homeless(claim)))
        self.outside = {int(child): faces[beyond & (claim == child)] for child in np.unique(claim[beyond])}
        gets = (claim != NOBODY) & (self._at_home(holder, claim) | (beyond & self.grow))
        owners = np.where(gets, len(self.leaves) + claim, holder)
        touched = np.isin(holder, holder[gets]) & ~free | free & self.grow
        return self._without_strips(faces, holder, owners, thin & touched & ~gets)

    def _without_strips(self, faces: Geometries, holder: Integers, owners: Integers, strips: Flags) -> Integers:
        """Return the owners after strips between a child and its parent's border went to the child, and slivers to whom they may."""

        def allowed(one: Integers, owner: Integers) -> Flags:
            is_child = owner >= len(self.leaves)
            home = self.grow | self._at_home(holder[one], np.where(is_child, owner - len(self.leaves), 0))
            return np.where(is_child, home, owner == holder[one])

        each = np.arange(len(faces))
        taker = longest(neighbours(faces), each, strips, owners >= len(self.leaves), owners, allowed)
        return absorb(faces, np.where(taker >= 0, owners[taker], owners), allowed)

    def _at_home(self, holder: Integers, claim: Integers) -> Flags:
        """Say whether ground of this holder is what the claiming child may take."""
        home: Flags = holder != NOBODY
        return home if self.parents is None else home & (holder == self.parents[claim])

    def _homeless(self, claim: Integers) -> Flags:
        """Say whether the claiming child has no parent, so that free ground is as good as any."""
        return np.full(len(claim), False) if self.parents is None else self.parents[claim] == NOBODY


def _smallest(claims: Geometries, points: Geometries) -> Integers:
    """Return for each point the smallest claim it lies in, -1 for none."""
    by_size = np.argsort(area_m2(claims), kind="stable")
    rank = holders(claims[by_size], points)
    return np.where(rank == NOBODY, NOBODY, by_size[rank])


def _thin(faces: Geometries, width_m: float) -> Flags:
    """Say which faces are narrower than the width everywhere."""
    flat = Plane.around(faces).flat(faces)
    thin = 2 * shapely.area(flat) < width_m * shapely.length(flat)  # no face holds a circle wider than this quotient or more
    thin[thin] = shapely.is_empty(shapely.buffer(flat[thin], -width_m / 2))
    return thin
