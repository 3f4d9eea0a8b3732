"""What streets and water leave of the ground."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from geodata.districting.midlines import midlines
from geodata.districting.parcels import on_grid
from geodata.districting.sites import APART_M, grounds, inside, shrunk, standing
from geodata.districting.straight import straightened, without_nodes
from geodata.districting.streets import Streets
from geodata.topology import NOBODY, Geometries, Ground, holders
from geodata.topology.absorb import absorb
from geodata.topology.faces import united
from geodata.topology.grid import Flags, Integers, as_array
from geodata.topology.plane import Plane

_STEP_M = 12.0
_TOLERANCE_M = 3.0
_RAILWAY_M = 4.0
_NARROW_M = 12.0
"""Ground between streets that is narrower, such as a traffic island, is no block."""
_LEAST_M2 = 500.0
_NOTHING = as_array([])


def blocks(boundary: Ground, streets: Streets, footprints: Geometries, *, barriers: Geometries = _NOTHING) -> Geometries:
    """Divide the boundary along the middle of its streets and barriers.

    A block is ground that no street for driving and no barrier crosses, together with its half of the streets around it: blocks
    tile, and no building stands in two of them, even where a street runs through it. `barriers` are water (polygons) and
    railways (lines). No block lies on both sides of a water, and each gets its half of it. Without streets the parts of the
    boundary are the blocks.
    """
    plane = Plane.around(as_array([boundary]))
    ground = shapely.get_parts(plane.flat(as_array([boundary])))
    buildings = grounds(footprints, plane)
    cores, label = _cores(ground, shapely.union_all([streets.ground(plane), _ground_of(barriers, plane)]), buildings)
    sites, core = shrunk(cores, APART_M)
    sites, part, core = inside(sites, ground, core)
    faces = midlines(ground, sites, part, label[core], step_m=_STEP_M, walls=_NOTHING)
    faces = on_grid(faces, plane)
    owners = np.arange(len(faces)) + len(cores)
    owners[holders(faces, plane.back(shapely.point_on_surface(sites)))] = label[core]
    tidied = absorb(faces, owners)
    found = united(faces, np.where(tidied == NOBODY, owners, tidied))
    rough = shapely.get_parts(as_array(list(found.values())))
    sites, index = shrunk(standing(buildings)[0], APART_M)
    sites, block, _ = inside(sites, plane.flat(rough), index)
    return without_nodes(straightened(rough, sites, block, plane, tolerance_m=_TOLERANCE_M), boundary)


def _ground_of(barriers: Geometries, plane: Plane) -> BaseGeometry:
    flat = plane.flat(barriers)
    lines = shapely.get_dimensions(flat) == 1
    return shapely.union_all([*shapely.buffer(flat[lines], _RAILWAY_M), *shapely.make_valid(flat[~lines])])


def _cores(ground: Geometries, dividing: BaseGeometry, buildings: Geometries) -> tuple[Geometries, Integers]:
    """Return the flat ground between streets, and for each piece the one whose block it belongs to."""
    near = buildings[shapely.intersects(buildings, dividing)]
    open_ground = shapely.difference(dividing, shapely.union_all(near))
    pieces = shapely.get_parts(shapely.difference(ground, open_ground))
    pieces = pieces[shapely.area(pieces) > 1.0]
    wide = _wide(pieces)
    built = np.zeros(len(pieces), bool)
    built[STRtree(pieces).query(buildings, predicate="intersects")[1]] = True
    if not wide.any():
        return pieces, np.arange(len(pieces))
    pieces, wide = pieces[wide | built], wide[wide | built]
    label = np.arange(len(pieces))
    label[~wide] = np.flatnonzero(wide)[STRtree(pieces[wide]).query_nearest(pieces[~wide], all_matches=False)[1]]
    return pieces, label


def _wide(pieces: Geometries) -> Flags:
    """Say which pieces are ground enough for a block."""
    wide: Flags = (shapely.area(pieces) > _LEAST_M2) & ~shapely.is_empty(shapely.buffer(pieces, -_NARROW_M / 2))
    return wide
