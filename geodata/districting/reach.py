"""Whether a node can be in any connected set within the range: all sets that hold it are tried, as long as they are few."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.compiled import compiled, inner
from geodata.districting.graph import Limits, Net
from geodata.topology.grid import Flags, Floats, Integers

UNDECIDED, FOUND, NONE = 0, 1, 2
"""What the search says of a node."""
LEFT, TAKEN, FREE = 0, 1, 2
"""What was decided of a candidate; one without weight is taken in any case."""


class Reach(NamedTuple):
    """What was found for each node."""

    state: Integers
    """UNDECIDED, FOUND or NONE."""
    below: Floats
    """Where there is NONE, the most that a connected set with the node weighs below the range; 0 if none does."""
    above: Floats
    """The least that it weighs above; infinite if none does."""


class Search(NamedTuple):
    """Candidates in the order of their discovery, and what was decided of those looked at."""

    node: Integers
    decision: Integers
    known: Integers
    """For each candidate how many were known when it was decided."""
    weight: Floats
    """For each candidate the weight of the set before it was decided."""
    seen: Flags
    """For each node whether it is a candidate."""


@compiled
def reach(net: Net, limits: Limits, free: Flags, asked: Flags, budget: int) -> Reach:
    """Search for each asked node, `budget` decisions long at most, a connected set of weight in the range that holds it.

    Only free nodes may be in a set. One that is in a set found for another is done.
    """
    count = len(net.weight)
    found = Reach(np.zeros(count, np.int64), np.zeros(count), np.full(count, np.inf))
    search = Search(*(np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)), np.empty(count), ~free)
    for node in range(count):
        if asked[node] and found.state[node] == UNDECIDED:
            _search(net, limits, node, budget, search, found)
    return found


@inner
def _search(net: Net, limits: Limits, root: int, budget: int, search: Search, found: Reach) -> None:
    """Decide of one candidate after the other, taking it first and leaving it when all sets with it were tried."""
    search.node[0], search.decision[0], search.known[0], search.weight[0] = root, TAKEN, 1, 0.0
    search.seen[root] = True
    weight, known, at = net.weight[root], _discover(net, root, 1, search), 1
    while budget > 0 and not limits.low <= weight <= limits.high and at > 0:
        budget -= 1
        if at < known:
            node = search.node[at]
            search.known[at], search.weight[at] = known, weight
            if weight + net.weight[node] <= limits.high:
                search.decision[at] = TAKEN if net.weight[node] > 0 else FREE
                weight += net.weight[node]
                known = _discover(net, node, known, search)
            else:
                search.decision[at] = LEFT
                found.above[root] = min(found.above[root], weight + net.weight[node])
            at += 1
        else:
            found.below[root] = max(found.below[root], weight)
            at, known, weight = _back(search, at, known, weight)
    _conclude(limits, weight, at, search, found)
    for node in search.node[:known]:
        search.seen[node] = False


@inner
def _discover(net: Net, node: int, known: int, search: Search) -> int:
    """Add the unseen neighbours of a node to the candidates; return how many there are now."""
    for other in net.neighbour[net.start[node] : net.start[node + 1]]:
        if not search.seen[other]:
            search.seen[other] = True
            search.node[known] = other
            known += 1
    return known


@inner
def _back(search: Search, at: int, known: int, weight: float) -> tuple[int, int, float]:
    """Leave the last candidate that was taken; return the place after it, or 0 when the root's turn has come."""
    at -= 1
    while at > 0:
        if search.decision[at] != LEFT:
            for node in search.node[search.known[at] : known]:
                search.seen[node] = False
            known, weight = search.known[at], search.weight[at]
            if search.decision[at] == TAKEN:
                search.decision[at] = LEFT
                return at + 1, known, weight
        at -= 1
    return 0, known, weight


@inner
def _conclude(limits: Limits, weight: float, at: int, search: Search, found: Reach) -> None:
    """Write down what the search has ended with."""
    if limits.low <= weight <= limits.high:
        for place in range(at):
            if search.decision[place] != LEFT:
                found.state[search.node[place]] = FOUND
    elif at == 0:
        found.state[search.node[0]] = NONE
