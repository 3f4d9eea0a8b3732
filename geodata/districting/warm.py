"""What grouping compiles, compiled before somebody waits for it: kept on disk, from where the next process takes it in a moment."""

from __future__ import annotations

import numpy as np

from geodata.districting.graph import Graph, Limits
from geodata.districting.land import Land
from geodata.districting.tree import tree

SIDE = 12


def warm_up() -> None:
    """Divide a small field of households as a town would be."""
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    one = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    other = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    households = (node.ravel() * 7 % 20).astype(np.float64)
    field = Graph(households, one, other, np.full(len(one), 10.0))
    none, size_m2 = np.zeros(len(field), dtype=np.int64), np.full(len(field), 500.0)
    tree(Land(field, field.where(one < 0), size_m2, none, none - 1, none), [Limits(300, 500), Limits(30, 70)])
