"""What has to change parts at the least until all that can be in range is: proven, not searched."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_array

from geodata.districting.certificates import certify
from geodata.districting.graph import Graph, Limits
from geodata.topology.grid import Flags, Floats, Integers
from geodata.topology.neighbours import connected

SETS = 300
"""Where more connected sets of nodes are no heavier than a part may be, the simple bound has to do; a tower block leaves few."""
EFFORT = 20
"""So many branches are looked at for one neighbourhood; as a rule it takes one."""


def least(graph: Graph, limits: Limits, today: Integers, locked: Flags | None = None) -> float:
    """Return a weight of which at least as much changes parts in any division that leaves as little as can be out of range.

    `today` is each node's part, -1 for none; parts with `locked` nodes stay as they are. What cannot exchange anything is looked
    at by itself: where few sets of nodes are possible, the best choice among all of them is found; elsewhere least_moved() tells.
    """
    if locked is not None and locked.any():
        free = ~np.isin(today, today[locked])
        return least(graph.only(free), limits, today[free])
    beside = beside_of(graph, limits)
    rows = [(node, other) for node, others in beside.items() for other in others]
    first = np.unique(today, return_index=True, return_inverse=True)
    rows += [(node, int(first[1][first[2][node]])) for node in range(len(graph)) if today[node] >= 0]
    near = connected(len(graph), np.array(rows, dtype=np.int64).reshape(-1, 2))
    found, weight = 0.0, np.bincount(today + 1, graph.weight)[today + 1]
    wrong = (
        (graph.weight > 0)
        & ((weight < limits.low) | (weight > limits.high) | (today < 0))
        & (graph.weight < np.maximum(weight, limits.high))
    )
    apart = np.zeros(len(graph), dtype=bool)
    for proof in certify(graph, limits):
        apart[proof.nodes] |= proof.kind not in {"above", "no-number"}
    concerned = np.flatnonzero(np.isin(near, near[wrong]) & (graph.weight > 0))
    order = concerned[np.argsort(near[concerned], kind="stable")]
    for nodes in np.split(order, np.flatnonzero(np.diff(near[order])) + 1) if len(order) else ():
        best = _best(graph.weight, limits, nodes, today, beside)
        found += _simple(graph.weight[nodes], limits, today[nodes], np.isin(today[nodes], today[apart])) if best is None else best
    return found


def least_moved(weight: Floats, limits: Limits, new: float = 0.0, gone: float = 0.0) -> float:
    """Return a weight of which at least as much changes parts until parts of these weights are in range.

    `new` has no part yet, `gone` leaves its part, which is none of these, in any case. What is over the range leaves. A part under
    it that goes on receives what it lacks, one that ends loses all that it has; what arrives somewhere has left elsewhere. For every
    share between both counts the sum of the lesser of both is a bound.
    """
    over = gone + np.maximum(weight - limits.high, 0).sum()
    light = weight[weight < limits.low]
    share = np.concatenate([[0.0, 1.0], light / limits.low])[:, None]
    lesser = np.minimum(share * (limits.low - light), (1 - share) * light).sum(axis=1)
    return float((lesser + (1 - share[:, 0]) * over - share[:, 0] * new).max())


def _simple(weight: Floats, limits: Limits, today: Integers, hopeless: Flags) -> float:
    """Return the simple bound; a node above the range will be alone, and one of it and what is with it keeps the part's name.

    Parts with nodes that are proven to be in none within the range are not counted: these are `hopeless`.
    """
    heavy, new = weight > limits.high, today < 0
    mine = ~new & ~hopeless
    parts, name = np.unique(today[mine], return_inverse=True)
    light = np.bincount(name, np.where(heavy, 0, weight)[mine], minlength=len(parts))
    alone = np.zeros(len(parts))
    np.maximum.at(alone, name, np.where(heavy, weight, 0)[mine])
    every = np.bincount(name, weight[mine], minlength=len(parts))
    gone = (every - np.maximum(light, alone))[alone > 0].sum()
    return max(0.0, least_moved(light[alone == 0], limits, float(weight[new & ~heavy].sum()), float(gone)))


def beside_of(graph: Graph, limits: Limits) -> dict[int, set[int]]:
    """Return for each node with weight, but none above the range, the others that it adjoins, or reaches over nodes without weight."""
    bare, found = (
        graph.weight == 0,
        {node: set[int]() for node in np.flatnonzero((graph.weight > 0) & (graph.weight <= limits.high)).tolist()},
    )
    strip, along = graph.where(bare[graph.one] & bare[graph.other]).component, dict[int, set[int]]()
    for one, other in zip([*graph.one.tolist(), *graph.other.tolist()], [*graph.other.tolist(), *graph.one.tolist()], strict=True):
        if one in found and other in found:
            found[one].add(other)
        elif one in found and bare[other]:
            along.setdefault(int(strip[other]), set()).add(one)
    for nodes in along.values():
        for node in nodes:
            found[node] |= nodes - {node}
    return found


class _Part(NamedTuple):
    """A set of nodes that may be a part, with the part of today that it would go on, or -1."""

    nodes: tuple[int, ...]
    name: int
    short: float
    """What it lacks to be in range."""
    moved: float


def _best(weight: Floats, limits: Limits, nodes: Integers, today: Integers, beside: dict[int, set[int]]) -> float | None:
    """Return what moves in the best division of some nodes, each in one part and no name given twice; None where that takes too long."""
    sets = sets_of(weight, limits, nodes, beside)
    if sets is None:
        return None
    parts = [part for each in sets for part in _named(weight, limits, each, today)]
    grave = 1.0 + float(weight[nodes].sum())
    cost = [part.short * grave * (len(nodes) + 1) + grave * (part.short > 0) + part.moved for part in parts]
    held = [(node, column) for column, part in enumerate(parts) for node in part.nodes]
    names = [(part.name, column) for column, part in enumerate(parts) if part.name >= 0]
    once = LinearConstraint(table(held, len(parts)), 1, 1)
    constraints = [once, LinearConstraint(table(names, len(parts)), 0, 1)] if names else [once]
    options = {"mip_rel_gap": 0, "node_limit": EFFORT}
    solved = milp(cost, constraints=constraints, integrality=np.ones(len(parts)), bounds=(0, 1), options=options)
    return None if solved.status != 0 else float(sum(part.moved for part, share in zip(parts, solved.x, strict=True) if share > 0.5))


def table(pairs: list[tuple[int, int]], columns: int) -> coo_array:
    """Return ones at the pairs of a thing and a column, a row for each thing."""
    thing, column = np.array(pairs).T
    rows = np.unique(thing, return_inverse=True)[1]
    return coo_array((np.ones(len(pairs)), (rows, column)), shape=(int(rows.max()) + 1, columns)).tocsc()


def sets_of(weight: Floats, limits: Limits, nodes: Integers, beside: dict[int, set[int]]) -> set[frozenset[int]] | None:
    """Return the connected sets of nodes that are not above the range, and each node above it; None where they are too many."""
    found = {frozenset([node]) for node in nodes.tolist()}
    waiting = [each for each in found if next(iter(each)) in beside]
    while waiting:
        each = waiting.pop()
        for node in set().union(*(beside[one] for one in each)) - each:
            more = each | {node}
            if more not in found and weight[list(more)].sum() <= limits.high:
                found.add(more)
                waiting.append(more)
                if len(found) > SETS:
                    return None
    return found


def _named(weight: Floats, limits: Limits, nodes: frozenset[int], today: Integers) -> list[_Part]:
    """Return a set of nodes under each name that it may have."""
    of = np.array(sorted(nodes))
    total, known = float(weight[of].sum()), float(weight[of][today[of] >= 0].sum())
    names = [-1, *np.unique(today[of][today[of] >= 0]).tolist()]
    kept = [float(weight[of][today[of] == name].sum()) if name >= 0 else 0.0 for name in names]
    return [_Part(tuple(of.tolist()), name, max(0.0, limits.low - total), known - mine) for name, mine in zip(names, kept, strict=True)]
