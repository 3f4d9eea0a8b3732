"""Connected groups of ground whose weights lie in a range, short of border; or why that cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geodata.districting.certificates import Certificate, certify
from geodata.districting.covering import Settled, proven
from geodata.districting.graph import Graph, Limits
from geodata.districting.parts import HELD, matched
from geodata.districting.refine import HARD, USUAL, Search, Today, refined
from geodata.districting.transfers import Ranges, transferred
from geodata.findings import Box, Finding, GeodataError
from geodata.topology.grid import Flags, Floats, Integers


@dataclass(frozen=True)
class Grouping:
    """Nodes in parts, and why some of these are out of range."""

    label: Integers
    """For each node its part. A part of today that goes on keeps its number, new ones have the numbers after the last."""
    weight: Floats
    """For each part; 0 for one of today that does not go on."""
    limits: Limits
    reasons: Mapping[int, Certificate | None]
    """For each part out of range its certificate; None where nothing better was found, which proves nothing."""
    iterations: int

    def finding(self, part: int, place: str, where: Box | None = None) -> Finding:
        """Return why a part is out of range; `place` names it."""
        reason = self.reasons[part]
        if reason:
            return reason.finding(place, where)
        return Finding(
            "range-not-found",
            "warning",
            "{place} has {weight:.10g} households, outside {low:.10g} to {high:.10g}; nothing better was found in {iterations} iterations, "
            "though none is proven impossible.",
            {"place": place, "weight": self.weight[part], **self.limits._asdict(), "iterations": self.iterations * HARD},
            where,
        )


def group(
    graph: Graph,
    limits: Limits,
    search: Search = USUAL,
    *,
    start: Integers | None = None,
    locked: Flags | None = None,
    held: Flags | None = None,
) -> Grouping:
    """Return connected parts within the limits, as many as it takes; the same for the same graph and seed.

    A node above the range is a part by itself. `start` gives today's part of each node, -1 for none: the change from it is
    then kept small, and borders that nothing asks to move stay. Parts of `start` with a `locked` node stay as they are; `held`
    nodes stay with their part while that changes.
    Raises GeodataError for limits that no weight fits, weights that are none and locks without a start.
    """
    _refuse_nonsense(graph, limits)
    if locked is not None and start is None:
        raise GeodataError("What is locked has to be in a unit of today, and none are given.")
    today = np.full(len(graph), -1) if start is None else start
    shut = np.isin(today, today[locked & (today >= 0)]) if locked is not None else np.zeros(len(graph), dtype=bool)
    certificates = certify(graph, limits, locked=shut)
    while held is not None and (stuck := _apart(graph, certificates) & held & ~shut).any():  # its part cannot change and keep it
        shut |= np.isin(today, today[stuck])
        certificates = certify(graph, limits, locked=shut)
    label = _labelled(graph, limits, certificates, np.where(shut, today, -1))
    for nodes, patience in ((label == EASY, search), (label == ASIDE, search._replace(hard=0))):
        if nodes.any():
            here = Today(today[nodes], None if held is None else held[nodes])
            label[nodes] = label.max() + 1 + _grouped(graph.only(nodes), limits, patience, here)
    names = graph.weight if held is None else graph.weight + HELD * held
    label = continued(_joined(graph, label, certificates), today, names)
    weight = np.bincount(label, graph.weight).astype(np.float64)
    reasons = proven(graph, limits, label, reasons_of(label, weight, limits, certificates), Settled(shut, certificates))
    return Grouping(label, weight, limits, reasons, search.iterations)


def _refuse_nonsense(graph: Graph, limits: Limits) -> None:
    """Raise GeodataError for limits that no weight fits and weights that are none."""
    if not 0 < limits.low <= limits.high < np.inf:
        raise GeodataError(
            "A range from {low} to {high} fits no unit; it should begin above 0 and end at or above its beginning.", **limits._asdict()
        )
    wrong = np.flatnonzero(~(np.isfinite(graph.weight) & (graph.weight >= 0)))
    if len(wrong):
        raise GeodataError(
            "Ground {place} has {weight} households; 0 or a positive number would be right.",
            place=int(wrong[0]),
            weight=float(graph.weight[wrong[0]]),
        )


EASY, ASIDE = -1, -2
"""Nodes that no proof keeps from a part within the range; those that are best put together, though in none."""


def _apart(graph: Graph, certificates: Sequence[Certificate]) -> Flags:
    """Say which nodes are in no part within the range."""
    found = np.zeros(len(graph), dtype=bool)
    for certificate in certificates:
        found[certificate.nodes] |= certificate.kind != "no-number"
    return found


def _labelled(graph: Graph, limits: Limits, certificates: Sequence[Certificate], held: Integers) -> Integers:
    """Return the parts that are settled: those held, by number, and each node above the range; EASY and ASIDE for the rest."""
    label = np.full(len(graph), EASY)
    for certificate in certificates:
        if certificate.kind in {"cut-off", "no-set"}:
            label[certificate.nodes] = ASIDE
    settled = (graph.weight > limits.high) | (held >= 0)
    names = np.where(held >= 0, held, held.max(initial=-1) + 1 + np.arange(len(graph)))
    label[settled] = np.unique(names[settled], return_inverse=True)[1]
    return label


def _grouped(graph: Graph, limits: Limits, search: Search, today: Today) -> Integers:
    """Return a part for each node of a graph, from 0: recut from today's parts with the lightest transfers, else from ones grown anew."""
    from geodata.districting.agglomerate import agglomerate  # noqa: PLC0415  # loads numba, which only grouping needs

    if (today.part >= 0).any():
        pieces = np.unique(_pieces(graph, today.part), return_inverse=True)[1]
        label = transferred(graph, pieces, Ranges(limits, search.narrow), today.held)
    else:
        label = np.unique(agglomerate(graph.net, *limits), return_inverse=True)[1]
    return refined(graph, label, limits, search, today)


