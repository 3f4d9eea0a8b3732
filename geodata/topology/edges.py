"""Borders as directed edges between grid points, and which edge lies upon which."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.alike import leaders, mixed
from geodata.findings import Box
from geodata.topology.grid import STEP_DEG, Flags, Geometries, Integers

ALONE, WRONG = -1, -2
"""No partner: nothing lies on the other side. A wrong one: the same direction twice, or three edges on one place."""


class Edges(NamedTuple):
    """Edges with the ground of their leaf on the left, in units of 1e-8 degree."""

    starts: Integers
    ends: Integers
    leaves: Integers

    def box(self) -> Box:
        """Return the box around all of them, in degrees."""
        both = np.concatenate([self.starts, self.ends])
        west, south, east, north = (float(k) * STEP_DEG for k in (*both.min(axis=0), *both.max(axis=0)))
        return round(west, 8), round(south, 8), round(east, 8), round(north, 8)

    def only(self, which: Flags) -> Edges:
        """Return some of them."""
        return Edges(self.starts[which], self.ends[which], self.leaves[which])

    def reverse(self, leaf: int) -> Edges:
        """Return the other sides, as those of one leaf."""
        return Edges(self.ends, self.starts, np.full_like(self.leaves, leaf))

    def __add__(self, other: object) -> Edges:
        """Return both."""
        if not isinstance(other, Edges):
            return NotImplemented
        return Edges(*(np.concatenate(both) for both in zip(self, other, strict=True)))

    def keys(self) -> NDArray[np.uint64]:
        """Return a number for each edge, equal for both directions."""
        return mixed(*self.starts.T) + mixed(*self.ends.T)


def directed(geometries: Geometries) -> Edges:
    """Return every edge of every ring, whichever way the rings run."""
    parts, leaf_of_part = shapely.get_parts(geometries, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    points = np.rint(xy / STEP_DEG).astype(np.int64)
    inner = ring_of_point[1:] == ring_of_point[:-1]
    starts, ends, ring = points[:-1][inner], points[1:][inner], ring_of_point[:-1][inner]
    is_hole = np.zeros(len(rings), bool)
    is_hole[1:] = part_of_ring[1:] == part_of_ring[:-1]
    backwards = (shapely.is_ccw(rings) == is_hole)[ring]
    starts[backwards], ends[backwards] = ends[backwards], starts[backwards]
    return Edges(starts, ends, leaf_of_part[part_of_ring][ring])


def partners(edges: Edges) -> Integers:
    """Return for each edge the index of the one that runs the other way between the same points, or ALONE, or WRONG."""
    leader = leaders(edges.keys())
    others = np.flatnonzero(leader != np.arange(len(leader)))
    found = np.full(len(leader), ALONE, np.int64)
    found[others] = found[leader[others]] = WRONG
    two = others[np.bincount(leader[others], minlength=len(leader))[leader[others]] == 1]
    one = leader[two]
    fit = (edges.starts[one] == edges.ends[two]).all(axis=1) & (edges.ends[one] == edges.starts[two]).all(axis=1)
    found[one[fit]], found[two[fit]] = two[fit], one[fit]
    return found
