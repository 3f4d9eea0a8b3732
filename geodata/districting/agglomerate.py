"""Parts grown from single nodes: the lightest joins the neighbour it shares most border with."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

from geodata.compiled import compiled, inner
from geodata.districting.graph import Net
from geodata.topology.grid import Floats, Integers


class Grown(NamedTuple):
    """Parts as linked nodes, while they grow."""

    label: Integers
    """For each node its part."""
    following: Integers
    """For each node the next one of its part, or -1."""
    first: Integers
    """For each part its first node."""
    last: Integers
    """For each part its last node."""
    weight: Floats
    """For each part."""


@compiled
def agglomerate(net: Net, low: float, high: float) -> Integers:
    """Return a label for each node: connected parts of at most `high` (single nodes aside), few of them below `low`."""
    count = len(net.weight)
    nodes = np.arange(count)
    grown = Grown(nodes.copy(), np.full(count, -1), nodes.copy(), nodes.copy(), net.weight.copy())
    light = [(grown.weight[part], part) for part in range(count) if grown.weight[part] < low]
    heapq.heapify(light)
    shared_m, met = np.zeros(count), np.empty(count, np.int64)
    while light:
        weight, part = heapq.heappop(light)
        if grown.label[grown.first[part]] != part or grown.weight[part] != weight:
            continue
        other = _best(net, grown, part, high, shared_m, met)
        if other >= 0:
            _join(grown, other, part)
            if grown.weight[other] < low:
                heapq.heappush(light, (grown.weight[other], other))
    return grown.label


@inner
def _best(net: Net, grown: Grown, part: int, high: float, shared_m: Floats, met: Integers) -> int:
    """Return the neighbour with the longest shared border that leaves the two within `high`, or -1."""
    count = 0
    node = grown.first[part]
    while node >= 0:
        for edge in range(net.start[node], net.start[node + 1]):
            other = grown.label[net.neighbour[edge]]
            if other != part:
                if shared_m[other] == 0:
                    met[count] = other
                    count += 1
                shared_m[other] += net.length_m[edge]
        node = grown.following[node]
    best, longest_m = -1, 0.0
    for other in met[:count]:
        if shared_m[other] > longest_m and grown.weight[other] + grown.weight[part] <= high:
            best, longest_m = other, shared_m[other]
        shared_m[other] = 0
    return best


@inner
def _join(grown: Grown, part: int, gone: int) -> None:
    """Put the nodes of `gone` behind those of `part`."""
    node = grown.first[gone]
    grown.following[grown.last[part]] = node
    grown.last[part] = grown.last[gone]
    grown.weight[part] += grown.weight[gone]
    while node >= 0:
        grown.label[node] = part
        node = grown.following[node]
