"""Which leaf a footprint belongs to: the one with the largest overlap, the first of equals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geodata.measure import area_m2, length_m
from geodata.topology import Geometries

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each footprint belongs."""

    leaf: Ints
    """Index of the leaf, -1 where the footprint touches none."""
    share: Floats
    """0 to 1: how much of the footprint lies in that leaf."""
    cut_m2: Floats
    """The largest part of it in one other leaf, m²."""
    cut_share: Floats
    """The same as a share of the footprint."""


def place(leaves: Geometries, footprints: Geometries, *, together: Ints | None = None) -> Placed:
    """Place each footprint in the leaf with which it overlaps most; leaves come by rank, so a tie goes to the first.

    Footprints of the same number in `together` (see `clusters`) go to one leaf, by the sum of their overlaps. Only
    pairs that straddle a border are clipped.
    """
    whole = area_m2(footprints)
    footprint, leaf, overlap = _overlaps(leaves, footprints, whole)
    cluster = np.arange(len(footprints)) if together is None else together
    owner = _largest(cluster[footprint], leaf, overlap, len(footprints))[cluster]
    mine = leaf == owner[footprint]
    share, cut = np.zeros(len(footprints)), np.zeros(len(footprints))
    np.add.at(share, footprint[mine], overlap[mine])
    np.maximum.at(cut, footprint[~mine], overlap[~mine])
    ground = np.where(whole > 0, whole, 1.0)
    return Placed(owner, np.minimum(share / ground, 1.0), cut, cut / ground)


@dataclass(frozen=True, slots=True)
class Along:
    """Through which leaves lines run: a row for each line and leaf, by line, then by leaf."""

    line: Ints
    leaf: Ints
    length_m: Floats


def along(leaves: Geometries, lines: Geometries) -> Along:
    """Measure how much of each line runs in each leaf; along a border it counts to the first of the two, so that lengths add up.

    Leaves come by rank. Only lines that no single leaf contains are cut; a piece below a centimetre counts to none.
    """
    line, leaf = STRtree(leaves).query(lines, predicate="intersects")
    order = np.lexsort((leaf, line))
    line, leaf = line[order], leaf[order]
    shapely.prepare(leaves)
    inside = shapely.covers(leaves[leaf], lines[line])
    first = np.full(len(lines), -1, dtype=np.int64)
    first[line[inside][::-1]] = leaf[inside][::-1]
    length = np.where(leaf == first[line], length_m(lines)[line], 0.0)
    rest, crossing = lines.copy(), np.flatnonzero(first[line] < 0)
    turn = crossing - np.searchsorted(line, line[crossing])  # a line's leaves one after the other, those of all lines at once
    for rank in range(int(turn.max()) + 1 if len(turn) else 0):
        now = crossing[turn == rank]
        length[now] = length_m(shapely.intersection(rest[line[now]], leaves[leaf[now]]))
        rest[line[now]] = shapely.difference(rest[line[now]], leaves[leaf[now]])
    real = length > SHORTEST_M
    return Along(line[real], leaf[real], length[real])


SHORTEST_M = 0.01
"""A shorter piece of a line is the width of a border."""


def clusters(footprints: Geometries, *, cut_m2: float, cut_share: float) -> Ints:
    """Number the footprints so that those which overlap by more than m² and share of the smaller have one number, their lowest index."""
    tree = STRtree(footprints)
    one, other = tree.query(footprints, predicate="intersects")
    one, other = one[one < other], other[one < other]
    if not len(one):
        return np.arange(len(footprints))
    common, size = area_m2(shapely.intersection(footprints[one], footprints[other])), area_m2(footprints)
    joined = (common > cut_m2) & (common > cut_share * np.minimum(size[one], size[other]))
    return _lowest_connected(len(footprints), one[joined], other[joined])


def _overlaps(leaves: Geometries, footprints: Geometries, whole_m2: Floats) -> tuple[Ints, Ints, Floats]:
    """Return footprint, leaf and common m² of every pair that shares ground."""
    if len(footprints) >= MANY:
        footprint, leaf = STRtree(leaves).query(footprints)
        overlap = _compiled(leaves, footprints, leaf, footprint)
    else:
        footprint, leaf = STRtree(leaves).query(footprints, predicate="intersects")
        overlap = _clipped(leaves, footprints, leaf, footprint, whole_m2)
    real = overlap > SMALLEST_M2
    return footprint[real], leaf[real], overlap[real]


MANY = 20_000
"""Fewer footprints are clipped one by one sooner than the compiled way is loaded."""
SMALLEST_M2 = 1e-6
"""Less is the width of a border."""


def _clipped(leaves: Geometries, footprints: Geometries, leaf: Ints, footprint: Ints, whole_m2: Floats) -> Floats:
    shapely.prepare(leaves[np.unique(leaf)])  # few of all, around few footprints
    overlap, across = whole_m2[footprint], ~shapely.contains(leaves[leaf], footprints[footprint])
    if across.any():
        overlap[across] = area_m2(shapely.intersection(footprints[footprint[across]], leaves[leaf[across]]))
    return overlap


def _compiled(leaves: Geometries, footprints: Geometries, leaf: Ints, footprint: Ints) -> Floats:
    from geodata.clipping import common_m2  # noqa: PLC0415  # loads numba, which only a city needs

    return common_m2(leaves, footprints, leaf, footprint)


def _largest(cluster: Ints, leaf: Ints, overlap: Floats, count: int) -> Ints:
    """Return for each cluster the leaf with the largest sum of overlaps, to the square millimetre; the lowest of equals; -1 without any."""
    leaves = int(leaf.max(initial=0)) + 1
    pairs, where = np.unique(cluster * leaves + leaf, return_inverse=True)
    total = np.round(np.bincount(where, weights=overlap, minlength=len(pairs)), 6)
    whose, which = np.divmod(pairs, leaves)
    best = np.lexsort((which, -total, whose))
    first, at = np.unique(whose[best], return_index=True)
    owner = np.full(count, -1, dtype=np.int64)
    owner[first] = which[best][at]
    return owner


def _lowest_connected(count: int, one: Ints, other: Ints) -> Ints:
    lowest = np.arange(count)
    while True:
        before = lowest.copy()
        both = np.minimum(lowest[one], lowest[other])
        np.minimum.at(lowest, one, both)
        np.minimum.at(lowest, other, both)
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            return lowest
