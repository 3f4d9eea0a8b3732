"""Proofs that some ground can be in no part within the range, each with a sentence that says why.

What is searched and not found is no proof: "none exists" is said with a certificate only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from geodata.districting.graph import Graph, Limits
from geodata.findings import Box, Finding
from geodata.topology.grid import Flags, Integers

BUDGET = 20_000
"""How many decisions the search for one node takes at most; Denver's hardest block takes some thousands."""

Kind: TypeAlias = Literal["above", "cut-off", "no-number", "no-set", "no-division", "count"]
"""above: a node heavier than the range · cut-off: a connected piece lighter than it · no-number: a piece whose weight no
whole number of parts can share · no-set: a node that no connected set within the range holds · no-division: a piece of which no
division has all parts in the range · count: all ground, which so many parts cannot share."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """A proof for some nodes."""

    kind: Kind
    nodes: Integers
    """The node, or all those of the connected piece."""
    limits: Limits
    weight: float
    """Of the nodes together."""
    below: float = 0.0
    """no-set: the most that a set with the node weighs below the range."""
    above: float = np.inf
    """no-set: the least that it weighs above; infinite where none does."""
    count: int = 0
    """count: how many parts are asked for; no-division: how many nodes have weight."""
    locked: bool = False
    """Whether it holds only as long as what is locked stays as it is."""

    def finding(self, place: str, where: Box | None = None) -> Finding:
        """Return the sentence; `place` names the ground."""
        low, high = self.limits
        template, values = self._told()
        known = {"place": place, "weight": self.weight, "low": low, "high": high}
        if not self.locked:
            return Finding(f"range-{self.kind}", "info", template, known | values, where)
        because = Finding(f"range-{self.kind}", "info", template, known | values)
        return Finding(f"range-{self.kind}", "info", "With what is locked left as it is: {because}", {"because": because}, where)

    def _told(self) -> tuple[str, dict[str, object]]:
        low, high = self.limits
        if self.kind == "above":
            return "{place} alone has {weight:.10g} households, more than the {high:.10g} of one unit; it is a unit by itself.", {}
        if self.kind == "cut-off":
            return "{place} has {weight:.10g} households, a unit at least {low:.10g}, and nothing adjoins that could join it.", {}
        if self.kind == "no-number":
            fewer = int(self.weight / high)
            values: dict[str, object] = {"fewer": fewer, "most": fewer * high, "more": fewer + 1, "least": (fewer + 1) * low}
            return (
                "{place} and all that hangs together with it have {weight:.10g} households: more than the {most:.10g} of {fewer} units, "
                "fewer than the {least:.10g} of {more}."
            ), values
        if self.kind in {"count", "no-division"}:
            told = (
                "{place} and all that is to be shared out have {weight:.10g} households; {count} units have {least:.10g} to {most:.10g}."
                if self.kind == "count"
                else "{place} and all that hangs together with it have {weight:.10g} households on {count} grounds; however these are "
                "divided, not every unit has {low:.10g} to {high:.10g}."
            )
            return told, {"count": self.count, "least": self.count * low, "most": self.count * high}
        if np.isinf(self.above):
            return "{place} has {weight:.10g} households; with all that can join it {below:.10g}, and a unit has at least {low:.10g}.", {
                "below": self.below
            }
        return (
            "{place} has {weight:.10g} households; joined with what adjoins it makes {below:.10g} at most or {above:.10g} at least, "
            "nothing from {low:.10g} to {high:.10g}."
        ), {"below": self.below, "above": self.above}


def count_certificate(graph: Graph, limits: Limits, count: int) -> Certificate | None:
    """Return the proof that so many parts cannot share all of a graph within the limits, if that is so."""
    weight = float(graph.weight.sum())
    if count * limits.low <= weight <= count * limits.high:
        return None
    return Certificate("count", np.arange(len(graph)), limits, weight, count=count)


def certify_sites(graph: Graph, limits: Limits, sites: Integers, budget: int = BUDGET) -> dict[int, Certificate]:
    """Return, by their place in `sites`, the proofs that a node is in no part within the range that holds none of the others."""
    from geodata.districting.reach import NONE, reach  # noqa: PLC0415  # loads numba

    found: dict[int, Certificate] = {}
    for place, site in enumerate(sites.tolist()):
        free = np.ones(len(graph), dtype=bool)
        free[np.delete(sites, place)] = False
        nodes = next(piece for piece in _pieces(graph, free) if site in piece)
        if graph.weight[site] > limits.high:
            found[place] = _of_node("above", site, graph, limits)
        elif graph.weight[nodes].sum() < limits.low:
            found[place] = Certificate("cut-off", nodes, limits, float(graph.weight[nodes].sum()))
        else:
            reached = reach(graph.net, limits, free, np.arange(len(graph)) == site, budget)
            if reached.state[site] == NONE:
                found[place] = _of_node("no-set", site, graph, limits, float(reached.below[site]), float(reached.above[site]))
    return found


def certify(graph: Graph, limits: Limits, *, locked: Flags | None = None, budget: int = BUDGET) -> list[Certificate]:
    """Return the proofs there are, those for heavy nodes first; `locked` nodes take no part in any other part.

    A node with a proof of its own is out of the way of all others, which may cut off more. A connected piece that is too
    light has one proof for all its nodes. Weights sum as floating-point numbers: whole ones below 2**53 exactly.
    """
    found = _certify(graph, limits, np.ones(len(graph), dtype=bool), budget)
    if locked is None or not locked.any():
        return found
    certain = {(one.kind, *one.nodes.tolist()) for one in found}
    again = [Certificate(**vars(one) | {"locked": True}) for one in _certify(graph, limits, ~locked, budget)]
    return [one for one in found if not locked[one.nodes].any()] + [one for one in again if (one.kind, *one.nodes.tolist()) not in certain]


def _certify(graph: Graph, limits: Limits, free: Flags, budget: int) -> list[Certificate]:
    """Return the proofs for the graph of the free nodes."""
    heavy = free & (graph.weight > limits.high)
    found = [_of_node("above", node, graph, limits) for node in np.flatnonzero(heavy).tolist()]
    free, settled = free & ~heavy, heavy.copy()
    while True:
        pieces = _pieces(graph, free)
        for nodes in pieces:
            settled[nodes] |= graph.weight[nodes].sum() < limits.low
        from geodata.districting.reach import FOUND, NONE, reach  # noqa: PLC0415  # loads numba

        reached = reach(graph.net, limits, free, free & ~settled & (graph.weight > 0), budget)
        alone = np.flatnonzero(reached.state == NONE)
        if not len(alone):
            return found + [one for nodes in pieces if (one := _of_piece(nodes, graph, limits))]
        found += [
            _of_node("no-set", node, graph, limits, float(reached.below[node]), float(reached.above[node])) for node in alone.tolist()
        ]
        settled |= reached.state == FOUND
        free[alone] = False


def _pieces(graph: Graph, free: Flags) -> list[Integers]:
    """Return the nodes of each connected piece of the free nodes."""
    nodes, component = np.flatnonzero(free), graph.only(free).component
    order = np.argsort(component, kind="stable")
    return np.split(nodes[order], np.flatnonzero(np.diff(component[order])) + 1) if len(nodes) else []


def _of_node(kind: Kind, node: int, graph: Graph, limits: Limits, below: float = 0.0, above: float = np.inf) -> Certificate:
    return Certificate(kind, np.array([node]), limits, float(graph.weight[node]), below, above)


def _of_piece(nodes: Integers, graph: Graph, limits: Limits) -> Certificate | None:
    """Return the proof for a connected piece whose weight no whole number of parts can share, if that is so."""
    weight = float(graph.weight[nodes].sum())
    if weight < limits.low:
        return Certificate("cut-off", nodes, limits, weight)
    if limits.low > 0 and int(weight / limits.low) * limits.high < weight:
        return Certificate("no-number", nodes, limits, weight)
    return None
