"""Which leaves share a border, and how long it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from geodata.measure import distance_m
from geodata.topology.edges import directed, partners
from geodata.topology.grid import STEP_DEG, Floats, Geometries, Integers


class Borders(NamedTuple):
    """Pairs of neighbours with the length of what they share."""

    pairs: Integers
    """Shape (n, 2), the lower index first, sorted."""
    length_m: Floats
    """Shape (n,), geodesic."""


def neighbours(geometries: Geometries) -> Borders:
    """Return the pairs of leaves that share at least one edge, each with the border's length.

    The leaves must be a coverage; leaves that meet in a point only are no neighbours.
    """
    edges = directed(geometries)
    partner = partners(edges)
    shared = np.flatnonzero(partner > np.arange(len(partner)))
    both = np.sort(np.stack([edges.leaves[shared], edges.leaves[partner[shared]]], axis=1), axis=1)
    pairs, pair_of_edge = np.unique(both[:, 0] * len(geometries) + both[:, 1], return_inverse=True)
    steps_m = distance_m(*(edges.starts[shared] * STEP_DEG).T, *(edges.ends[shared] * STEP_DEG).T)
    length_m = np.bincount(pair_of_edge, steps_m, minlength=len(pairs)).astype(np.float64)
    return Borders(np.stack(np.divmod(pairs, max(len(geometries), 1)), axis=1), length_m)


def components(geometries: Geometries) -> Integers:
    """Return for each leaf the number, from 0 in order of first appearance, of the connected piece it belongs to.

    Leaves are connected by shared edges, not by points; a leaf of several parts connects what its parts touch.
    """
    return connected(len(geometries), neighbours(geometries).pairs)


def is_contiguous(geometries: Geometries) -> bool:
    """Say whether the ground of the leaves together is one piece, each part of a multipart leaf counted by itself."""
    return len(np.unique(components(shapely.get_parts(geometries)))) == 1


def connected(count: int, pairs: Integers) -> Integers:
    """Return for each of `count` nodes the number, in order of first appearance, of the piece of the graph it is in."""
    lowest = np.arange(count)
    while True:
        least = lowest[pairs].min(axis=1, initial=count)
        lower = lowest.copy()
        for side in (0, 1):
            np.minimum.at(lower, lowest[pairs[:, side]], least)
            np.minimum.at(lower, pairs[:, side], least)
        lower = lower[lower]
        if (lower == lowest).all():
            return np.unique(lowest, return_inverse=True)[1]
        lowest = lower
