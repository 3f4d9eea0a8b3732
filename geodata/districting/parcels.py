"""The ground of each building."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geodata.districting.fitted import fitted
from geodata.districting.midlines import midlines
from geodata.districting.sites import APART_M, CUT_M2, CUT_SHARE, inside, shrunk, standing
from geodata.findings import Finding
from geodata.progress import Tell, silent
from geodata.shapes import box_of
from geodata.topology import NOBODY, Geometries, Ground, check, holders
from geodata.topology.absorb import absorb
from geodata.topology.faces import faces_of, united
from geodata.topology.grid import Integers, as_array
from geodata.topology.mend import mend
from geodata.topology.plane import Plane

STEP_M = 7.0
"""Points this far apart along walls make midlines smooth enough."""
_SLIT_M = 0.02


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
    flat, findings = _within(plane.flat(as_array([boundary]))[0], plane.flat(mend(footprints)), plane)
    flat, together = standing(flat)
    parts, label = shapely.get_parts(flat, return_index=True)
    polygonal = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    parts, label = parts[polygonal], label[polygonal]
    tell("Fitting {count} blocks around them.", {"count": len(blocks)})
    walls = as_array([]) if walls is None else walls
    flat_blocks = plane.flat(fitted(_walled(blocks, walls), plane.back(parts)))
    sites, part = shrunk(parts, APART_M)
    sites, block, part = inside(sites, flat_blocks, part)
    tell("Dividing the ground of {count} blocks.", {"count": len(flat_blocks)})
    slits = _slits(walls, sites, flat_blocks, plane)
    faces = midlines(flat_blocks, sites, block, label[part], step_m=STEP_M, walls=slits)
    tell("Uniting {count} pieces of ground.", {"count": len(faces)})
    grounds = on_grid(faces, plane)
    places = plane.back(shapely.point_on_surface(sites))
    found = _united(grounds, holders(grounds, places), label[part], together)
    return Parcels(*found, boundary, findings)


def on_grid(faces: Geometries, plane: Plane) -> Geometries:
    """Return flat faces in degrees; where rounding has bent borders over each other they are noded anew."""
    rounded = shapely.remove_repeated_points(plane.back(faces))
    broken = [finding for finding in check(rounded) if finding.code != "small-part"]
    return faces_of(rounded, as_array([])) if broken else rounded


def _within(boundary: Ground, flat: Geometries, plane: Plane) -> tuple[Geometries, tuple[Finding, ...]]:
    """Return what of the footprints is inside the boundary, and a finding for each that it cuts."""
    shapely.prepare(boundary)
    out = np.flatnonzero(~shapely.contains(boundary, flat) & ~shapely.is_empty(flat))
    kept = flat.copy()
    kept[out] = shapely.intersection(flat[out], boundary)
    whole, rest = shapely.area(flat[out]), shapely.area(kept[out])
    told = []
    for index, whole_m2, kept_m2 in zip(map(int, out), whole, rest, strict=True):
        if whole_m2 - kept_m2 > CUT_M2 and whole_m2 - kept_m2 > CUT_SHARE * whole_m2:
            outside = round(100 * (1 - kept_m2 / whole_m2))
            told.append(
                Finding(
                    "straddles", "warning", "Building {building}: {outside} % of it lies outside the boundary.",
                    {"building": index, "outside": outside}, box_of(plane.back(flat[index : index + 1])[0]),
                )
            )  # fmt: skip
    return kept, tuple(told)


def _walled(blocks: Geometries, walls: Geometries) -> Geometries:
    """Return the blocks in the pieces that closed walls make of them."""
    parts = shapely.get_parts(blocks)
    if not len(walls):
        return parts
    faces = faces_of(parts, walls)
    inside: Geometries = faces[holders(parts, shapely.point_on_surface(faces)) != NOBODY]
    return inside


def _slits(walls: Geometries, sites: Geometries, blocks: Geometries, plane: Plane) -> Geometries:
    """Return the walls as thin flat polygons, clear of buildings and of the rings of blocks."""
    if not len(walls):
        return as_array([])
    lines = shapely.union_all(plane.flat(walls))
    inner = shapely.buffer(blocks, -4 * _SLIT_M, join_style="mitre", mitre_limit=2.0)
    clear = shapely.difference(shapely.intersection(inner, lines), shapely.union_all(shapely.buffer(sites, 4 * _SLIT_M, quad_segs=1)))
    slits = shapely.get_parts(shapely.buffer(clear, _SLIT_M, cap_style="square", join_style="mitre", mitre_limit=2.0))
    return slits[~shapely.is_empty(slits)]


def _united(grounds: Geometries, holder: Integers, label: Integers, together: Integers) -> tuple[Geometries, Integers, Integers]:
    """Return the parcels, the building of each and the parcel of each footprint; ground under 1 m² goes to a neighbour."""
    count = len(together)
    owners = np.arange(len(grounds)) + count
    owners[holder] = label
    tidied = absorb(grounds, owners)
    owners = np.where(tidied == NOBODY, owners, tidied)
    owner_of_label = np.full(count, NOBODY)
    owner_of_label[label[::-1]] = owners[holder[::-1]]
    found = united(grounds, owners)
    parcel_of_owner = np.full(len(grounds) + count + 1, NOBODY)
    parcel_of_owner[list(found)] = np.arange(len(found))
    of_building = parcel_of_owner[owner_of_label[together]]
    building = np.full(len(found), NOBODY)
    placed = np.flatnonzero(of_building != NOBODY)[::-1]
    building[of_building[placed]] = placed
    return as_array(list(found.values())), building, of_building
