"""The shifted coordinates of Chinese map services: GCJ-02 (高德, 腾讯) and BD-09 (百度).

The formulas are the public approximation of an official plug-in that nobody outside has seen: good
for about one metre, not for surveying. Constants: semi-major axis and eccentricity of Krasovsky's
ellipsoid as the published code has them, origin 105 E 35 N. All functions take and return degrees as
longitude, latitude and work on numbers and arrays alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Degrees: TypeAlias = NDArray[np.float64]
Lonlat: TypeAlias = tuple[Degrees, Degrees]
Shift: TypeAlias = Callable[[ArrayLike, ArrayLike], Lonlat]

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the ground that is shifted: the box of the published code, wider than the country."""

_A_M, _E2 = 6378245.0, 0.00669342162296594323
_BAIDU = np.pi * 3000 / 180
_ROUNDS = 8
"""Each round gains about three digits; four leave a micrometre."""


def gcj02(lon: ArrayLike, lat: ArrayLike) -> Lonlat:
    """Return the GCJ-02 position of a true one; outside `CHINA` nothing moves."""
    lon, lat = _floats(lon, lat)
    east, north = _offset(*_clipped(lon, lat))
    inside = _inside(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def bd09(lon: ArrayLike, lat: ArrayLike) -> Lonlat:
    """Return the BD-09 position of a true one; outside `CHINA` nothing moves."""
    lon, lat = _floats(lon, lat)
    x, y = gcj02(*_clipped(lon, lat))
    reach = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU)
    inside = _inside(lon, lat)
    return np.where(inside, reach * np.cos(angle) + 0.0065, lon), np.where(inside, reach * np.sin(angle) + 0.006, lat)


def unshifted(shift: Shift, lon: ArrayLike, lat: ArrayLike) -> Lonlat:
    """Return the true position that `shift` moves to this one, found by iteration.

    A position that no point of `CHINA` is moved to stays as it is. Along the edge of the box, in a
    strip as wide as the shift, two true positions share one shifted one; the one inside is returned.
    """
    lon, lat = _floats(lon, lat)
    x, y = _clipped(lon, lat)
    for _ in range(_ROUNDS):
        moved_x, moved_y = shift(x, y)
        x, y = _clipped(x + lon - moved_x, y + lat - moved_y)
    moved_x, moved_y = shift(x, y)
    found = (np.abs(moved_x - lon) < 1e-9) & (np.abs(moved_y - lat) < 1e-9)
    return np.where(found, x, lon), np.where(found, y, lat)


def _offset(lon: Degrees, lat: Degrees) -> Lonlat:
    """Return by how many degrees GCJ-02 moves a point of `CHINA`."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20 * (np.sin(6 * np.pi * x) + np.sin(2 * np.pi * x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (
        (ripple + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3) + 160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    )
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (
        (ripple + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3) + 150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    )
    curve = 1 - _E2 * np.sin(np.radians(lat)) ** 2
    meridian_m, parallel_m = _A_M * (1 - _E2) / curve**1.5, _A_M / np.sqrt(curve) * np.cos(np.radians(lat))
    return np.degrees(east / parallel_m), np.degrees(north / meridian_m)


def _floats(lon: ArrayLike, lat: ArrayLike) -> Lonlat:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _clipped(lon: Degrees, lat: Degrees) -> Lonlat:
    """Return the nearest position of `CHINA`, where the formulas are tame."""
    west, south, east, north = CHINA
    return np.clip(lon, west, east), np.clip(lat, south, north)


def _inside(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    west, south, east, north = CHINA
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
