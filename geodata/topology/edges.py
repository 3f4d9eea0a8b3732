"""Borders as directed edges between grid points, and which edge lies upon which."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.findings import Box
from geodata.topology.grid import STEP_DEG, Flags, Floats, Geometries, Integers

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
        return _mixed(self.starts) + _mixed(self.ends)


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
    backwards = ((_doubled_areas(starts, ends, ring, len(rings)) < 0) ^ is_hole)[ring][:, None]
    leaves = leaf_of_part[part_of_ring][ring]
    return Edges(np.where(backwards, ends, starts), np.where(backwards, starts, ends), leaves)


def partners(edges: Edges) -> Integers:
    """Return for each edge the index of the one that runs the other way between the same points, or ALONE, or WRONG."""
    keys = edges.keys()
    order = np.argsort(keys)
    same = keys[order][1:] == keys[order][:-1]
    before, after = np.zeros(len(keys), bool), np.zeros(len(keys), bool)
    before[1:] = after[:-1] = same
    found = np.full(len(keys), ALONE, np.int64)
    found[order[before | after]] = WRONG
    twice = np.append(after[1:], False)[: len(keys)]
    first = np.flatnonzero(after & ~before & ~twice)
    one, two = order[first], order[first + 1]
    fit = (edges.starts[one] == edges.ends[two]).all(axis=1) & (edges.ends[one] == edges.starts[two]).all(axis=1)
    found[one[fit]], found[two[fit]] = two[fit], one[fit]
    return found


def _doubled_areas(starts: Integers, ends: Integers, ring: Integers, count: int) -> Floats:
    """Return twice the signed area of each ring, by coordinates from its first point so that nothing overflows."""
    origin = starts[np.searchsorted(ring, np.arange(count))][ring]
    one, two = (starts - origin).astype(float), (ends - origin).astype(float)
    return np.bincount(ring, one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0], minlength=count).astype(np.float64)


def _mixed(points: Integers) -> NDArray[np.uint64]:
    """Return a well-spread number for each point; equal numbers are verified by whoever pairs."""
    x, y = points[:, 0].astype(np.uint64), points[:, 1].astype(np.uint64)
    mixed = (x * np.uint64(0x9E3779B97F4A7C15) + y) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    return mixed * np.uint64(0x94D049BB133111EB)
