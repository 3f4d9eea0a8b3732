"""The one way to change borders: node the old and the new lines together, give every face an owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely

from geodata.findings import Finding, GeodataError
from geodata.measure import area_m2
from geodata.topology.check import check_around
from geodata.topology.edges import ALONE, directed, partners
from geodata.topology.faces import NOBODY, faces_of, holders, united
from geodata.topology.grid import STEP_DEG, Geometries, Ground, Integers
from geodata.topology.tree import Tree, tree_of

Owner: TypeAlias = Callable[[Geometries, Geometries], Integers]
"""owner(inner points, faces) -> index of the unit that gets each face; -1: no ground."""


@dataclass(frozen=True, slots=True)
class Rearranged:
    """What a change of borders rewrites; everything else stays as it is, byte for byte."""

    geometries: Mapping[int, Ground]
    """New geometry by index; an index from len(leaves) on is a new unit."""
    seams: frozenset[int]
    """Those of `geometries` whose ground did not change: they only got vertices."""
    emptied: frozenset[int]
    """Leaves that have no ground any more; not in `geometries`."""
    moved_m2: Mapping[tuple[int, int], float]
    """Ground by (from, to); -1 is ground that belonged or belongs to nobody."""
    findings: tuple[Finding, ...] = ()
    """Findings of the move itself; an error among them asks for somebody's consent."""

    def applied_to(self, leaves: Geometries) -> Geometries:
        """Return a copy of all leaves after the change: emptied ones are empty polygons, new units follow at the end."""
        count = max([len(leaves), *(index + 1 for index in {*self.geometries, *self.emptied})])
        after = np.full(count, shapely.Polygon(), dtype=object)
        after[: len(leaves)] = leaves
        after[list(self.emptied)] = shapely.Polygon()
        for index, geometry in self.geometries.items():
            after[index] = geometry
        return after


def rearrange(leaves: Geometries, lines: Geometries, owner: Owner, *, tree: Tree | None = None) -> Rearranged:
    """Divide the leaves around the lines by them and give every face to its owner.

    `leaves` may be the whole coverage: only the leaves whose boxes meet a line's box, and their neighbours, are read. `tree` is an
    STRtree or `Redrawn` of `leaves`, made when absent (8 ms for 20,000). `owner` is asked about every face there, those outside any
    leaf included; `holders` tells who has it now. The result passes `check_around`. Errors: GeodataError when a part would be under 1 m²,
    or where the leaves were no coverage before.
    """
    tree = tree_of(leaves, tree)
    near = tree.query(np.atleast_1d(lines))[1]
    near = np.union1d(near, tree.query(leaves[near], predicate="intersects")[1])
    while True:
        faces = faces_of(leaves[near], np.atleast_1d(lines))
        points = shapely.point_on_surface(faces)
        holder = np.append(near, NOBODY)[holders(leaves[near], points)]
        owners = owner(points, faces)
        overlooked = np.setdiff1d(_overlooked(leaves, near, tree, faces, np.where(holder == NOBODY, owners, NOBODY)), near)
        unread = owners[(owners >= 0) & (owners < len(leaves)) & ~np.isin(owners, near)]
        if not len(overlooked) and not len(unread):
            break
        near = np.union1d(near, np.union1d(overlooked, unread))
    result = _rewritten(leaves, near, faces, holder, owners)
    if findings := check_around(result.applied_to(leaves), [*result.geometries, *result.emptied], tree=tree):
        raise GeodataError(findings[0].template, findings=tuple(findings), **findings[0].values)
    return result


def _overlooked(leaves: Geometries, near: Integers, tree: Tree, faces: Geometries, grown: Integers) -> Integers:
    """Return leaves that were not read and have to be: those in ground to be added, and those along a border that got nodes.

    A border of the leaves read, that is not an edge of the faces any more, got a node within half a grid step of it.
    """
    edges = directed(leaves[near])
    frame = edges.only(partners(edges) == ALONE)
    bent = frame.only(~np.isin(frame.keys(), directed(faces).keys()))
    boxes = shapely.box(*(np.minimum(bent.starts, bent.ends) * STEP_DEG).T, *(np.maximum(bent.starts, bent.ends) * STEP_DEG).T)
    return np.union1d(tree.query(boxes, predicate="intersects")[1], tree.query(faces[grown != NOBODY], predicate="intersects")[1])


def _rewritten(leaves: Geometries, near: Integers, faces: Geometries, holder: Integers, owners: Integers) -> Rearranged:
    """Unite the faces of each owner and tell whose geometry, and whose ground, is another than before."""
    grounds = united(faces, owners)
    indices = np.array(sorted(grounds), dtype=np.int64)
    kept = np.intersect1d(near, indices)
    same = shapely.equals_identical(shapely.normalize(leaves[kept]), np.array([grounds[int(index)] for index in kept], dtype=object))
    for index in kept[same]:
        del grounds[int(index)]
    moved = _moved_m2(faces, holder, owners)
    concerned = {index for pair in moved for index in pair}
    emptied = np.setdiff1d(near[~shapely.is_empty(leaves[near])], indices)
    return Rearranged(grounds, frozenset(grounds) - concerned, frozenset(map(int, emptied)), moved)


def _moved_m2(faces: Geometries, holder: Integers, owners: Integers) -> dict[tuple[int, int], float]:
    """Return the ground that changes hands, by (from, to)."""
    moving = np.flatnonzero(holder != owners)
    moved: dict[tuple[int, int], float] = {}
    for giver, taker, size_m2 in zip(holder[moving], owners[moving], area_m2(faces[moving]), strict=True):
        moved[int(giver), int(taker)] = moved.get((int(giver), int(taker)), 0.0) + float(size_m2)
    return moved
