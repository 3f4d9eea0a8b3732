"""A ground divided into a given number of parts that weigh about the same."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from geodata.districting.few import FEW, best_of_few
from geodata.districting.graph import Graph, Limits
from geodata.districting.refine import BALANCED, USUAL, Search, refined
from geodata.findings import GeodataError
from geodata.topology.grid import Flags, Integers

SLACK = 0.05
"""How far from the mean a part may be where nobody says it otherwise."""
_ROUGH = 0.25
"""The same of the parts that are grown first."""


def balanced(graph: Graph, n: int, limits: Limits | None = None, search: Search = USUAL) -> Integers:
    """Return n connected parts (0 to n - 1) of about the same load, short of border; the same for the same graph and seed.

    All weights lie within `limits` (SLACK around the mean unless given) where such parts are found; else as little as was found
    lies outside. Loads come after that. Of FEW nodes the best parts that there are. Raises GeodataError where n connected parts
    cannot be: fewer nodes, or more pieces that do not adjoin.
    """
    pieces = int(graph.component.max(initial=-1)) + 1
    if not max(pieces, 1) <= n <= len(graph):
        raise GeodataError(
            "{count} grounds in {pieces} pieces that do not adjoin make no {wanted} units; {least} to {count} would be right.",
            count=len(graph), pieces=pieces, wanted=n, least=max(pieces, 1),
        )  # fmt: skip
    mean = float(graph.weight.sum()) / n
    asked = limits or Limits(mean * (1 - SLACK), mean * (1 + SLACK))
    if len(graph) <= FEW:
        return best_of_few(graph, n, asked, search.narrow)
    label = _as_many(graph, _grown(graph, mean), n)
    return refined(graph, label, asked, search._replace(balance=BALANCED), fixed=True)


def _grown(graph: Graph, mean: float) -> Integers:
    from geodata.districting.agglomerate import agglomerate  # noqa: PLC0415  # loads numba, which only grouping needs

    label = agglomerate(graph.net, mean * (1 - _ROUGH), mean * (1 + _ROUGH))
    return np.unique(label, return_inverse=True)[1]


def _as_many(graph: Graph, label: Integers, n: int) -> Integers:
    """Return the parts after the lightest were joined with the lightest beside them, or the heaviest divided, until they are n."""
    while (count := int(label.max()) + 1) != n:
        if count > n:
            parts = graph.merged(label, count)
            pairs = np.stack([parts.one, parts.other], axis=1)
            together = pairs[np.lexsort((parts.weight[pairs].max(axis=1), parts.weight[pairs].sum(axis=1)))[0]]
            label = np.unique(np.where(label == together.max(), together.min(), label), return_inverse=True)[1]
        else:
            weight = np.where(np.bincount(label) > 1, np.bincount(label, graph.weight), -1)
            nodes = np.flatnonzero(label == weight.argmax())
            label = label.copy()
            label[nodes[_half(graph.of(nodes))]] = count
    return label


def _half(graph: Graph) -> Flags:
    """Return the branch of a spanning tree of a connected graph that is nearest to half of it."""
    ones = np.ones(len(graph.one))
    order, parent = breadth_first_order(coo_array((ones, (graph.one, graph.other)), shape=(len(graph),) * 2).tocsr(), 0, directed=False)
    weight = graph.weight + 1e-9  # so that nodes without any are shared out too
    for node in order[:0:-1]:
        weight[parent[node]] += weight[node]
    best = order[1:][np.abs(weight[order[1:]] - weight[order[0]] / 2).argmin()]
    side = np.zeros(len(graph), dtype=bool)
    for node in order:
        side[node] = node == best or (node != order[0] and bool(side[parent[node]]))
    return side
