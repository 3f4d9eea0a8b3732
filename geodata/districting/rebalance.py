"""Today's parts put within their range again with the smallest change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geodata.districting.certificates import Certificate, certify
from geodata.districting.graph import Graph, Limits
from geodata.districting.grouping import Grouping, group
from geodata.districting.refine import USUAL, Search
from geodata.topology.grid import Flags, Integers


@dataclass(frozen=True, eq=False)
class Today:
    """What there is, and what of it must not change."""

    part: Integers
    """For each node its part, from 0; -1 for ground that has none yet."""
    whole: Integers | None = None
    """For each node its compound, or -1; what is in one part today stays in one where it can."""
    locked: Flags | None = None
    """Nodes whose whole part stays as it is."""
    held: Flags | None = None
    """Nodes that stay in their part."""


@dataclass(frozen=True, eq=False)
class Rebalanced:
    """Parts after a change; those that go on have today's numbers, new ones the numbers after them."""

    label: Integers
    reasons: Mapping[int, Certificate | None]
    """For each part out of range its proof, or None where nothing better was found."""
    about: Mapping[int, Integers]
    """For each of these the nodes that the reason is about."""
    grouping: Grouping
    moved: float
    """The weight of what leaves its part."""


def rebalance(graph: Graph, limits: Limits, today: Today, search: Search = USUAL) -> Rebalanced:
    """Return connected parts within the limits that keep as much as can be where it is; the same for the same graph and seed.

    Parts may join and divide; which of them keeps its name is matched by weight. Compounds that a part holds whole are let go only near
    what would else stay out of range. Raises GeodataError as group() does.
    """
    piece = _whole(graph, limits, today)
    found = _grouped(graph, limits, today, piece, search)
    wrong = _curable(graph, limits, today, found) if len(np.unique(piece)) < len(piece) else []
    if wrong:
        loose = _near(graph, found.label, today.part, wrong)
        again = _grouped(graph, limits, today, np.where(loose[piece], len(piece) + np.arange(len(piece)), piece), search)
        found = again if len(again.reasons) < len(found.reasons) else found
    return found


def _whole(graph: Graph, limits: Limits, today: Today) -> Integers:
    """Return for each node the place of the first one that stays together with it: of a compound in one part that fits the range."""
    own = np.arange(len(graph))
    if today.whole is None:
        return own
    same = (today.whole[graph.one] == today.whole[graph.other]) & (today.whole[graph.one] >= 0)
    same &= today.part[graph.one] == today.part[graph.other]
    piece = graph.where(same).component
    split = np.unique(np.stack([today.whole, piece])[:, today.whole >= 0], axis=1)[0]
    in_pieces = np.isin(today.whole, split[1:][np.diff(split) == 0])
    heavy = np.bincount(piece, graph.weight)[piece] > limits.high
    first = np.unique(piece, return_index=True)[1]
    return np.where(in_pieces | heavy, own, first[piece])


def _curable(graph: Graph, limits: Limits, today: Today, found: Rebalanced) -> list[int]:
    """Return the parts out of range for which there is no proof that holds whatever becomes of compounds."""
    proven = {tuple(one.nodes.tolist()) for one in certify(graph, limits, locked=today.locked)}
    return [part for part, proof in found.reasons.items() if proof is None or tuple(found.about[part].tolist()) not in proven]


def _near(graph: Graph, label: Integers, part: Integers, wrong: list[int]) -> Flags:
    """Say which nodes are in or beside parts that are out of range."""
    near = np.isin(label, wrong)
    beside = np.concatenate([label[graph.other[near[graph.one]]], label[graph.one[near[graph.other]]], wrong])
    loose: Flags = np.isin(label, beside) | np.isin(part, np.unique(part[np.isin(label, beside)]))
    return loose


def _grouped(graph: Graph, limits: Limits, today: Today, piece: Integers, search: Search) -> Rebalanced:
    """Return the parts of a graph in which pieces are contracted."""
    first, node = np.unique(piece, return_index=True, return_inverse=True)[1:]
    flags = [None if each is None else np.bincount(node, each) > 0 for each in (today.locked, today.held)]
    merged = graph.merged(node, len(first))
    found = group(merged, limits, search, start=today.part[first], locked=flags[0], held=flags[1])
    label = found.label[node]
    about = {part: np.flatnonzero(label == part if proof is None else np.isin(node, proof.nodes)) for part, proof in found.reasons.items()}
    moved = graph.weight[(label != today.part) & (today.part >= 0)].sum()
    return Rebalanced(label, found.reasons, about, found, float(moved))
