"""How far somebody walks to visit every building of a unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError

from geodata.measure import Floats, distance_m


def round_m(lon: Floats, lat: Floats) -> float:
    """Return the length in m of the shortest net of straight lines that joins all places, EPSG:4490; 0 for fewer than two.

    No round that visits them all is shorter than this minimum spanning tree, and one at most twice as long always exists
    (Held and Karp 1970, The Traveling-Salesman Problem and Minimum Spanning Trees). Streets make the true walk longer; the figure
    compares units with each other and a unit with itself.
    """
    places = np.unique(np.column_stack([lon, lat]), axis=0)
    if len(places) < 2:
        return 0.0
    one, other = _pairs(places)
    length_m = distance_m(*places[one].T, *places[other].T)
    return float(minimum_spanning_tree(coo_array((length_m, (one, other)), shape=(len(places), len(places))).tocsr()).sum())


def _pairs(places: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs among which the shortest net lies: the sides of the Delaunay triangles, made in metres; all where there are none."""
    flat = (places - places.mean(axis=0)) * [np.cos(np.radians(places[:, 1].mean())), 1.0]
    if len(places) > 3:
        try:
            corners = Delaunay(flat).simplices
        except QhullError:  # all on a line
            order = np.lexsort(flat.T)
            return order[:-1].astype(np.int64), order[1:].astype(np.int64)
        sides = np.unique(np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0)
        return sides[:, 0].astype(np.int64), sides[:, 1].astype(np.int64)
    one, other = np.triu_indices(len(places), 1)
    return one.astype(np.int64), other.astype(np.int64)
