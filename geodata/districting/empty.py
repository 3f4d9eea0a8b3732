"""Ground without households: what of it is a leaf of its own, and what goes with a neighbour.

Most of it carries what lies behind it and stays in the leaf with which it shares most border. A large piece of one block,
at a leaf's edge, is a leaf of its own: a park, a school, works, a mall (专属网格 of 郑州 and 荥阳, which no limit binds).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geodata.districting.graph import Graph
from geodata.topology.grid import Flags, Floats, Integers

LEAST_M2 = 3000.0
"""Ground without households of one block that is larger is a leaf of its own: about half a football pitch. Scheme data one day."""


def set_apart(borders: Graph, label: Integers, above: Integers, block: Integers, size_m2: Floats) -> Integers:
    """Return the leaves with large empty ground taken out of them, as leaves numbered after the others.

    What remains of a leaf stays connected; small empty ground that only the large one joins to it goes along. Empty ground of
    one block taken from several leaves of one unit `above` is one leaf.
    """
    empty = borders.weight == 0
    within = (block[borders.one] == block[borders.other]) & empty[borders.one] & empty[borders.other]
    piece = borders.where(within).component
    large = empty & (np.bincount(piece, size_m2)[piece] >= LEAST_M2)
    peopled = np.bincount(label, borders.weight) > 0
    taken, left = large & ~peopled[label], large & peopled[label]
    more = True
    while more:  # what lies behind large ground is taken first
        more = False
        for nodes, rest in _candidates(label, piece, left & ~taken, taken):
            behind = _behind(borders, rest)
            if behind is not None and not large[behind].any():
                taken[nodes], taken[behind], piece[behind] = True, True, piece[nodes[0]]
                more = True
    if not taken.any():
        return label
    together = (piece[borders.one] == piece[borders.other]) & taken[borders.one] & taken[borders.other]
    together &= above[borders.one] == above[borders.other]
    return np.where(taken, label.max() + 1 + borders.where(together).component, label)


def _behind(borders: Graph, rest: Integers) -> Integers | None:
    """Return the nodes that do not hang together with the people of what remains of a leaf; None where these come apart."""
    part = borders.of(rest).component
    peopled = np.bincount(part, borders.weight[rest]) > 0
    return rest[~peopled[part]] if peopled.sum() == 1 else None


def _candidates(label: Integers, piece: Integers, large: Flags, taken: Flags) -> Iterator[tuple[Integers, Integers]]:
    """Yield the nodes of each large empty piece with those that would remain of its leaf."""
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(int(label.max(initial=-1)) + 2))
    for leaf in np.unique(label[large]).tolist():
        nodes = order[starts[leaf] : starts[leaf + 1]]
        for each in np.unique(piece[nodes[large[nodes]]]).tolist():
            inside = piece[nodes] == each
            yield nodes[inside], nodes[~inside & ~taken[nodes]]
