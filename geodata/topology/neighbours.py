"""Which leaves share a border, and how long it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.topology.grid import Geometries


class Borders(NamedTuple):
    """Pairs of neighbours with the length of what they share."""

    pairs: NDArray[np.int64]
    """Shape (n, 2), the lower index first, sorted."""
    length_m: NDArray[np.float64]
    """Shape (n,), geodesic."""


def neighbours(geometries: Geometries) -> Borders:
    """Return the pairs of leaves that share at least one edge, each with the border's length.

    The leaves must be a coverage; leaves that meet in a point only are no neighbours.
    """
    raise NotImplementedError


def components(geometries: Geometries) -> NDArray[np.int64]:
    """Return for each leaf the number, from 0 in order of first appearance, of the connected piece it belongs to.

    Leaves are connected by shared edges, not by points; a leaf of several parts connects what its parts touch.
    """
    raise NotImplementedError


def is_contiguous(geometries: Geometries) -> bool:
    """Say whether the ground of the leaves together is one piece, each part of a multipart leaf counted by itself."""
    raise NotImplementedError
