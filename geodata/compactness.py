"""How compact ground is: ratios from 0 to 1, where 1 is a circle. All in EPSG:4490, lon and lat."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.measure import Floats, area_m2, length_m
from geodata.topology import Geometries
from geodata.topology.plane import Plane


def polsby_popper(grounds: Geometries) -> Floats:
    """Return 4π times the ground by the square of its border, holes included; 0 for empty ground.

    Polsby and Popper 1991, The Third Criterion: Compactness as a Procedural Safeguard against Partisan Gerrymandering.
    """
    border_m = length_m(grounds)
    return np.asarray(4 * np.pi * area_m2(grounds) / np.where(border_m > 0, border_m, np.inf) ** 2)


def reock(grounds: Geometries) -> Floats:
    """Return the ground by that of the smallest circle around it; 0 for empty ground.

    Reock 1961, A Note: Measuring Compactness as a Requirement of Legislative Apportionment.
    """
    if not len(grounds):
        return np.empty(0)
    flat = Plane.around(grounds).flat(grounds)
    circle_m2 = np.pi * shapely.minimum_bounding_radius(flat) ** 2
    return np.asarray(shapely.area(flat) / np.where(circle_m2 > 0, circle_m2, np.inf))


def cut_m(grounds: Geometries, whole: shapely.Geometry) -> Floats:
    """Return the length in m of each border that lies inside `whole`, whose own edge cuts nothing.

    The weight of cut edges, of which DeFord, Duchin and Solomon 2021 (Recombination) count the number, in metres of border.
    """
    return np.maximum(length_m(grounds) - length_m(shapely.intersection(shapely.boundary(grounds), shapely.boundary(whole))), 0.0)
