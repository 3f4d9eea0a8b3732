"""Finished units: united parcels with borders that are simple and cross no building."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.assignment import place
from geodata.districting.parcels import Parcels, on_grid
from geodata.districting.sites import CUT_M2, CUT_SHARE, inside, shrunk, standing
from geodata.topology import Geometries, check
from geodata.topology.faces import united
from geodata.topology.grid import Integers
from geodata.topology.plane import Plane

_WITHIN_M = 0.02
"""A border may come this far into a wall."""


def draw(parcels: Parcels, label: Integers, footprints: Geometries, *, tolerance_m: float = 5.0) -> Geometries:
    """Unite the parcels of each label and straighten the borders between them, round the buildings; index = label.

    Corners that stand out by less than about `tolerance_m` go. The outer border stays, the units tile, and no footprint is cut
    by more than 1 m² and 2 % of it: where a tolerance would do that, half of it is taken, and so on. A label without parcels
    gives an empty polygon.
    """
    units = np.full(int(label.max(initial=-1)) + 1, shapely.Polygon(), dtype=object)
    for index, ground in united(parcels.ground, label).items():
        units[index] = ground
    plane = Plane.around(units)
    flat = plane.flat(units)
    sites, unit, _ = inside(*_kept(footprints, plane, flat))
    cut = _cut(units, footprints)
    while tolerance_m > 0.5:
        drawn = on_grid(_straightened(flat, sites, unit, tolerance_m), plane)
        if len(drawn) == len(units) and not check(drawn) and _cut(drawn, footprints) <= cut:
            return drawn
        tolerance_m /= 2
    return units


def _kept(footprints: Geometries, plane: Plane, units: Geometries) -> tuple[Geometries, Geometries, Integers]:
    """Return the sites of the footprints."""
    sites, index = shrunk(standing(footprints, plane)[0], _WITHIN_M)
    return sites, units, index


def _straightened(flat: Geometries, sites: Geometries, unit: Integers, tolerance_m: float) -> Geometries:
    """Return flat units with simpler borders: the sites are holes while that is done, so no border can cross them."""
    order = np.argsort(unit, kind="stable")
    taken = np.full(len(flat), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(sites[order], indices=unit[order], out=taken)
    simple = shapely.coverage_simplify(shapely.difference(flat, taken), tolerance_m, simplify_boundary=False)
    filled = [shapely.coverage_union_all([one, *shapely.get_parts(held)]) for one, held in zip(simple, taken, strict=True)]
    return np.array([*filled, None], dtype=object)[:-1]


def _cut(units: Geometries, footprints: Geometries) -> int:
    """Count the footprints that borders cut by more than 1 m² and 2 %."""
    placed = place(units, footprints)
    return int(((placed.cut_m2 > CUT_M2) & (placed.cut_share > CUT_SHARE)).sum())
