"""Which of some points are nearest, by geodesic distance, exactly."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from geodata.measure import ELLIPSOID


class Nearest:
    """Answers which of some points (degrees lon, lat of EPSG:4490) are nearest to another one.

    The points stand in space, on the ellipsoid, in a k-d tree. A straight line through the Earth is never longer than the way
    along its surface: so all that is nearer than the farthest one measured is in the ball of that radius, and the answer is exact.
    """

    def __init__(self, lons: ArrayLike, lats: ArrayLike) -> None:
        self._lon, self._lat = np.asarray(lons, dtype=np.float64).tolist(), np.asarray(lats, dtype=np.float64).tolist()
        space = [_in_space(lon, lat) for lon, lat in zip(self._lon, self._lat, strict=True)]
        self._tree = cKDTree(np.array(space, dtype=np.float64).reshape(-1, 3))

    def find(self, lon: float, lat: float, count: int) -> list[tuple[float, int]]:
        """Return distance (m) and index of the nearest points, at most `count`, the nearest first, the lowest index of equals."""
        most = len(self._lon)
        if not most or count < 1:
            return []
        here = _in_space(lon, lat)
        chords, found = self._tree.query(here, k=min(count + 1, most))
        chords, found = np.atleast_1d(chords), np.atleast_1d(found)  # of one point it answers numbers
        measured = self._measured(lon, lat, found)
        if len(measured) < most and (farthest := measured[min(count, len(measured)) - 1][0]) >= chords[-1]:
            measured = self._measured(lon, lat, np.array(self._tree.query_ball_point(here, farthest + 1e-6)))
        return measured[:count]

    def _measured(self, lon: float, lat: float, found: NDArray[np.int64]) -> list[tuple[float, int]]:
        inverse, lons, lats = ELLIPSOID.inv, self._lon, self._lat
        return sorted((inverse(lon, lat, lons[at], lats[at])[2], at) for at in found.tolist())


def _in_space(lon: float, lat: float) -> tuple[float, float, float]:
    """Return geocentric coordinates in m; the height is 0."""
    east, north = math.radians(lon), math.radians(lat)
    sine = math.sin(north)
    normal = ELLIPSOID.a / math.sqrt(1 - ELLIPSOID.es * sine * sine)
    across = normal * math.cos(north)
    return across * math.cos(east), across * math.sin(east), normal * (1 - ELLIPSOID.es) * sine
