"""How much ground footprints share with leaves, pair by pair and compiled: for the many of a city.

A footprint is the signed sum of the triangles that its edges make with a vertex of it, so that whatever its form and holes, only
triangles clip; a leaf's ring is cut to the footprint's box first (Sutherland and Hodgman 1974: a ring against one straight
line after the other; what it leaves along these lines has no area).
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.compiled import compiled, inner
from geodata.measure import rings_of, square_radian_m2
from geodata.topology import Geometries

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GROWTH = 18
"""A ring clipped by one line has at most half as many vertices again: by four of a box and three of a triangle 1.5^7 times as many."""


def common_m2(leaves: Geometries, footprints: Geometries, leaf: Ints, footprint: Ints) -> Floats:
    """Return the ground in m² that `leaves[leaf]` and `footprints[footprint]` share, pair by pair.

    Polygons of EPSG:4490, longitude before latitude, edges straight in degrees; exact to 1e-9 of a footprint's own ground.
    """
    vertices, ring, leaf_of = _vertices(leaves)
    begins = np.searchsorted(ring, np.arange(len(leaf_of) + 1))
    first_ring = np.searchsorted(leaf_of, np.arange(len(leaves) + 1))
    corners, ring, footprint_of = _vertices(footprints)
    ahead = np.flatnonzero(ring[1:] == ring[:-1])
    edges = np.stack([corners[ahead], corners[ahead + 1]], axis=1)
    first_edge = np.searchsorted(footprint_of[ring[ahead]], np.arange(len(footprints) + 1))
    scratch = np.empty((3, 2, GROWTH * int(np.diff(begins).max(initial=0))))
    shared, lat = _shared((vertices, begins, first_ring), (edges, first_edge), leaf, footprint, scratch)
    return np.maximum(shared * square_radian_m2(lat), 0.0)


def _vertices(geometries: Geometries) -> tuple[Floats, Ints, Ints]:
    """Return all vertices (radians), the ring of each, and the geometry of each ring; holes run clockwise, other rings do not."""
    rings, _, owner = rings_of(shapely.orient_polygons(geometries))
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    return np.radians(vertices), ring, owner


@inner
def _halve(ring: Floats, count: int, half: Floats, at: tuple[float, float], along: tuple[float, float]) -> int:
    """Write what of the ring lies to the left of a line into `half`; return how many vertices that is."""
    kept = 0
    if count == 0:
        return 0
    from_x, from_y = ring[0, count - 1], ring[1, count - 1]
    before = along[0] * (from_y - at[1]) - along[1] * (from_x - at[0])
    for vertex in range(count):
        to_x, to_y = ring[0, vertex], ring[1, vertex]
        after = along[0] * (to_y - at[1]) - along[1] * (to_x - at[0])
        if (before < 0) != (after < 0):
            part = before / (before - after)
            half[0, kept], half[1, kept] = from_x + part * (to_x - from_x), from_y + part * (to_y - from_y)
            kept += 1
        if after >= 0:
            half[0, kept], half[1, kept] = to_x, to_y
            kept += 1
        from_x, from_y, before = to_x, to_y, after
    return kept


@inner
def _boxed(ring: Floats, edges: Floats, one: Floats, other: Floats) -> int:
    """Write what of a ring lies in the box around the edges into `one`, told from where they start; return how many vertices that is."""
    x, y = edges[0, 0, 0], edges[0, 0, 1]
    count = len(ring) - 1
    for vertex in range(count):
        one[0, vertex], one[1, vertex] = ring[vertex, 0] - x, ring[vertex, 1] - y
    low = edges[:, 0, 0].min() - x, edges[:, 0, 1].min() - y
    high = edges[:, 0, 0].max() - x, edges[:, 0, 1].max() - y
    count = _halve(one, count, other, low, (0.0, -1.0))
    count = _halve(other, count, one, low, (1.0, 0.0))
    count = _halve(one, count, other, high, (0.0, 1.0))
    return _halve(other, count, one, high, (-1.0, 0.0))


@inner
def _in_triangle(ring: Floats, count: int, origin: Floats, edge: Floats, one: Floats, other: Floats) -> tuple[float, float]:
    """Return what ground the ring, told from the origin, shares with the triangle of origin and edge, and its moment to the north.

    Both are negative where the triangle runs clockwise.
    """
    start, end = (edge[0, 0] - origin[0], edge[0, 1] - origin[1]), (edge[1, 0] - origin[0], edge[1, 1] - origin[1])
    turn = start[0] * end[1] - start[1] * end[0]
    if turn == 0:
        return 0.0, 0.0
    if turn < 0:
        start, end = end, start
    count = _halve(ring, count, one, (0.0, 0.0), start)
    count = _halve(one, count, other, start, (end[0] - start[0], end[1] - start[1]))
    count = _halve(other, count, one, (0.0, 0.0), (-end[0], -end[1]))
    ground, moment = 0.0, 0.0
    for vertex in range(count):
        ahead = vertex + 1 if vertex + 1 < count else 0
        cross = one[0, vertex] * one[1, ahead] - one[0, ahead] * one[1, vertex]
        ground += cross / 2
        moment += cross * (one[1, vertex] + one[1, ahead]) / 6
    return (ground, moment) if turn > 0 else (-ground, -moment)


@compiled
def _shared(
    leaves: tuple[Floats, Ints, Ints], footprints: tuple[Floats, Ints], leaf: Ints, footprint: Ints, scratch: Floats
) -> tuple[Floats, Floats]:
    """Return what each pair shares in square radians, and the latitude of its middle."""
    vertices, begins, first_ring = leaves
    all_edges, first_edge = footprints
    shared, lat = np.zeros(len(leaf)), np.zeros(len(leaf))
    for pair in range(len(leaf)):
        edges = all_edges[first_edge[footprint[pair]] : first_edge[footprint[pair] + 1]]
        ground, moment = 0.0, 0.0
        for ring in range(first_ring[leaf[pair]], first_ring[leaf[pair] + 1] if len(edges) else 0):
            count = _boxed(vertices[begins[ring] : begins[ring + 1]], edges, scratch[0], scratch[1])
            for edge in range(len(edges) if count else 0):
                more = _in_triangle(scratch[0], count, edges[0, 0], edges[edge], scratch[1], scratch[2])
                ground, moment = ground + more[0], moment + more[1]
        shared[pair] = ground
        lat[pair] = (edges[0, 0, 1] if len(edges) else 0.0) + (moment / ground if ground > 0 else 0.0)
    return shared, lat