def _pieces(graph: Graph, today: Integers) -> Integers:
    """Return the connected pieces of today's parts; nodes without one are pieces by themselves."""
    whole = (today[graph.one] == today[graph.other]) & (today[graph.one] >= 0)
    return graph.where(whole).component


def _joined(graph: Graph, label: Integers, certificates: Sequence[Certificate]) -> Integers:
    """Return the labels with each piece that weighs nothing in the part with which it shares most border, if any adjoins."""
    for certificate in certificates:
        if certificate.kind == "cut-off" and certificate.weight == 0:
            inside = np.zeros(len(graph), dtype=bool)
            inside[certificate.nodes] = True
            across = inside[graph.one] != inside[graph.other]
            beyond = np.where(inside[graph.one], graph.other, graph.one)[across]
            if across.any():
                label[inside] = np.bincount(label[beyond], graph.length_m[across]).argmax()
    return label


def continued(label: Integers, today: Integers, weight: Floats) -> Integers:
    """Return the labels with the numbers of today's parts where these go on, and numbers after them for new parts."""
    order, first, label = np.unique(label, return_index=True, return_inverse=True)
    name = matched(label, today, weight, len(order))
    new = np.flatnonzero(name < 0)
    name[new[np.argsort(first[new])]] = today.max(initial=-1) + 1 + np.arange(len(new))
    return name[label]


def reasons_of(label: Integers, weight: Floats, limits: Limits, certificates: Sequence[Certificate]) -> dict[int, Certificate | None]:
    """Return for each part out of range a proof that is about it, if there is one; a proof about a piece serves one part of it."""
    wrong = np.setdiff1d(label, np.flatnonzero((weight >= limits.low) & (weight <= limits.high)))
    reasons: dict[int, Certificate | None] = dict.fromkeys(wrong.tolist())
    for certificate in certificates:
        about = [part for part in np.unique(label[certificate.nodes]).tolist() if part in reasons and reasons[part] is None]
        if about:
            reasons[max(about, key=lambda part: max(limits.low - weight[part], weight[part] - limits.high))] = certificate
    return reasons
