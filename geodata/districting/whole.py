"""Groups of parcels that keep compounds whole where these fit the range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from geodata.districting.certificates import Certificate
from geodata.districting.graph import STREET_SHARE, Graph, Limits
from geodata.districting.grouping import Grouping, group
from geodata.districting.refine import Search
from geodata.findings import Box, Finding
from geodata.topology.grid import Flags, Integers

WALL_SHARE = STREET_SHARE
"""What a metre of border counts where a compound ends: its wall divides as a street does."""


@dataclass(frozen=True, eq=False)
class Reason:
    """Why a unit is out of range."""

    certificate: Certificate | None
    """None where nothing better was found, which proves nothing."""
    parcels: Integers
    """Whom it is about: those of the proof, else all of the unit."""
    grouping: Grouping
    unit: int
    """Its number in the grouping."""
    within: bool = False
    """Whether the proof holds only as long as the unit above keeps its border."""

    def finding(self, place: str, where: Box | None = None) -> Finding:
        """Return the sentence; `place` names the parcels."""
        because = self.grouping.finding(self.unit, place, where)
        if not self.within:
            return because
        return Finding(because.code, because.severity, "Within the border of the unit above: {because}", {"because": because}, where)


class Groups(NamedTuple):
    """Parcels in connected units."""

    label: Integers
    """For each parcel its unit, from 0."""
    reasons: Mapping[int, Reason]
    """For each unit out of range."""


def whole_groups(graph: Graph, limits: Limits, compound: Integers, within: Integers, search: Search) -> Groups:
    """Return units within the limits, each inside one number of `within`; `compound` is each parcel's, or -1.

    A compound lighter than the upper limit stays in one piece; a heavier one whose households some number of units can
    share is divided for itself. Where that leaves units out of range, the compounds in and beside these are no hindrance
    any more, and what is wrong is put right with small changes. A compound that a barrier or `within` cuts counts as several.
    """
    graph = _walled(graph.where(within[graph.one] == within[graph.other]), compound)
    piece = _pieces(graph, compound)
    first = _group(graph, limits, piece, compound, search, None)
    wrong = [unit for unit, reason in first.reasons.items() if not reason.certificate or reason.certificate.kind != "above"]
    if not wrong or (compound < 0).all():
        return first
    near = np.isin(first.label, wrong)
    touched = np.concatenate([first.label[graph.other[near[graph.one]]], first.label[graph.one[near[graph.other]]], wrong])
    loose = np.isin(piece, piece[np.isin(first.label, touched)])
    free = np.where(loose, -1, compound)
    second = _group(graph, limits, _pieces(graph, free), free, search, first.label)
    return second if len(second.reasons) < len(first.reasons) else first


def _walled(graph: Graph, compound: Integers) -> Graph:
    """Return the graph in which the borders of compounds count less."""
    share = np.where(compound[graph.one] == compound[graph.other], 1, WALL_SHARE)
    return replace(graph, length_m=graph.length_m * share)


def _pieces(graph: Graph, compound: Integers) -> Integers:
    """Return for each parcel its connected piece of a compound; parcels outside are pieces by themselves."""
    same = compound[graph.one] == compound[graph.other]
    return graph.where(same & (compound[graph.one] >= 0)).component


def _group(graph: Graph, limits: Limits, piece: Integers, compound: Integers, search: Search, start: Integers | None) -> Groups:
    weight = np.bincount(piece, graph.weight)
    apart = (weight > limits.high) & (np.floor(weight / limits.low) * limits.high >= weight) & _of_compounds(piece, compound)
    node = np.unique(np.where((weight > limits.high)[piece], len(weight) + np.arange(len(piece)), piece), return_inverse=True)[1]
    closed = (piece[graph.one] != piece[graph.other]) & (apart[piece[graph.one]] | apart[piece[graph.other]])
    count = int(node.max(initial=-1)) + 1
    contracted = graph.where(~closed).merged(node, count)
    today = None
    if start is not None:
        today = np.full(count, -1)
        today[node] = start
    found = group(contracted, limits, search, start=today)
    units, label = np.unique(found.label[node], return_inverse=True)
    reasons = {}
    for unit, certificate in found.reasons.items():
        about = found.label == unit if certificate is None else np.isin(np.arange(count), certificate.nodes)
        reasons[int(np.searchsorted(units, unit))] = Reason(certificate, np.flatnonzero(about[node]), found, unit)
    return Groups(label, reasons)


def _of_compounds(piece: Integers, compound: Integers) -> Flags:
    """Say for each piece whether it is of a compound."""
    of_compound = np.zeros(int(piece.max(initial=-1)) + 1, dtype=bool)
    of_compound[piece[compound >= 0]] = True
    return of_compound
