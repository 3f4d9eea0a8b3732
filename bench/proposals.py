"""Proposals for redrawing: balanced parts from scratch, beside METIS and GerryChain; the smallest change; both with growth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from bench.city import City
from bench.contest import Contest
from bench.grounds import MICRO, PEOPLE, PLACES, Absent, curable, denver, drawn, grown, shanghai
from bench.peers import Label, peers, worth
from geodata.districting.balanced import balanced
from geodata.districting.graph import Graph, Limits
from geodata.districting.grouping import continued, group
from geodata.districting.least import least
from geodata.districting.rebalance import Today, rebalance
from geodata.districting.refine import BALANCED, Search
from geodata.districting.tree import tree
from geodata.topology.grid import Flags, Floats, Integers

SLACK = 0.1
"""How far from the mean a part may be."""
GRID = Limits(300, 500)


def contests(city: City) -> Iterator[Contest]:  # noqa: ARG001  # every part is asked so; these grounds have their own sizes
    """Yield balanced parts from scratch and the smallest change, on drawn parcels, Denver's blocks and Shanghai's parcels."""
    for name, (make, limits) in PLACES.items():
        try:
            yield from _from_scratch(name, make(), limits)
        except Absent as absent:
            yield Contest(f"So many parts of {name} from scratch", {}, absent={"gridsvc": str(absent)})
    for title, yields in (("Denver's blocks within 10 %", _in_range), ("Rebalance Shanghai's tree", _of_towers)):
        try:
            yield yields()
        except Absent as absent:
            yield Contest(title, {}, absent={"gridsvc": str(absent)})
    yield from _smallest_changes()


def _from_scratch(name: str, ground: Graph, limits: Limits) -> Iterator[Contest]:
    """Yield the contests of so many parts of like weight, as many as the middle of the range makes; what nobody can place is left out."""
    for times, some in grown(curable(ground, limits)):
        parts = round(float(some.weight.sum()) / (sum(limits) / 2))
        mean = float(some.weight.sum()) / parts
        slack = max(SLACK, (limits.high - limits.low) / sum(limits))
        asked = Limits(mean * (1 - slack), mean * (1 + slack))
        present, absent = peers(some, parts, asked)
        ours: dict[str, Callable[[], Label]] = {"gridsvc": lambda some=some, parts=parts, asked=asked: balanced(some, parts, asked)}  # type: ignore[misc]  # defaults bind the loop's
        title = f"{parts:,} parts of {name} from scratch, {times} x: {len(some):,} nodes, within {slack:.0%}"
        yield Contest(title, ours | present, differs=lambda *_: "", worth=worth(some, asked), rounds=1, absent=absent)


def _in_range() -> Contest:
    """Return the contest of parts within 10 % of a precinct's people, as many as it takes; what is out of range has its proof, or not."""
    ground = denver()[1]
    limits, search = Limits(0.9 * PEOPLE, 1.1 * PEOPLE), Search(0, 60, balance=BALANCED)

    def told(label: Label) -> str:
        unproven = list(group(ground, limits, search).reasons.values()).count(None)
        return f"{worth(ground, limits)(label)}; {unproven} out of range without a proof"

    return Contest(
        f"All {len(ground):,} of Denver's blocks within 10 %",
        {"gridsvc": lambda: group(ground, limits, search).label},
        worth=told,
        rounds=1,
    )


def _sixth_changed(households: Floats) -> Floats:
    """Return the households after a sixth of those who have some got 0.3 to 1.9 times as many."""
    random, later = np.random.default_rng(2), households.copy()
    some = random.choice(np.flatnonzero(households > 0), int((households > 0).sum()) // 6, replace=False)
    later[some] = np.rint(households[some] * random.uniform(0.3, 1.9, len(some)))
    return later


def _smallest_changes() -> Iterator[Contest]:
    """Yield the contests of putting right what a sixth of drawn parcels has upset; METIS makes all anew."""
    for times, town in grown(drawn(10_000)[1]):
        today = group(town, MICRO).label
        later = replace(town, weight=_sixth_changed(town.weight))
        yield _rebalanced(f"Rebalance {len(np.unique(today)):,} units of drawn parcels, {times} x", later, today)


def _of_towers() -> Contest:
    """Return the same for the leaves of Shanghai's tree, inside its grids, with households estimated from its buildings."""
    known = shanghai()[1]
    grids, today = tree(known, [GRID, MICRO]).labels
    borders = known.joined(MICRO.low, grids)
    bare = np.bincount(today, borders.weight)[today] == 0
    title = f"Rebalance {len(np.unique(today[~bare])):,} units of Shanghai's tree"
    return _rebalanced(title, replace(borders, weight=_sixth_changed(borders.weight)), today, bare)


def _rebalanced(title: str, later: Graph, today: Integers, locked: Flags | None = None) -> Contest:
    contestants: dict[str, Callable[[], Label]] = {
        "gridsvc, the smallest change": lambda: rebalance(later, MICRO, Today(today, None, locked)).label,
        "gridsvc, from scratch": lambda: continued(group(later, MICRO, Search(1)).label, today, later.weight),
    }
    present, absent = peers(later, len(np.unique(today)), MICRO) if locked is None else ({}, {})
    bound = least(later, MICRO, today, locked)

    def told(label: Label) -> str:
        moved = later.weight[continued(label, today, later.weight) != today].sum()
        return f"{worth(later, MICRO)(label)}; {moved:,.0f} of {later.weight.sum():,.0f} moved, at least {bound:,.0f} have to be"

    return Contest(title, contestants | present, differs=lambda *_: "", worth=told, rounds=3, absent=absent)
