"""Polygons as people send them, made valid one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geodata.findings import Finding
from geodata.topology.check import box_of
from geodata.topology.grid import Geometries, Ground, as_array, snap
from geodata.topology.unite import polygonals


def mend(geometries: Geometries) -> Geometries:
    """Return valid, normalised polygons on the grid; None, lines and points become empty polygons."""
    valid = shapely.make_valid(snap(_areas(geometries)), method="structure", keep_collapsed=False)
    return polygonals(valid)


def broken(geometries: Geometries, keys: Sequence[str]) -> list[Finding]:
    """Name the units without ground, and those with rings that had to be mended."""
    areas = _areas(geometries)
    empty, invalid = (map(int, np.flatnonzero(flags)) for flags in (shapely.is_empty(areas), ~shapely.is_valid(areas)))
    return [_groundless(keys[index], index + 1) for index in empty] + [_mended(keys[index], areas[index], index + 1) for index in invalid]


def _groundless(key: str, row: int) -> Finding:
    return Finding("no-ground", "error", "{key} has no ground: a polygon is needed.", {"key": key}, row=row)


def _mended(key: str, ground: Ground, row: int) -> Finding:
    values = {"key": key, "reason": shapely.is_valid_reason(ground)}
    return Finding("mended", "warning", "{key}: the rings were not valid ({reason}) and have been mended.", values, box_of(ground), row)


def _areas(geometries: Geometries) -> Geometries:
    """Return the geometries, with an empty polygon for everything that is no area."""
    kinds = [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON, shapely.GeometryType.GEOMETRYCOLLECTION]
    areas = as_array(geometries)
    areas[~np.isin(shapely.get_type_id(areas), kinds)] = shapely.Polygon()
    return areas
