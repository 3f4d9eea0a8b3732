"""Ancestors: the union of children."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from shapely import GEOSException
from shapely.geometry.base import BaseGeometry

from geodata.findings import Finding
from geodata.topology.check import box_of
from geodata.topology.grid import STEP_DEG, Geometries, Ground, as_array, snap


class United(NamedTuple):
    """An ancestor's ground, and what had to be said about it (nothing, as a rule)."""

    ground: Ground
    findings: list[Finding]


def unite(geometries: Geometries) -> United:
    """Return the ground of the children together, normalised: equal ground is then equal byte for byte.

    Shared edges cancel exactly, so the children must be a coverage; where they are not, the slow union
    is taken and a warning says so. No children give an empty polygon.
    """
    try:
        ground = shapely.coverage_union_all(geometries)
    except GEOSException:
        ground = None
    if ground is not None and np.isclose(ground.area, shapely.area(geometries).sum(), rtol=1e-9, atol=0) and ground.is_valid:
        return United(polygonal(ground), [])
    ground = shapely.union_all(shapely.make_valid(geometries), grid_size=STEP_DEG)
    told = Finding("not-a-coverage", "warning", "These units do not tile; their union was found by a slower way.", {}, box_of(ground))
    return United(polygonal(ground), [told])


def polygonals(geometries: Geometries) -> Geometries:
    """Return `polygonal` of each; polygons, which most are, all at once."""
    plain = (shapely.get_type_id(geometries) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(geometries)
    found = np.empty(len(geometries), dtype=object)
    found[plain] = shapely.normalize(shapely.remove_repeated_points(snap(geometries[plain])))
    found[~plain] = as_array([polygonal(geometry) for geometry in geometries[~plain]])
    return found


def polygonal(geometry: BaseGeometry) -> Ground:
    """Return the polygons of a geometry, normalised and on the grid; lines and points are dropped."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    on_grid = shapely.remove_repeated_points(snap(parts[~shapely.is_empty(parts)]))
    ground: Ground = on_grid[0] if len(on_grid) == 1 else shapely.MultiPolygon(list(on_grid)) if len(on_grid) else shapely.Polygon()
    return shapely.normalize(ground)
