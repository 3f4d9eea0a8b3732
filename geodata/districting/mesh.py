"""Triangles between buildings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from geodata.districting.chords import pieces
from geodata.districting.rings import Rings, same
from geodata.topology.grid import Floats, Geometries, Integers

OPEN = -1
"""The label of a node that lies on no site: one on the ring of a block or on a wall."""


class Mesh(NamedTuple):
    """Triangles of free ground; no triangle of one block shares a node with one of another."""

    points: Floats
    """Shape (nodes, 2), metres."""
    label: Integers
    """Shape (nodes,): the site that each lies on, or belongs to."""
    corners: Integers
    """Shape (triangles, 3): nodes."""


def mesh(free: Geometries, block: Integers, rings: Rings, label: Integers) -> Mesh:
    """Triangulate free ground; `rings` are those of the sites, with the label of each."""
    small, of = pieces(free)
    triangles, part = shapely.get_parts(shapely.constrained_delaunay_triangles(small), return_index=True)
    xy = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3].reshape(-1, 2)
    row = same(np.concatenate([xy, rings.points]))
    at, on_site = np.split(row, [len(xy)])
    label_of_row = np.full(len(row), OPEN)
    label_of_row[on_site] = label[rings.ring]
    block_of_corner = np.repeat(block[of][part], 3)
    _, first, corners = np.unique(at * (block.max(initial=0) + 1) + block_of_corner, return_index=True, return_inverse=True)
    return Mesh(xy[first], label_of_row[at[first]], corners.reshape(-1, 3))


def once(pairs: Integers) -> tuple[Integers, Integers]:
    """Return each pair of nodes once, whichever way round, the lower node first; and for each given pair its row there."""
    low, high = np.sort(pairs, axis=1).T
    count = pairs.max(initial=0) + 1
    found, row = np.unique(low * count + high, return_inverse=True)
    return np.stack(np.divmod(found, count), axis=1), row
