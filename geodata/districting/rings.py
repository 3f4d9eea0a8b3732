"""Polygons taken apart into rings and points, and put together again."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely

from geodata.alike import leaders, mixed
from geodata.ranges import members
from geodata.topology.grid import Flags, Floats, Geometries, Integers, as_array


class Rings(NamedTuple):
    """Rings with points added along their edges, the same ones in either direction."""

    points: Floats
    """Shape (n, 2), metres; the last point of a ring is its first."""
    ring: Integers
    given: Flags
    """Whether the point was a vertex before."""


def dense(flat: Geometries, step_m: float) -> tuple[Geometries, Rings]:
    """Return flat polygons with a point every `step_m` metres at most, and their rings."""
    rings, polygon = shapely.get_rings(flat, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    start, end = xy[edge], xy[edge + 1]
    pieces = np.maximum(np.ceil(np.hypot(*(end - start).T) / step_m), 1).astype(np.int64)
    row, nth = members(np.zeros_like(pieces), pieces)
    added = np.concatenate([_along(start[row], end[row], nth, pieces[row]), xy[np.diff(ring, append=-1) != 0]])
    ring_of = np.concatenate([ring[edge][row], np.unique(ring)])
    given = np.concatenate([nth == 0, np.ones(len(rings), bool)])
    order = np.argsort(ring_of, kind="stable")
    found = Rings(added[order], ring_of[order], given[order])
    return polygons(found.points, found.ring, polygon), found


def _along(start: Floats, end: Floats, nth: Integers, pieces: Integers) -> Floats:
    """Return the nth of the points that part edges into pieces: to the last bit the same one seen from either end."""
    backwards = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    share = (np.where(backwards, pieces - nth, nth) / pieces)[:, None]
    low, high = np.where(backwards[:, None], end, start), np.where(backwards[:, None], start, end)
    return np.where((nth == 0)[:, None], start, low + share * (high - low))


def polygons(points: Floats, ring: Integers, polygon: Integers) -> Geometries:
    """Return polygons of rings; `polygon` says whose each ring is, the outer one first."""
    drawn = as_array(shapely.linearrings(points, indices=ring))
    first = np.searchsorted(polygon, np.arange(polygon.max(initial=-1) + 2))
    return as_array([shapely.Polygon(drawn[one], drawn[one + 1 : stop]) for one, stop in pairwise(first)])


def same(points: Floats) -> Integers:
    """Return for each point the row of one that equals it, the same row for all equal ones."""
    bits = (points + 0.0).view(np.uint64)  # no negative zeros
    folded = (bits ^ (bits >> np.uint64(32))).view(np.int64)  # signs alone would cancel out: (x, y) and (-x, -y) would be one
    return leaders(mixed(folded[:, 0].copy(), folded[:, 1].copy()))
