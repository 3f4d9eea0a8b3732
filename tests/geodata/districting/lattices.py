"""Graphs drawn in figures: a node for each, joined to those beside, above and below."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from geodata.districting.graph import Graph
from geodata.topology.grid import Integers


def lattice(*rows: str, gone: set[tuple[int, int]] = frozenset()) -> Graph:  # type: ignore[assignment]  # an empty set of nothing yet
    """Return the graph of a picture: `lattice("20 30", "10 .")`, every border 10 m, `.` for no ground; borders in `gone` left out."""
    cells = [[None if each == "." else float(each) for each in row.split()] for row in rows]
    place = {
        spot: number for number, spot in enumerate((y, x) for y, row in enumerate(cells) for x, each in enumerate(row) if each is not None)
    }
    pairs = [
        (place[y, x], place[after])
        for y, x in place
        for after in ((y, x + 1), (y + 1, x))
        if after in place and (place[y, x], place[after]) not in gone
    ]
    one, other = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    weight = np.array([each for row in cells for each in row if each is not None])
    return Graph(weight, one, other, np.full(len(one), 10.0))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Draw a lattice with holes, some borders closed, whole weights, none included."""
    across, up = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    weight = np.array(draw(st.lists(st.integers(0, 60), min_size=across * up, max_size=across * up)), dtype=np.float64)
    node = np.arange(across * up).reshape(up, across)
    pairs = np.concatenate([np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], 1), np.stack([node[:-1].ravel(), node[1:].ravel()], 1)])
    open_ = np.array(draw(st.lists(st.integers(0, 6), min_size=len(pairs), max_size=len(pairs))), dtype=np.int64) > 0
    length_m = np.array(draw(st.lists(st.integers(1, 50), min_size=len(pairs), max_size=len(pairs))), dtype=np.float64)
    return Graph(weight, pairs[open_, 0], pairs[open_, 1], length_m[open_])


def pieces(graph: Graph, label: Integers) -> int:
    """Return of how many connected pieces all parts are together."""
    return int(graph.where(label[graph.one] == label[graph.other]).component.max(initial=-1)) + 1
