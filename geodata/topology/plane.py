"""Metres around a place, for tolerances and widths; never for areas that anybody reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geodata.topology.grid import DECIMALS, Floats, Geometries

_SEMI_MAJOR_M, _ECCENTRICITY_2 = 6378137.0, 0.00669438002290
"""The ellipsoid of CGCS2000 (GB 22021-2008)."""


@dataclass(frozen=True, slots=True)
class Plane:
    """A flat frame in metres: true to 0.1 % within 10 km of its centre, north to south."""

    centre_deg: Floats
    metres_per_degree: Floats

    @classmethod
    def around(cls, shapes: Geometries) -> Plane:
        """Return the frame with its centre amid the shapes."""
        west, south, east, north = shapely.total_bounds(shapes)
        return cls(np.array([(west + east) / 2, (south + north) / 2]), metres_per_degree(np.array([(south + north) / 2]))[0])

    def flat(self, shapes: Geometries) -> Geometries:
        """Return the shapes in metres."""
        return shapely.transform(shapes, lambda degrees: (degrees - self.centre_deg) * self.metres_per_degree)

    def back(self, shapes: Geometries) -> Geometries:
        """Return flat shapes in degrees, on the grid."""
        return shapely.transform(shapes, lambda metres: np.round(metres / self.metres_per_degree + self.centre_deg, DECIMALS))


def metres_per_degree(lat: Floats) -> Floats:
    """Return what a degree of longitude and of latitude measures at each latitude; shape (n, 2)."""
    squeeze = 1 - _ECCENTRICITY_2 * np.sin(np.radians(lat)) ** 2
    east_m = _SEMI_MAJOR_M / np.sqrt(squeeze) * np.cos(np.radians(lat))
    north_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_2) / squeeze**1.5
    return np.radians(np.stack([east_m, north_m], axis=1))
