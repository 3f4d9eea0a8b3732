"""The best division of a few grounds into so many parts: every one there is, compared."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np

from geodata.districting.graph import ANY, Graph, Limits
from geodata.topology.grid import Integers

FEW = 10
"""Of so many nodes there are at most a thousand connected sets, and all divisions are compared in a moment."""
Worth: TypeAlias = tuple[float, int, float, float]
"""How much weight is out of range, in how many parts, how much load; the length of the borders in metres. Less is better, in this order."""


def best_of_few(graph: Graph, n: int, limits: Limits, narrow: Limits = ANY) -> Integers:
    """Return n connected parts (0 to n - 1) of at most FEW nodes: weights in the limits, then loads within `narrow`, then short borders.

    Some n connected parts have to be possible.
    """
    beginning, every = _sets(graph), (1 << len(graph)) - 1
    worth = {each: _worth(graph, each, limits, narrow) for sets in beginning.values() for each in sets}

    @cache
    def best(rest: int, count: int) -> tuple[Worth, tuple[int, ...]] | None:
        """Return the best division of the rest, a set of bits, and what it is worth; None where there is none."""
        if count == 1:
            return (worth[rest], (rest,)) if rest in worth else None
        found = []
        for first in beginning[rest & -rest]:
            if first & ~rest == 0 and (rest & ~first).bit_count() >= count - 1 and (others := best(rest & ~first, count - 1)):
                one, more = worth[first], others[0]
                found.append(((one[0] + more[0], one[1] + more[1], one[2] + more[2], one[3] + more[3]), (first, *others[1])))
        return min(found, default=None)

    divided = best(every, n)
    assert divided is not None  # noqa: S101  # the caller has seen to it
    label = np.zeros(len(graph), dtype=np.int64)
    for part, nodes in enumerate(divided[1]):
        label[_nodes(nodes)] = part
    return label


def _nodes(bits: int) -> list[int]:
    return [node for node in range(bits.bit_length()) if bits >> node & 1]


def _sets(graph: Graph) -> dict[int, list[int]]:
    """Return the connected sets of nodes as bits, by their lowest one."""
    beside = [0] * len(graph)
    for one, other in zip(graph.one.tolist(), graph.other.tolist(), strict=True):
        beside[one] |= 1 << other
        beside[other] |= 1 << one
    found = {1 << node for node in range(len(graph))}
    waiting = sorted(found)
    while waiting:
        each = waiting.pop()
        around = int(np.bitwise_or.reduce([beside[node] for node in _nodes(each)])) & ~each
        for node in _nodes(around):
            if (more := each | 1 << node) not in found:
                found.add(more)
                waiting.append(more)
    return {1 << node: sorted(each for each in found if each & -each == 1 << node) for node in range(len(graph))}


def _worth(graph: Graph, bits: int, limits: Limits, narrow: Limits) -> Worth:
    """Return what a part is worth; each border counts by half, since two parts have it."""
    inside = np.zeros(len(graph), dtype=bool)
    inside[_nodes(bits)] = True
    weight, load = float(graph.weight[inside].sum()), float(graph.loads[inside].sum())
    out, beside = (max(0.0, low - each, each - high) for each, (low, high) in ((weight, limits), (load, narrow)))
    return out, int(out > 0), beside, float(graph.length_m[inside[graph.one] != inside[graph.other]].sum()) / 2
