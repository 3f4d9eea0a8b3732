"""A plan of a made-up neighbourhood in metres, and the way from the plan to the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sin
from random import Random
from typing import TypeAlias

import numpy as np
import pyproj
from numpy.typing import NDArray
from shapely import Polygon

Metres: TypeAlias = tuple[float, float]
"""Right and up on the plan, from its middle."""

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the plan lies on the ground: turned as a whole, and bent away from its middle as grown streets are."""

    lon: float
    """Longitude of its middle, EPSG:4490."""
    lat: float
    """Latitude of its middle."""
    turned_deg: float
    """How far the plan's up is turned clockwise from north."""
    straight_m: float
    """Nothing is bent within this distance of the middle."""

    def lonlat(self, points: Sequence[Metres] | Floats) -> Floats:
        """Return the places of plan points, bent and snapped to 8 decimals, as an array of longitude and latitude."""
        return self._placed(np.array([self._bent(*point) for point in points]))

    def polygon(self, points: Sequence[Metres]) -> Polygon:
        """Return the ground inside a ring of plan points, each bent with its place."""
        return Polygon(self.lonlat(points))

    def footprint(self, middle: Metres, outline: Sequence[Metres]) -> Polygon:
        """Return a building whose outline keeps its right angles: moved and turned with its place, not bent."""
        right, up = middle
        here, ahead = np.array(self._bent(right, up)), np.array(self._bent(right + 5, up))
        cosine, sine = (ahead - here) / hypot(*(ahead - here))
        return Polygon(self._placed(np.asarray(outline) @ np.array([[cosine, sine], [-sine, cosine]]) + here))

    def _placed(self, points: Floats) -> Floats:
        turn = radians(self.turned_deg)
        east, north = (points @ np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]])).T
        there = pyproj.Proj(proj="tmerc", lat_0=self.lat, lon_0=self.lon, ellps="GRS80")
        return np.round(np.column_stack(there(east, north, inverse=True)), 8)

    def _bent(self, right: float, up: float) -> Metres:
        away = min(max((hypot(right, up) - self.straight_m) / 350, 0), 1)
        fade = away * away * (3 - 2 * away)
        return right + fade * 26 * sin(up / 210 + 0.6), up + fade * 30 * sin(right / 240 - 0.4)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A building of the plan."""

    middle: Metres
    outline: Sequence[Metres]
    """Corners in m from the middle."""
    use: str
    storeys: int
    units: int = 1
    """Entrances (单元)."""


def slab(units: int, unit_m: float, depth_m: float) -> list[Metres]:
    """Return the outline of a slab: stairwells stand out to the north, and a notch parts the units to the south."""
    half, ends = depth_m / 2, units * unit_m / 2
    corners: list[Metres] = [(-ends, -half)]
    for unit in range(1, units):
        seam = unit * unit_m - ends
        corners += [(seam - 1.2, -half), (seam - 1.2, 1.4 - half), (seam + 1.2, 1.4 - half), (seam + 1.2, -half)]
    corners += [(ends, -half), (ends, half)]
    for unit in reversed(range(units)):
        stairs = (unit + 0.5) * unit_m - ends
        corners += [(stairs + 1.5, half), (stairs + 1.5, half + 1.3), (stairs - 1.5, half + 1.3), (stairs - 1.5, half)]
    return [*corners, (-ends, half)]


def tower(width_m: float, depth_m: float) -> list[Metres]:
    """Return the outline of a tower: a rectangle whose corners step back."""
    right, up, step = width_m / 2, depth_m / 2, 3.0
    quarter = [(right, up - step), (right - step, up - step), (right - step, up)]
    mirrored = [(-x, y) for x, y in reversed(quarter)]
    return [*quarter, *mirrored, *((-x, -y) for x, y in quarter), *((-x, -y) for x, y in mirrored)]


def block(width_m: float, depth_m: float) -> list[Metres]:
    """Return a plain rectangle."""
    right, up = width_m / 2, depth_m / 2
    return [(-right, -up), (right, -up), (right, up), (-right, up)]


def court(width_m: float, depth_m: float, wing_m: float) -> list[Metres]:
    """Return a U that is open to the south, as schools are."""
    right, up = width_m / 2, depth_m / 2
    inner = right - wing_m
    return [
        (-right, -up),
        (-inner, -up),
        (-inner, up - wing_m),
        (inner, up - wing_m),
        (inner, -up),
        (right, -up),
        (right, up),
        (-right, up),
    ]


def rows(site: Polygon, storeys: int, rng: Random) -> list[Drawn]:
    """Return slabs that fill a rectangle of the plan in rows facing south, as far apart as their height asks."""
    west, south, east, north = site.bounds
    spacing_m = 12 + max(12.0, storeys * 2.7)
    found = []
    top = north - 10
    while top - 12 > south:
        left = west + rng.uniform(0, 8)
        while left + 32 <= east:
            units = rng.choice([units for units in (2, 3, 4) if left + units * 16 <= east])
            found.append(Drawn((left + units * 8, top - rng.uniform(0, 2)), slab(units, 16, 13), "住宅", storeys, units))
            left += units * 16 + rng.uniform(11, 15)
        top -= spacing_m
    return found


def towers(site: Polygon, storeys: int, rng: Random) -> list[Drawn]:
    """Return towers that fill a rectangle of the plan, every other row shifted."""
    west, south, east, north = site.bounds
    return [
        Drawn((float(right), float(up) - rng.uniform(0, 4)), tower(30, 22), "住宅", storeys + rng.choice([-2, 0, 0, 1]))
        for row, up in enumerate(np.arange(north - 14, south + 12, -62.0))
        for right in np.arange(west + 18 + 22 * (row % 2), east - 15, 52.0)
    ]


def houses(site: Polygon, rng: Random) -> list[Drawn]:
    """Return old low houses in a rectangle of the plan, none quite like the next."""
    west, south, east, north = site.bounds
    return [
        Drawn((float(right) + rng.uniform(-1, 1), float(up)), block(rng.uniform(16, 21), rng.uniform(9, 12)), "住宅", rng.choice([1, 2, 2]))
        for up in np.arange(north - 8, south + 6, -26.0)
        for right in np.arange(west + 10, east - 8, 28.0)
        if rng.random() > 0.15
    ]
