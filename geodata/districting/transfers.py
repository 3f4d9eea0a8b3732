"""Small changes that bring a part into its range by themselves: a few nodes that adjoin go over, or all of it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np

from geodata.districting.graph import Graph, Limits
from geodata.topology.grid import Flags, Integers

MOST_NODES = 5
"""So many nodes go over at once at most, or all of a part."""
LOOKS = 150
"""So many sets of nodes are looked at for one part, the lightest first."""


def transferred(graph: Graph, label: Integers, limits: Limits, held: Flags | None = None) -> Integers:
    """Return the connected parts after whatever can be put right by the lightest change between two of them was; `held` nodes stay.

    A part that is out of range is joined by nodes of a neighbour, gives some to one, or goes over whole; both are in range then.
    What needs more than that stays as it is.
    """
    parts = _Parts(graph, label, limits, np.zeros(len(graph), dtype=bool) if held is None else held)
    for part in np.flatnonzero((parts.weight < limits.low) | (parts.weight > limits.high)).tolist():
        if not parts.fits(parts.weight[part]):
            best = min(parts.changes(part), default=None)
            if best is not None:
                parts.move(*best[1:])
    return np.unique(parts.label, return_inverse=True)[1]


class _Parts:
    """Parts while nodes go over."""

    def __init__(self, graph: Graph, label: Integers, limits: Limits, held: Flags) -> None:
        self.graph, self.label, self.limits, self.held = graph, label.copy(), limits, held
        self.weight = np.bincount(label, graph.weight)
        order = np.argsort(label, kind="stable")
        self.nodes = [set(each.tolist()) for each in np.split(order, np.searchsorted(label[order], np.arange(1, len(self.weight))))]

    def fits(self, weight: float) -> bool:
        """Say whether a part may weigh so much."""
        return bool(self.limits.low <= weight <= self.limits.high)

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
        total, room = self.weight[giver] + self.weight[taker], self.limits.high - self.weight[taker]
        whole = self.fits(total) and not self.held[list(self.nodes[giver])].any()
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
            if whole and weight >= self.weight[giver]:
                break
            if self.fits(self.weight[taker] + weight) and self.fits(self.weight[giver] - weight) and self._holds(giver, nodes):
                return weight, nodes
            for node in self._next(giver, nodes):
                more, heavier = sorted([*nodes, node]), weight + float(self.graph.weight[node])
                if heavier <= room and tuple(more) not in seen:
                    seen.add(tuple(more))
                    heapq.heappush(waiting, (heavier, more))
        return (float(self.weight[giver]), sorted(self.nodes[giver])) if whole else None

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
        giver = int(self.label[nodes[0]])
        weight = self.graph.weight[nodes].sum()
        self.nodes[giver] -= set(nodes)
        self.nodes[taker] |= set(nodes)
        self.label[nodes] = taker
        self.weight[giver] -= weight
        self.weight[taker] += weight
