"""Triangles between buildings: the free ground of each block, and which corner belongs to whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geodata.alike import leaders, mixed
from geodata.districting.rings import Rings, same
from geodata.topology.grid import Floats, Geometries, Integers

OPEN = -1
"""The label of a corner or triangle that belongs to no site."""


class Mesh(NamedTuple):
    """Triangles of free ground; corners are rows of `points`."""

    points: Floats
    corners: Integers
    """Shape (n, 3), counterclockwise."""
    block: Integers
    label: Integers
    """Shape (n, 3): the site that each corner lies on, OPEN on the rings of blocks and on walls."""


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
