"""A ground divided around given places, such as stations: one part each."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geodata.districting.graph import Graph, Limits
from geodata.districting.refine import USUAL, Search, Today, refined
from geodata.districting.transfers import Ranges
from geodata.findings import GeodataError
from geodata.progress import Stop
from geodata.topology.grid import Floats, Integers

NOWHERE = -1
"""The part of ground that hangs together with no place."""
_ROUNDS = 60
"""After so many shifts of the borders between nearest and next nearest the loads hardly change."""
_FLIPS = 20
"""How often at most a part gives a node away afterwards, on average, for each iteration of the search."""


def around(graph: Graph, sites: Integers, step_m: Floats, limits: Limits, search: Search = USUAL) -> Integers:
    """Return for each node the place (index in `sites`, which are nodes) whose part it is in; NOWHERE where none can be reached.

    Parts are connected and hold their own site. Every node goes to the nearest, by `step_m` along the graph's borders (as many as
    these), where a place with much load is taken to be farther off, as far as it takes; then single nodes move while that brings
    weights into the limits, or loads into theirs or nearer to each other. Where weights still are out of range, parts are recut
    around their sites with the smallest change. A search that is stopped returns what it has. Raises GeodataError where two places
    share a node.
    """
    if len(np.unique(sites)) < len(sites):
        raise GeodataError("Two stations stand on the ground of one building; no unit can be drawn around each.")
    best, mean = _nearest(graph, sites, step_m, np.zeros(len(sites))), max(graph.loads.sum() / max(len(sites), 1), 1e-9)
    farther_m, pace_m = np.zeros(len(sites)), float(np.median(step_m)) * np.sqrt(len(graph) / max(len(sites), 1)) if len(step_m) else 0.0
    try:
        label = best
        for done in range(_ROUNDS):
            load = _sums(label, graph.loads, len(sites))
            farther_m += pace_m * (1 - done / _ROUNDS) * np.clip(load / mean - 1, -0.5, 0.5)
            label = _nearest(graph, sites, step_m, farther_m - farther_m.min(initial=0))
            best = min(best, label, key=lambda each: _worth(graph, each, len(sites), Ranges(limits, search.narrow)))
        return _recut(graph, _flipped(graph, best, sites, limits, search), sites, limits, search)
    except Stop:
        return best


def _nearest(graph: Graph, sites: Integers, step_m: Floats, farther_m: Floats) -> Integers:
    """Return the site of each node, its ways between, each site being so much farther than it is; no way leads through a site."""
    count = len(graph)
    start, end = np.concatenate([graph.one, graph.other]), np.concatenate([graph.other, graph.one])
    open_ = ~np.isin(end, sites)
    rows, columns = np.concatenate([start[open_], np.full(len(sites), count)]), np.concatenate([end[open_], sites])
    ways = np.concatenate([np.tile(step_m, 2)[open_], farther_m + 1e-6])
    before = dijkstra(coo_array((ways, (rows, columns)), shape=(count + 1,) * 2).tocsr(), indices=count, return_predecessors=True)[1]
    before = np.where(before < 0, count, before)
    before[sites] = sites
    while (before[before] != before).any():
        before = before[before]
    site = np.full(count + 1, NOWHERE)
    site[sites] = np.arange(len(sites))
    found: Integers = site[before[:count]]
    return found


def _sums(label: Integers, each: Floats, count: int) -> Floats:
    return np.bincount(label[label >= 0], each[label >= 0], minlength=count).astype(np.float64)


def _worth(graph: Graph, label: Integers, count: int, ranges: Ranges) -> tuple[float, float, float]:
    """Return how much weight is out of range, and load, and how unlike the loads are."""
    weight, load = _sums(label, graph.weight, count), _sums(label, graph.loads, count)
    return float(_outside(weight, ranges.weight).sum()), float(_outside(load, ranges.load).sum()), float((load**2).sum())


def _outside(load: Floats, limits: Limits) -> Floats:
    return np.maximum(0, np.maximum(limits.low - load, load - limits.high))


def _flipped(graph: Graph, label: Integers, sites: Integers, limits: Limits, search: Search) -> Integers:
    """Return the parts after single nodes went over to the part beside them, the one that helps most first."""
    label, steps = label.copy(), search.iterations * _FLIPS * len(sites)
    for done in range(steps):
        if done % 100 == 99:
            try:
                search.tell("Drawing units around stations: {done} of {count} steps.", {"done": done, "count": steps})
            except Stop:
                break
        if not _flip(graph, label, sites, Ranges(limits, search.narrow)):
            break
    return label


def _flip(graph: Graph, label: Integers, sites: Integers, ranges: Ranges) -> bool:
    """Move the node whose move helps most and leaves its part in one piece; say whether there was one."""
    node, beside = np.concatenate([graph.one, graph.other]), np.concatenate([graph.other, graph.one])
    across = (label[node] != label[beside]) & (label[node] >= 0) & (label[beside] >= 0) & ~np.isin(node, sites)
    across &= (graph.weight[node] > 0) | (graph.loads[node] > 0)
    node, giver, taker = node[across], label[node[across]], label[beside[across]]
    gains = []
    for limits, every in zip(ranges, (graph.weight, graph.loads), strict=True):
        sums, own = _sums(label, every, len(sites)), every[node]
        less, more = sums[giver] - own, sums[taker] + own
        gains.append(_outside(sums[giver], limits) + _outside(sums[taker], limits) - _outside(less, limits) - _outside(more, limits))
        even = sums[giver] ** 2 + sums[taker] ** 2 - less**2 - more**2
    gain, also = gains
    helps = np.flatnonzero((gain > 0) | ((gain == 0) & ((also > 0) | ((also == 0) & (even > 0)))))
    for each in helps[np.lexsort((node[helps], -even[helps], -also[helps], -gain[helps]))].tolist():
        rest = np.flatnonzero(label == giver[each])
        rest = rest[rest != node[each]]
        if graph.of(rest).component.max() == 0:
            label[node[each]] = taker[each]
            return True
    return False


def _recut(graph: Graph, label: Integers, sites: Integers, limits: Limits, search: Search) -> Integers:
    """Return the parts recut around their sites where some of them weigh too little or too much."""
    if not _worth(graph, label, len(sites), Ranges(limits))[0]:
        return label
    label, reached, held = label.copy(), label >= 0, np.zeros(len(graph), dtype=bool)
    held[sites] = True
    found = refined(graph.only(reached), label[reached], limits, search, Today(label[reached], held[reached]), fixed=True)
    label[reached] = np.argsort(found[(np.cumsum(reached) - 1)[sites]])[found]
    return label
