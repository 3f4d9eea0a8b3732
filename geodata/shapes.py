"""Geometries made fit to store: one kind, valid, on the grid."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from geodata.findings import Box
from geodata.topology import snap


class Shaped(NamedTuple):
    """A geometry of the wanted kind, and whether it had to be mended for that."""

    geometry: MultiPolygon | MultiLineString | None
    """None where nothing of the wanted kind is in it."""
    repaired: bool


def polygonal(geometry: shapely.Geometry | None) -> Shaped:
    """Return the ground of a geometry as a valid multipolygon on the grid; lines and points in it are left out."""
    if geometry is None or shapely.is_empty(geometry):
        return Shaped(None, repaired=False)
    snapped = snap(np.array([geometry], dtype=object))[0]
    valid = bool(shapely.is_valid(snapped)) and isinstance(snapped, Polygon | MultiPolygon)
    if not valid:
        snapped = shapely.make_valid(snapped, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(snapped) if isinstance(part, Polygon) and part.area > 0]
    return Shaped(MultiPolygon(parts) if parts else None, repaired=not valid and bool(parts))


def linear(geometry: shapely.Geometry | None) -> Shaped:
    """Return the lines of a geometry as a multilinestring on the grid."""
    if geometry is None or shapely.is_empty(geometry):
        return Shaped(None, repaired=False)
    parts = shapely.get_parts(snap(np.array([geometry], dtype=object)))
    lines = [part for part in parts if isinstance(part, LineString) and part.length > 0]
    return Shaped(MultiLineString(lines) if lines else None, repaired=False)


def box_of(geometry: shapely.Geometry | None) -> Box | None:
    """Return the box to zoom to, or None where there is nothing to see."""
    if geometry is None or shapely.is_empty(geometry):
        return None
    west, south, east, north = shapely.bounds(geometry).tolist()
    return (west, south, east, north)
