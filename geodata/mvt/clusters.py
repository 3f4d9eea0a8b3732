"""Points that would lie upon each other at a zoom, as one with a count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.mvt.layer import to_square

CELL_PX = 56
"""Points of one cell of this width are one; a cluster is drawn 28 pixels wide at most."""
TILE_PX = 256


@dataclass(frozen=True, slots=True)
class Clusters:
    """Where clusters are, and who is in them."""

    lonlat: NDArray[np.float64]
    """Shape (n, 2), degrees: the middle of its points."""
    count: NDArray[np.int64]
    first: NDArray[np.int64]
    """The first point of each."""


def clusters(lonlat: NDArray[np.float64], zoom: int) -> Clusters:
    """Gather points, shape (n, 2) in degrees lon, lat, by cells of the map at a zoom, in the order of their first points."""
    cell = np.floor(to_square(lonlat) * (TILE_PX / CELL_PX * 2.0**zoom)).astype(np.int64)
    _, first, group = np.unique(cell, axis=0, return_index=True, return_inverse=True)
    group = group.ravel()
    count = np.bincount(group)
    middle = np.stack([np.bincount(group, lonlat[:, axis]) / count for axis in (0, 1)], axis=1)
    order = np.argsort(first, kind="stable")
    return Clusters(middle[order], count[order], first[order])
