"""The ground of each building."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geodata.districting.fitted import fitted
from geodata.districting.midlines import midlines
from geodata.districting.sites import APART_M, CUT_M2, CUT_SHARE, clipped, grounds, inside, shrunk, standing
from geodata.findings import Finding
from geodata.progress import Tell, silent
from geodata.shapes import box_of
from geodata.topology import NOBODY, Geometries, Ground, check, holders
from geodata.topology.absorb import absorb
from geodata.topology.faces import faces_of, united
from geodata.topology.grid import Integers, as_array
from geodata.topology.plane import Plane

STEP_M = 7.0
"""Points this far apart along walls make midlines smooth enough."""


@dataclass(frozen=True, slots=True)
class Parcels:
    """Ground by building: a coverage of the boundary."""

    ground: Geometries
    building: Integers
    """For each parcel the lowest index of the footprints on it, -1 for ground without one."""
    of_building: Integers
    """For each footprint its parcel, -1 for one outside the boundary or without ground of its own."""
    boundary: Ground
    findings: tuple[Finding, ...] = ()


def parcels(
    boundary: Ground, footprints: Geometries, *, blocks: Geometries, walls: Geometries | None = None, tell: Tell = silent
) -> Parcels:
    """Divide each block midway between its buildings; walls become borders.

    `blocks` tile the boundary. Every footprint lies whole in one parcel, to within 1 m² or 2 % of it: those that overlap share one,
    and a footprint across blocks takes its ground along to the block with most of it. What lies outside the boundary is
    cut off, with a finding.
    """
    tell("Laying {count} buildings apart.", {"count": len(footprints)})
    plane = Plane.around(as_array([boundary]))
    whole = grounds(footprints, plane)
    here = clipped(whole, plane.flat(as_array([boundary]))[0])
    flat, together = standing(here)
    parts, label = shapely.get_parts(flat, return_index=True)
    polygonal = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    parts, label = parts[polygonal], label[polygonal]
    tell("Fitting {count} blocks around them.", {"count": len(blocks)})
    walls = as_array([]) if walls is None else walls
    flat_blocks = plane.flat(fitted(_walled(blocks, walls), plane.back(parts)))
    sites, part = shrunk(parts, APART_M)
    sites, block, part = inside(sites, flat_blocks, part)
    tell("Dividing the ground of {count} blocks.", {"count": len(flat_blocks)})
    faces = midlines(flat_blocks, sites, block, label[part], step_m=STEP_M, walls=plane.flat(walls))
    tell("Uniting {count} pieces of ground.", {"count": len(faces)})
    pieces = on_grid(faces, plane)
    order = np.argsort(shapely.area(sites), kind="stable")  # the largest part of a building says where it is
    places = plane.back(shapely.point_on_surface(sites[order]))
    found = _united(pieces, holders(pieces, places), label[part[order]], together)
    return Parcels(*found, boundary, _straddling(whole, here, plane))


def on_grid(faces: Geometries, plane: Plane) -> Geometries:
    """Return flat faces in degrees; where rounding has bent borders over each other they are noded anew."""
    rounded = shapely.remove_repeated_points(plane.back(faces))
    broken = [finding for finding in check(rounded) if finding.code != "small-part"]
    return faces_of(rounded, as_array([])) if broken else rounded


def _straddling(flat: Geometries, here: Geometries, plane: Plane) -> tuple[Finding, ...]:
    """Return a finding for each footprint of which the boundary cuts something off."""
    whole_m2, out_m2 = shapely.area(flat), shapely.area(flat) - shapely.area(here)
    told = []
    for index in map(int, np.flatnonzero((out_m2 > CUT_M2) & (out_m2 > CUT_SHARE * whole_m2))):
        values = {"building": index, "outside": round(100 * out_m2[index] / whole_m2[index])}
        where = box_of(plane.back(flat[index : index + 1])[0])
        told.append(Finding("straddles", "warning", "Building {building}: {outside} % of it lies outside the boundary.", values, where))
    return tuple(told)


def _walled(blocks: Geometries, walls: Geometries) -> Geometries:
    """Return the blocks in the pieces that closed walls make of them."""
    parts = shapely.get_parts(blocks)
    if not len(walls):
        return parts
    faces = faces_of(parts, walls)
    inside: Geometries = faces[holders(parts, shapely.point_on_surface(faces)) != NOBODY]
    return inside


def _united(pieces: Geometries, holder: Integers, label: Integers, together: Integers) -> tuple[Geometries, Integers, Integers]:
    """Return the parcels, the building of each and the parcel of each footprint; ground under 1 m² goes to a neighbour."""
    count = len(together)
    owners = np.arange(len(pieces)) + count
    owners[holder] = label
    tidied = absorb(pieces, owners)
    owners = np.where(tidied == NOBODY, owners, tidied)
    owner_of_label = np.full(count, NOBODY)
    owner_of_label[label] = owners[holder]
    found = united(pieces, owners)
    parcel_of_owner = np.full(len(pieces) + count + 1, NOBODY)
    parcel_of_owner[list(found)] = np.arange(len(found))
    of_building = parcel_of_owner[owner_of_label[together]]
    building = np.full(len(found), NOBODY)
    placed = np.flatnonzero(of_building != NOBODY)[::-1]
    building[of_building[placed]] = placed
    return as_array(list(found.values())), building, of_building
