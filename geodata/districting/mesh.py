"""Triangles between buildings: the free ground of each block, and which corner belongs to whom."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geodata.alike import leaders, mixed
from geodata.ranges import members
from geodata.topology.grid import Flags, Floats, Geometries, Integers, as_array

OPEN = -1
"""The label of a corner or triangle that belongs to no site."""


class Rings(NamedTuple):
    """Rings with points added along their edges, the same ones in either direction."""

    points: Floats
    """Shape (n, 2), metres; the last point of a ring is its first."""
    ring: Integers
    given: Flags
    """Whether the point was a vertex before."""


class Mesh(NamedTuple):
    """Triangles of free ground; corners are rows of `points`."""

    points: Floats
    corners: Integers
    """Shape (n, 3), counterclockwise."""
    block: Integers
    label: Integers
    """Shape (n, 3): the site that each corner lies on, OPEN on the rings of blocks and on walls."""


def dense(polygons: Geometries, step_m: float) -> tuple[Geometries, Rings]:
    """Return flat polygons with a point every `step_m` metres at most, and their rings."""
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    start, end = xy[edge], xy[edge + 1]
    backwards = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    pieces = np.maximum(np.ceil(np.hypot(*(end - start).T) / step_m), 1).astype(np.int64)
    row, nth = members(np.zeros_like(pieces), pieces)
    share = (np.where(backwards[row], pieces[row] - nth, nth) / pieces[row])[:, None]
    low, high = (np.where(backwards[:, None], *both) for both in ((end, start), (start, end)))
    added = np.where((nth == 0)[:, None], start[row], low[row] + share * (high[row] - low[row]))
    closing = np.flatnonzero(np.diff(ring, append=-1) != 0)
    points, ring_of = np.concatenate([added, xy[closing]]), np.concatenate([ring[edge][row], ring[closing]])
    given = np.concatenate([nth == 0, np.ones(len(closing), bool)])
    order = np.argsort(ring_of, kind="stable")
    found = Rings(points[order], ring_of[order], given[order])
    drawn = as_array(shapely.linearrings(found.points, indices=found.ring))
    first = np.searchsorted(polygon, np.arange(len(polygons) + 1))
    whole = [shapely.Polygon(drawn[one], drawn[one + 1 : stop]) for one, stop in pairwise(first)]
    return as_array(whole), found


def mesh(free: Geometries, block: Integers, rings: Rings, label: Integers) -> Mesh:
    """Triangulate free ground; `rings` are those of the sites, with the label of each."""
    triangles, part = shapely.get_parts(shapely.constrained_delaunay_triangles(free), return_index=True)
    corners = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    clockwise = one[:, 0] * two[:, 1] < one[:, 1] * two[:, 0]
    corners[clockwise] = corners[clockwise, ::-1]
    points = np.concatenate([corners.reshape(-1, 2), rings.points])
    row = same(points)
    labels = np.full(len(points), OPEN)
    labels[row[len(corners) * 3 :]] = label[rings.ring]
    at = row[: len(corners) * 3].reshape(-1, 3)
    return Mesh(points, at, block[part], labels[at])


def same(points: Floats) -> Integers:
    """Return for each point the row of one that equals it, the same row for all equal ones."""
    bits = (points + 0.0).view(np.uint64)  # no negative zeros
    folded = (bits ^ (bits >> np.uint64(32))).view(np.int64)  # signs alone would cancel out: (x, y) and (-x, -y) would be one
    return leaders(mixed(folded[:, 0].copy(), folded[:, 1].copy()))


def spread(found: Mesh) -> tuple[Integers, Integers]:
    """Return the label of each triangle with an open edge, and its pairs across open edges; shapes (n,) and (m, 4).

    A pair is two triangles and the two corners between them. Ground that no site looks at goes to the nearest through open ground.
    """
    label = found.label.max(axis=1)
    following = np.roll(found.corners, -1, axis=1)
    triangle, side = np.nonzero((found.label == OPEN) & (np.roll(found.label, -1, axis=1) == OPEN))
    low, high = np.sort([found.corners[triangle, side], following[triangle, side]], axis=0)
    leader = leaders(mixed(low, high) + mixed(found.block[triangle], found.block[triangle]))
    second = np.flatnonzero(leader != np.arange(len(leader)))
    pairs = np.stack([triangle[leader[second]], triangle[second], low[second], high[second]], axis=1)
    centre = found.points[found.corners].mean(axis=1)
    length = np.hypot(*(centre[pairs[:, 0]] - centre[pairs[:, 1]]).T) + 1e-6
    graph = coo_array((length, (pairs[:, 0], pairs[:, 1])), shape=(len(label), len(label))).tocsr()
    sources = np.unique(pairs[:, :2][label[pairs[:, :2]] != OPEN])
    if len(sources):
        nearest = dijkstra(graph, directed=False, indices=sources, min_only=True, return_predecessors=True)[2]
        label = np.where((label == OPEN) & (nearest >= 0), label[np.maximum(nearest, 0)], label)
    return label, pairs
