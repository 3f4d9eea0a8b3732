"""Parts as they stand while they are recut: linked nodes, and which of today's parts each one goes on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.districting.graph import Net
from geodata.topology.grid import Flags, Floats, Integers

FREE, OUT = 0, 1
"""Places in `Parts.tally`."""
HELD = 1e9
"""As how much weight a node counts that has to stay with its part of today, which goes on where it is."""


class Aim(NamedTuple):
    """What is asked of the parts' weights and loads."""

    low: float
    high: float
    least: float
    most: float
    """The range of loads, which comes after that of weights."""
    ideal: float
    """The best load."""
    pull_m: float
    """How many metres of border it counts for when a part's load is away from the ideal by all of it; it grows with the square."""
    fixed: bool
    """Whether there have to be as many parts as there are."""


class Parts(NamedTuple):
    """Parts, numbered below the number of nodes; plain arrays, for compiled code, which changes them."""

    label: Integers
    """For each node its part."""
    following: Integers
    """For each node the next one of its part, or -1."""
    first: Integers
    """For each part its first node, or -1 where the number is free."""
    weight: Floats
    """For each part."""
    free: Integers
    """Numbers that no part has, as a stack."""
    out: Integers
    """The parts out of range, by weight or load, in no order."""
    place: Integers
    """For each part its place in `out`, or -1."""
    origin: Integers
    """For each node its part of today, or -1."""
    name: Integers
    """For each part the part of today that it goes on, or -1."""
    holder: Integers
    """For each part of today the part that goes it on, or -1."""
    held: Flags
    """For each node whether it has to stay with its part of today."""
    tally: Integers
    """How many numbers are free, how many parts out of range."""


def parts(net: Net, label: Integers, aim: Aim, origin: Integers | None = None, held: Flags | None = None) -> Parts:
    """Return the parts of a labelling (0, 1, ... without gaps); `origin` gives each node's part of today, or -1 where it has none.

    Of the parts with nodes of one part of today, the one with the most of its weight goes it on. `held` nodes stay with it.
    """
    nodes, count = len(label), int(label.max(initial=-1)) + 1
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(count + 1))
    following = np.full(nodes, -1)
    following[order[:-1]] = np.where(label[order[1:]] == label[order[:-1]], order[1:], -1)
    first, weight, free, out, place, name = (np.full(nodes, -1), np.zeros(nodes), *(np.full(nodes, -1) for _ in range(4)))
    first[:count] = order[starts[:-1]]
    weight[:count] = np.bincount(label, net.weight, minlength=count)
    free[: nodes - count] = np.arange(nodes - 1, count - 1, -1)
    load = np.bincount(label, net.load, minlength=count)
    wrong = np.flatnonzero((weight[:count] < aim.low) | (weight[:count] > aim.high) | (load < aim.least) | (load > aim.most))
    out[: len(wrong)], place[wrong] = wrong, np.arange(len(wrong))
    origin = np.full(nodes, -1) if origin is None else origin
    holder = np.full(int(origin.max(initial=-1)) + 1, -1)
    held = np.zeros(nodes, dtype=bool) if held is None else held
    for part, today in enumerate(matched(label, origin, net.weight + HELD * held, count)):
        if today >= 0:
            name[part], holder[today] = today, part
    tally = np.array([nodes - count, len(wrong)])
    return Parts(label.astype(np.int64), following, first, weight, free, out, place, origin, name, holder, held, tally)


def matched(label: Integers, origin: Integers, weight: Floats, count: int) -> Integers:
    """Return for each of `count` parts the part of today that it goes on, or -1: what has most in common first, by weight."""
    known = origin >= 0
    pairs, pair = np.unique(np.stack([label[known], origin[known]], axis=1), axis=0, return_inverse=True)
    common = np.bincount(pair.ravel(), weight[known], minlength=len(pairs))
    name, taken = np.full(count, -1), set()
    for part, today in pairs[np.lexsort((pairs[:, 1], pairs[:, 0], -common))].tolist():
        if name[part] < 0 and today not in taken:
            name[part] = today
            taken.add(today)
    return name
