"""A few adjoining parts that are joined and cut anew; plain arrays, for compiled code."""

from __future__ import annotations

from typing import NamedTuple

from geodata.topology.grid import Flags, Floats, Integers


class Region(NamedTuple):
    """A few adjoining parts, their nodes numbered anew; the neighbours of node i lie at `start[i]` up to `start[i + 1]`."""

    nodes: Integers
    """For each of its nodes the number in the whole graph."""
    weight: Floats
    load: Floats
    home: Integers
    """For each node the place in `names` of its part of today; -1 where that has none, or goes on elsewhere."""
    held: Flags
    names: Integers
    """The parts of today that may go on here: for each joined part its own, or -1; then those that nobody goes on."""
    start: Integers
    neighbour: Integers
    length_m: Floats


class Cut(NamedTuple):
    """What a division of a region is worth; the first five compare, in this order, and less is better."""

    outside: float
    out: int
    beside: float
    """How much load is out of its range."""
    moved: float
    length_m: float
    """Of the borders, and what the pieces are away from the ideal."""
    weight: Floats
    load: Floats
    """Both for each piece."""
    name: Integers
    """For each piece its place in the region's `names`, or -1."""


class Tree(NamedTuple):
    """A spanning tree of some nodes of a region."""

    order: Integers
    """Its nodes, each after its parent."""
    parent: Integers
    """For each place in the order the place of its parent; -1 for the root."""
    weight: Floats
    load: Floats
    """Both for each place of the branch: of what hangs on it, itself included."""
    cut_m: Floats
    """For each place the border between the branch and the rest."""
    home: Floats
    """For each place and name of the region the weight in the branch that is at home there; no columns where nothing has a home."""
