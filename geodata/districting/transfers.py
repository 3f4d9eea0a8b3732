"""Small changes that bring a part into its range by themselves: a few nodes that adjoin go over, or all of it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from geodata.districting.graph import ANY, Graph, Limits
from geodata.topology.grid import Flags, Floats, Integers

MOST_NODES = 5
"""So many nodes go over at once at most, or all of a part."""
LOOKS = 150
"""So many sets of nodes are looked at for one part, the lightest first."""


class Ranges(NamedTuple):
    """What a part may have."""

    weight: Limits
    load: Limits = ANY


def transferred(graph: Graph, label: Integers, ranges: Ranges, held: Flags | None = None) -> Integers:
    """Return the connected parts after whatever can be put right by the lightest change between two of them was; `held` nodes stay.

    A part that is out of range is joined by nodes of a neighbour, gives some to one, or goes over whole; both are in range then.
    What needs more than that stays as it is. First that is done for weights alone, then for weights and loads.
    """
    parts = _Parts(graph, label, np.zeros(len(graph), dtype=bool) if held is None else held)
    for parts.ranges in dict.fromkeys((Ranges(ranges.weight), ranges)):
        for part in range(len(parts.nodes)):
            if parts.nodes[part] and not parts.fits(parts.amount[part]):
                best = min(parts.changes(part), default=None)
                if best is not None:
                    parts.move(*best[1:])
    return np.unique(parts.label, return_inverse=True)[1]


class _Parts:
    """Parts while nodes go over."""

    ranges: Ranges

    def __init__(self, graph: Graph, label: Integers, held: Flags) -> None:
        self.graph, self.label, self.held = graph, label.copy(), held
        self.each = np.stack([graph.weight, graph.loads], axis=1)
        self.amount = np.stack([np.bincount(label, column) for column in self.each.T], axis=1)
        order = np.argsort(label, kind="stable")
        self.nodes = [set(each.tolist()) for each in np.split(order, np.searchsorted(label[order], np.arange(1, len(self.amount))))]

    def fits(self, amount: Floats) -> bool:
        """Say whether a part may have so much weight and load."""
        (low, high), (least, most) = self.ranges
        return bool(low <= amount[0] <= high and least <= amount[1] <= most)

    def beside(self, node: int) -> list[int]:
        """Return the nodes that adjoin one."""
        net = self.graph.net
        found: list[int] = net.neighbour[net.start[node] : net.start[node + 1]].tolist()
        return found

    def changes(self, part: int) -> Iterator[tuple[float, list[int], int]]:
        """Yield for each neighbour the lightest change with it that helps: what it weighs, the nodes, and where they go."""
        around = {int(self.label[other]) for node in self.nodes[part] for other in self.beside(node)} - {part}
        for other in sorted(around):
            for giver, taker in ((part, other), (other, part)):
                found = self._lightest(giver, taker)
                if found is not None:
                    yield (*found, taker)

    def _lightest(self, giver: int, taker: int) -> tuple[float, list[int]] | None:
        """Return the lightest connected nodes of a part that may go to another, with their weight."""
        whole = self.fits(self.amount[giver] + self.amount[taker]) and not self.held[list(self.nodes[giver])].any()
        room = self.ranges.weight.high - self.amount[taker, 0]
        starts = [
            node for node in self.nodes[giver] if not self.held[node] and any(self.label[each] == taker for each in self.beside(node))
        ]
        waiting = [(float(self.graph.weight[node]), [node]) for node in sorted(starts)]
        heapq.heapify(waiting)
        seen = {(node,) for node in starts}
        for _ in range(LOOKS):
            if not waiting:
                break
            weight, nodes = heapq.heappop(waiting)
            if whole and weight >= self.amount[giver, 0]:
                break
            amount = self.each[nodes].sum(axis=0)
            if self.fits(self.amount[taker] + amount) and self.fits(self.amount[giver] - amount) and self._holds(giver, nodes):
                return weight, nodes
            for node in self._next(giver, nodes):
                more, heavier = sorted([*nodes, node]), weight + float(self.graph.weight[node])
                if heavier <= room and tuple(more) not in seen:
                    seen.add(tuple(more))
                    heapq.heappush(waiting, (heavier, more))
        return (float(self.amount[giver, 0]), sorted(self.nodes[giver])) if whole else None

    def _next(self, giver: int, nodes: list[int]) -> list[int]:
        """Return the nodes of a part that may go along with some of its nodes."""
        if len(nodes) == MOST_NODES:
            return []
        beside = {other for node in nodes for other in self.beside(node)} - set(nodes)
        return sorted(node for node in beside if self.label[node] == giver and not self.held[node])

    def _holds(self, giver: int, nodes: list[int]) -> bool:
        """Say whether a part without some of its nodes is in one piece."""
        rest = np.array(sorted(self.nodes[giver] - set(nodes)))
        return bool(self.graph.of(rest).component.max() == 0)

    def move(self, nodes: list[int], taker: int) -> None:
        """Let nodes of one part go over to another."""
        giver, amount = int(self.label[nodes[0]]), self.each[nodes].sum(axis=0)
        self.nodes[giver] -= set(nodes)
        self.nodes[taker] |= set(nodes)
        self.label[nodes] = taker
        self.amount[giver] -= amount
        self.amount[taker] += amount
