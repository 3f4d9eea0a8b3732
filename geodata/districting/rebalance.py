"""Today's parts put within their range again with the smallest change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geodata.districting.certificates import Certificate
from geodata.districting.graph import Graph, Limits
from geodata.districting.grouping import Grouping, group
from geodata.districting.refine import USUAL, Search
from geodata.topology.grid import Flags, Floats, Integers


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
    least: float
    """Less cannot move: a proven lower bound for every division within the range."""


def rebalance(graph: Graph, limits: Limits, today: Today, search: Search = USUAL) -> Rebalanced:
    """Return connected parts within the limits that keep as much as can be where it is; the same for the same graph and seed.

    Parts may join and divide; which of them keeps its name is matched by weight. Compounds that a part holds whole are let go only near
    what would else stay out of range. Raises GeodataError as group() does.
    """
    piece = _whole(graph, limits, today)
    found = _grouped(graph, limits, today, piece, search)
    wrong = [part for part, proof in found.reasons.items() if proof is None or proof.kind != "above"]
    if wrong and len(np.unique(piece)) < len(piece):
        loose = _near(graph, found.label, today.part, wrong)
        again = _grouped(graph, limits, today, np.where(loose[piece], len(piece) + np.arange(len(piece)), piece), search)
        found = again if len(again.reasons) < len(found.reasons) else found
    return found


def least_moved(weight: Floats, limits: Limits, new: float = 0.0) -> float:
    """Return a weight of which at least as much changes parts until parts of these weights are in range; `new` has no part yet.

    What is over the range leaves. A part under it that goes on receives what it lacks, one that ends loses all that it has;
    what arrives somewhere has left elsewhere. For every share between both counts the sum of the lesser of both is a bound.
    """
    over = np.maximum(weight - limits.high, 0).sum()
    light = weight[weight < limits.low]
    share = np.concatenate([[0.0, 1.0], light / limits.low])[:, None]
    lesser = np.minimum(share * (limits.low - light), (1 - share) * light).sum(axis=1)
    return float((lesser + (1 - share[:, 0]) * over - share[:, 0] * new).max())


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
    return Rebalanced(label, found.reasons, about, found, float(moved), _least(graph, limits, today, about))


def _least(graph: Graph, limits: Limits, today: Today, about: Mapping[int, Integers]) -> float:
    """Return the bound for the parts that may change and have nothing of what stays out of range."""
    count = int(today.part.max(initial=-1)) + 1
    out = np.unique(today.part[np.concatenate([np.empty(0, dtype=np.int64), *about.values()])])
    fixed = out if today.locked is None else np.union1d(out, today.part[today.locked])
    weight = np.bincount(today.part[today.part >= 0], graph.weight[today.part >= 0], minlength=count).astype(np.float64)
    counted = ~np.isin(np.arange(count), fixed) & (np.bincount(today.part[today.part >= 0], minlength=count) > 0)
    return least_moved(weight[counted], limits, float(graph.weight[today.part < 0].sum()))
