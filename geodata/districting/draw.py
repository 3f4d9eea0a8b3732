"""Finished units: united parcels with borders that are simple and cross no building."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.districting.parcels import Parcels
from geodata.districting.sites import clipped, grounds, inside, shrunk, standing
from geodata.districting.straight import straightened, without_nodes
from geodata.topology import Geometries
from geodata.topology.faces import united
from geodata.topology.grid import Integers, as_array
from geodata.topology.plane import Plane

_WITHIN_M = 0.02
"""A border may come this far into a wall."""


def draw(parcels: Parcels, label: Integers, footprints: Geometries, *, tolerance_m: float = 5.0) -> Geometries:
    """Unite the parcels of each label and straighten the borders between them, round the buildings; index = label.

    Corners that stand out by less than about `tolerance_m` go. The outer border stays, the units tile, and no footprint is cut
    by more than 1 m² and 2 % of it. A label without parcels gives an empty polygon.
    """
    units = np.full(int(label.max(initial=-1)) + 1, shapely.Polygon(), dtype=object)
    for index, ground in united(parcels.ground, label).items():
        units[index] = ground
    if not len(units):
        return units
    plane = Plane.around(units)
    here = clipped(grounds(footprints, plane), plane.flat(as_array([parcels.boundary]))[0])
    walls, footprint = shrunk(standing(here)[0], _WITHIN_M)
    sites, unit, _ = inside(walls, plane.flat(units), footprint)
    return without_nodes(straightened(units, sites, unit, plane, tolerance_m=tolerance_m), parcels.boundary)
