"""Trees of units from parcels: grids of whole buildings first, micro-grids inside them, larger units around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.districting.across import across
from geodata.districting.empty import set_apart
from geodata.districting.graph import Limits
from geodata.districting.land import Land
from geodata.districting.refine import ITERATIONS, Search
from geodata.districting.whole import Groups, Reason, whole_groups
from geodata.progress import Tell, silent
from geodata.topology.grid import Floats, Integers


@dataclass(frozen=True, eq=False)
class Tree:
    """Units of one or more levels, nested, over the same parcels; all from the top down."""

    labels: tuple[Integers, ...]
    """For each level each parcel's unit, from 0, without gaps."""
    households: tuple[Floats, ...]
    """For each level each unit's."""
    reasons: tuple[Mapping[int, Reason], ...]
    """For each level why units are out of range; one without households needs no reason, it is ground of an exclusive kind."""


def tree(land: Land, ranges: Sequence[Limits], *, seed: int = 0, iterations: int = ITERATIONS, tell: Tell = silent) -> Tree:
    """Return units for each range of households, the ranges from the top down, the last for the leaves.

    The last range but one (grids) is met first, then the leaves inside, since both are better shaped so; levels above are
    groups of grids. Compounds stay whole where they fit (whole.py). A building above a leaf's range is a leaf by itself.
    Ground without households joins a neighbour, or is a leaf of its own (empty.py). The same land and seed give the same tree.
    """
    search = Search(seed, iterations, tell)
    found: list[Groups] = []
    tell("Making units of {low:.10g} to {high:.10g} households.", ranges[-1]._asdict())
    if len(ranges) > 1:
        grids = _inside(land, ranges[-2], land.above, search)
        leaves = _inside(land, ranges[-1], grids.label, search)
        found += across(land, ranges[-2:], grids, leaves, search)
    else:
        found.append(_inside(land, ranges[-1], land.above, search))
    for limits in reversed(ranges[:-2]):
        tell("Making units of {low:.10g} to {high:.10g} households.", limits._asdict())
        found.insert(0, _around(land, limits, found[0].label, search))
    above = found[-2].label if len(found) > 1 else land.above
    label = set_apart(land.joined(ranges[-1].low, above), found[-1].label, above, land.block, land.size_m2)
    return _tree(land.borders.weight, [*found[:-1], Groups(label, found[-1].reasons)])


def _inside(land: Land, limits: Limits, above: Integers, search: Search) -> Groups:
    """Return units of parcels inside those above."""
    return whole_groups(land.joined(limits.low, above), limits, land.compound, above, search)


def _around(land: Land, limits: Limits, below: Integers, search: Search) -> Groups:
    """Return units of whole units below."""
    within = np.zeros(int(below.max(initial=-1)) + 1, dtype=np.int64)
    within[below] = land.above
    found = _inside(land.merged(below, within), limits, within, search)
    reasons = {unit: replace(why, parcels=np.flatnonzero(np.isin(below, why.parcels))) for unit, why in found.reasons.items()}
    return Groups(found.label[below], reasons)


def _tree(weight: Floats, levels: Sequence[Groups]) -> Tree:
    """Return the levels with their units numbered without gaps; units without households need no reason."""
    labels, households, reasons = [], [], []
    for level in levels:
        units, label = np.unique(level.label, return_inverse=True)
        labels.append(label)
        households.append(np.bincount(label, weight).astype(np.float64))
        number = dict(zip(units.tolist(), range(len(units)), strict=True))
        places = {number[unit]: why for unit, why in level.reasons.items() if unit in number}
        reasons.append({unit: why for unit, why in places.items() if households[-1][unit] > 0})
    return Tree(tuple(labels), tuple(households), tuple(reasons))
