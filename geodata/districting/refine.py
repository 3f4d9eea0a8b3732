"""Parts recut again and again, told of and stopped on the way: with the chance and patience that somebody has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.districting.graph import ANY, Graph, Limits
from geodata.districting.parts import OUT, Aim, Parts, parts
from geodata.progress import Stop, Tell, silent
from geodata.topology.grid import Flags, Integers

ITERATIONS = 20
"""Recuts for each part there is: borders are then within 3 % of what ten times as many reach."""
HARD = 200
"""How many times more recuts a part gets that is out of range after these, within reason where such parts are many."""
BALANCED = 20.0
"""On Denver's blocks the deviation falls from 0.08 of the mean to 0.06, of which 0.05 is what no division helps, for 5 % of compactness."""
CHUNK = 2000
"""After so many recuts at the least somebody is told, who may stop it."""


class Search(NamedTuple):
    """With what chance and patience groups are searched for, and who is told meanwhile."""

    seed: int = 0
    iterations: int = ITERATIONS
    tell: Tell = silent
    balance: float = 0.0
    """How many times a part's border it counts for when its load is away from the mean by all of it: BALANCED, or 0 for borders alone."""
    hard: int = HARD
    narrow: Limits = ANY
    """The range in which loads should be; that of the weights comes before it."""


USUAL = Search()


class Today(NamedTuple):
    """What there is already."""

    part: Integers
    """For each node its part, -1 for none."""
    held: Flags | None = None
    """Nodes that stay with it."""


def refined(graph: Graph, label: Integers, limits: Limits, search: Search, today: Today | None = None, *, fixed: bool = False) -> Integers:
    """Return connected parts (0, 1, ... without gaps) recut into better ones; `fixed`: into as many.

    A search that is stopped returns what it has, of which no more parts are out of range than at the beginning.
    """
    ideal = float(graph.loads.sum()) / (int(label.max()) + 1)
    aim, steps = Aim(*limits, *search.narrow, max(ideal, 1e-9), 0.0, fixed), search.iterations * (int(label.max()) + 1)
    state = parts(graph.net, label, aim, *(today or ()))
    try:
        _improve(graph, state, aim, search, (steps, 0.5))
        if state.tally[OUT]:
            _improve(graph, state, aim, search, (min(search.iterations * search.hard * int(state.tally[OUT]), 2 * steps + 20_000), 1.0))
            _improve(graph, state, aim, search, (steps, 0.5))
        if search.balance:
            _improve(graph, state, _even(graph, state, aim, search.balance), search, (steps, 0.5))
    except Stop:
        pass
    return np.unique(state.label, return_inverse=True)[1]


def _even(graph: Graph, state: Parts, aim: Aim, balance: float) -> Aim:
    """Return the aim that pulls towards the mean of the parts, in proportion to the border that they have on average."""
    count = len(np.unique(state.label))
    border_m = 2 * graph.length_m[state.label[graph.one] != state.label[graph.other]].sum() / count
    return aim._replace(ideal=max(float(graph.loads.sum()) / count, 1e-9), pull_m=float(balance * border_m))


def _improve(graph: Graph, state: Parts, aim: Aim, search: Search, recuts: tuple[int, float]) -> None:
    """Recut in place, so many times and with this share of hard cases, as if it were done at once; tell at each of some ten halts."""
    from geodata.districting.recut import GO_ON, improve  # noqa: PLC0415  # loads numba, which only grouping needs

    steps, share = recuts
    chunk = max(CHUNK, steps // 10)
    for done in range(0, steps, chunk):
        if done and (share < 1 or state.tally[OUT]):
            given = {"low": aim.low, "high": aim.high, "done": done, "count": steps}
            search.tell("Making units of {low:.10g} to {high:.10g} households: {done} of {count} recuts.", given)
        improve(graph.net, state, aim, min(chunk, steps - done), share, search.seed if done == 0 else GO_ON)
