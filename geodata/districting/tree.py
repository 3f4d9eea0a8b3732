"""Trees of units from parcels: grids of whole buildings first, micro-grids inside them, larger units around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.districting.certificates import certify
from geodata.districting.empty import set_apart
from geodata.districting.graph import Graph, Limits, graph
from geodata.districting.grouping import ITERATIONS
from geodata.districting.parcels import Parcels
from geodata.districting.whole import Groups, Reason, Search, whole_groups
from geodata.measure import area_m2
from geodata.progress import Tell, silent
from geodata.topology.grid import Floats, Geometries, Integers


@dataclass(frozen=True, eq=False)
class Land:
    """Parcels and what is known of them."""

    borders: Graph
    """Its weights are households."""
    size_m2: Floats
    block: Integers
    compound: Integers
    """For each parcel its compound, or -1."""
    above: Integers
    """For each parcel the unit in which the tree has to stay, such as a community with a given border."""


@dataclass(frozen=True, eq=False)
class Tree:
    """Units of one or more levels, nested, over the same parcels; all from the top down."""

    labels: tuple[Integers, ...]
    """For each level each parcel's unit, from 0, without gaps."""
    households: tuple[Floats, ...]
    """For each level each unit's."""
    reasons: tuple[Mapping[int, Reason], ...]
    """For each level why units are out of range; one without households needs no reason, it is ground of an exclusive kind."""


def land(
    parcels: Parcels,
    households: Floats,
    *,
    block: Integers,
    compound: Integers | None = None,
    barriers: Geometries | None = None,
    above: Integers | None = None,
) -> Land:
    """Return the parcels with the households on them (one figure per building), and their borders.

    `block` and `above` are numbers per parcel, `compound` one per building, -1 for none. Households of buildings without a
    parcel are left out. A parcel of several buildings is in the compound of the first.
    """
    placed, count = np.flatnonzero(parcels.of_building >= 0), len(parcels.ground)
    parcel = parcels.of_building[placed]
    weight = np.bincount(parcel, households[placed], minlength=count).astype(np.float64)
    compounds = np.full(count, -1)
    if compound is not None:
        compounds[parcel[::-1]] = compound[placed[::-1]]
    borders = graph(parcels.ground, weight, block=block, barriers=barriers)
    return Land(borders, area_m2(parcels.ground), block, compounds, np.zeros(count, dtype=np.int64) if above is None else above)


def tree(land: Land, ranges: Sequence[Limits], *, seed: int = 0, iterations: int = ITERATIONS, tell: Tell = silent) -> Tree:
    """Return units for each range of households, the ranges from the top down, the last for the leaves.

    The last range but one (grids) is met first, then the leaves inside, since both are better shaped so; levels above are
    groups of grids. Compounds stay whole where they fit (whole.py). A building above a leaf's range is a leaf by itself.
    Ground without households joins a neighbour, or is a leaf of its own (empty.py). The same land and seed give the same tree.
    """
    search = Search(seed, iterations)
    found: list[Groups] = []
    for limits in reversed(ranges[:-1]):
        tell("Making units of {low:.10g} to {high:.10g} households.", limits._asdict())
        found.insert(0, _around(land, limits, found[0].label, search) if found else _inside(land, limits, land.above, search))
    tell("Making units of {low:.10g} to {high:.10g} households.", ranges[-1]._asdict())
    above = found[-1].label if found else land.above
    leaves = _inside(land, ranges[-1], above, search)
    if found:
        leaves = Groups(leaves.label, _known(land, ranges[-1], leaves.reasons))
    label = set_apart(land.borders, leaves.label, above, land.block, land.size_m2)
    return _tree(land.borders.weight, [*found, Groups(label, leaves.reasons)])


def _inside(land: Land, limits: Limits, above: Integers, search: Search) -> Groups:
    """Return units of parcels inside those above."""
    return whole_groups(land.borders, limits, land.compound, above, search)


def _around(land: Land, limits: Limits, below: Integers, search: Search) -> Groups:
    """Return units of whole units below."""
    count = int(below.max(initial=-1)) + 1
    above = np.zeros(count, dtype=np.int64)
    above[below] = land.above
    merged = land.borders.merged(below, count)
    found = whole_groups(merged, limits, np.full(count, -1), above, search)
    reasons = {unit: replace(why, parcels=np.flatnonzero(np.isin(below, why.parcels))) for unit, why in found.reasons.items()}
    return Groups(found.label[below], reasons)


def _known(land: Land, limits: Limits, reasons: Mapping[int, Reason]) -> dict[int, Reason]:
    """Return the reasons, those marked that hold only inside the unit above."""
    inside = land.borders.where(land.above[land.borders.one] == land.above[land.borders.other])
    everywhere = {(proof.kind, *proof.nodes.tolist()) for proof in certify(inside, limits)} if reasons else set()
    return {
        unit: replace(why, within=why.certificate is not None and (why.certificate.kind, *why.parcels.tolist()) not in everywhere)
        for unit, why in reasons.items()
    }


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
