"""Borders between units made straight, round the buildings."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.districting.rings import polygons, same
from geodata.districting.sites import gathered
from geodata.topology import Geometries, Ground, check
from geodata.topology.grid import STEP_DEG, Integers, as_array
from geodata.topology.plane import Plane
from geodata.topology.unite import polygonal

_FINEST_M = 0.5


def straightened(units: Geometries, sites: Geometries, unit: Integers, plane: Plane, *, tolerance_m: float) -> Geometries:
    """Return units, in degrees, with simpler borders between them and the same outer one.

    `sites` are flat polygons clear of all borders, with the unit of each; no border comes to cross one. Where rounding breaks
    the coverage, half the tolerance is tried, down to 0.5 m, and then the borders stay.
    """
    flat = plane.flat(units)
    taken = gathered(sites, unit, len(units))
    around = shapely.difference(flat, taken)
    while tolerance_m >= _FINEST_M:
        simple = shapely.coverage_simplify(around, tolerance_m, simplify_boundary=False)  # the sites are holes, and holes stay
        filled = [shapely.coverage_union_all([one, *shapely.get_parts(held)]) for one, held in zip(simple, taken, strict=True)]
        drawn = shapely.remove_repeated_points(plane.back(as_array(filled)))
        if not check(drawn):
            return drawn
        tolerance_m /= 2
    return units


def without_nodes(units: Geometries, boundary: Ground) -> Geometries:
    """Return the units without the vertices on the outer border at which borders ended that are no more.

    A unit that would lose more ground by that than rounding explains keeps them: its outer border is not the boundary's.
    """
    parts, unit = shapely.get_parts(units, return_index=True)
    parts, unit = parts[~shapely.is_empty(parts)], unit[~shapely.is_empty(parts)]
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    row, known = np.split(same(np.concatenate([points, shapely.get_coordinates(boundary)])), [len(points)])
    vertices = np.unique(np.stack([row, unit[part[ring]]]), axis=1)[0]
    kept = np.isin(row, known) | (np.bincount(vertices, minlength=len(row) + len(known))[row] > 1)
    kept |= np.bincount(ring, kept, len(rings))[ring] < 4  # no ring collapses
    thinned = units.copy()
    pieces = polygons(points[kept], ring[kept], part)
    for index in np.unique(unit):
        whole = shapely.multipolygons(pieces[unit == index])
        if abs(whole.area - units[index].area) <= STEP_DEG * units[index].length:
            thinned[index] = polygonal(whole)
    return thinned
