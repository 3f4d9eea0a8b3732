"""Whether a neighbourhood of few buildings can be divided within the range at all: a proof where no division is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import LinearConstraint, milp

from geodata.districting.certificates import Certificate
from geodata.districting.graph import Graph, Limits
from geodata.districting.least import EFFORT, beside_of, sets_of, table
from geodata.topology.grid import Flags, Integers

_INFEASIBLE = 2
"""What the solver says where nothing fulfils all that is asked."""


class Settled(NamedTuple):
    """What is in the way of all others."""

    locked: Flags
    """Nodes that stay in their part."""
    proofs: Sequence[Certificate]
    """For single nodes and pieces."""


def proven(
    graph: Graph, limits: Limits, label: Integers, reasons: Mapping[int, Certificate | None], settled: Settled
) -> dict[int, Certificate | None]:
    """Return the reasons with proofs for parts that have none, as far as few sets of buildings are possible around them."""
    found, free = dict(reasons), ~settled.locked
    if None not in found.values():
        return found
    for proof in settled.proofs:
        free[proof.nodes] &= proof.kind == "no-number"
    open_ = graph.where(free[graph.one] & free[graph.other])
    for part in [part for part, proof in reasons.items() if proof is None]:
        nodes = np.flatnonzero(free & np.isin(open_.component, open_.component[free & (label == part)]))
        count, weight = int((graph.weight[nodes] > 0).sum()), float(graph.weight[nodes].sum())
        if count and not _divisible(open_.of(nodes), limits):
            found[part] = Certificate("no-division", nodes, limits, weight, count=count, locked=bool(settled.locked.any()))
    return found


def _divisible(graph: Graph, limits: Limits) -> bool:
    """Say whether some connected sets within the range may cover the nodes with weight once; True too where that is not found out."""
    inhabited = np.flatnonzero(graph.weight > 0)
    sets = sets_of(graph.weight, limits, inhabited, beside_of(graph, limits))
    fit = [each for each in sets or () if limits.low <= graph.weight[list(each)].sum() <= limits.high]
    if sets is None or len(set().union(*fit)) < len(inhabited):
        return sets is None
    once = LinearConstraint(table([(node, column) for column, each in enumerate(fit) for node in each], len(fit)), 1, 1)
    solved = milp(np.zeros(len(fit)), constraints=once, integrality=np.ones(len(fit)), bounds=(0, 1), options={"node_limit": EFFORT})
    return bool(solved.status != _INFEASIBLE)
