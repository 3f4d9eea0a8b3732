"""Blocks bent around the buildings that stand across their borders."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.assignment import place
from geodata.districting.sites import CUT_M2
from geodata.topology import Geometries, holders
from geodata.topology.absorb import absorb
from geodata.topology.faces import NOBODY, faces_of, united
from geodata.topology.grid import as_array

_REMNANT_M2 = 20.0
"""What a building leaves of a block beside it goes to a neighbour below this size."""


def fitted(blocks: Geometries, footprints: Geometries) -> Geometries:
    """Return the parts of blocks as polygons, each with all of the footprints that it had most of.

    Both in degrees; footprints do not overlap. What lies across a border by no more than 1 m² bends nothing.
    """
    parts = shapely.get_parts(blocks)
    footprints = shapely.make_valid(footprints, method="structure", keep_collapsed=False)  # rounding may have bent them
    placed = place(parts, footprints)
    across = np.flatnonzero(placed.cut_m2 > CUT_M2)
    if not len(across):
        return parts
    faces = faces_of(parts, shapely.boundary(footprints[across]))
    points = shapely.point_on_surface(faces)
    owners, taker = holders(parts, points), holders(footprints[across], points)
    owners = np.where((taker != NOBODY) & (owners != NOBODY), placed.leaf[across][taker], owners)
    tidied = absorb(faces, owners, least_m2=_REMNANT_M2)
    owners = np.where(tidied == NOBODY, owners, tidied)
    return shapely.get_parts(as_array(list(united(faces, owners).values())))
