"""Geometries made fit to store: one kind, valid, on the grid; whole files at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from geodata.findings import Box
from geodata.topology import Geometries, snap


class Shaped(NamedTuple):
    """Geometries of the wanted kind, and which of them had to be mended for that."""

    geometries: NDArray[np.object_]
    """None where nothing of the wanted kind is in it."""
    repaired: NDArray[np.bool_]


def polygonal(geometries: Geometries) -> Shaped:
    """Return the ground of each geometry as a valid multipolygon on the grid; lines and points in it are left out."""
    snapped = snap(geometries)
    kinds = shapely.get_type_id(snapped)
    broken = ~(shapely.is_valid(snapped) & np.isin(kinds, [GeometryType.POLYGON, GeometryType.MULTIPOLYGON])) & (kinds >= 0)
    snapped[broken] = shapely.make_valid(snapped[broken], method="structure", keep_collapsed=False)
    parts, owner = _parts(snapped, GeometryType.POLYGON)
    some = shapely.area(parts) > 0
    shaped = np.full(len(snapped), None, dtype=object)
    shapely.multipolygons(parts[some], indices=owner[some], out=shaped)
    return Shaped(shaped, broken & ~shapely.is_missing(shaped))


def linear(geometries: Geometries) -> Shaped:
    """Return the lines of each geometry as a multilinestring on the grid."""
    parts, owner = _parts(snap(geometries), GeometryType.LINESTRING)
    some = shapely.length(parts) > 0
    shaped = np.full(len(geometries), None, dtype=object)
    shapely.multilinestrings(parts[some], indices=owner[some], out=shaped)
    return Shaped(shaped, np.zeros(len(geometries), dtype=bool))


def punctual(geometries: Geometries) -> Shaped:
    """Return the point of each geometry on the grid; None where there is none, or several."""
    parts, owner = _parts(snap(geometries), GeometryType.POINT)
    parts, owner = parts[~shapely.is_empty(parts)], owner[~shapely.is_empty(parts)]
    alone = np.bincount(owner, minlength=len(geometries))[owner] == 1
    shaped = np.full(len(geometries), None, dtype=object)
    shaped[owner[alone]] = parts[alone]
    return Shaped(shaped, np.zeros(len(geometries), dtype=bool))


def polygonal_or_punctual(geometries: Geometries) -> Shaped:
    """Return the ground of each geometry; where it has none, its point."""
    return _either(polygonal(geometries), punctual(geometries))


def polygonal_or_linear(geometries: Geometries) -> Shaped:
    """Return the ground of each geometry; where it has none, its lines."""
    return _either(polygonal(geometries), linear(geometries))


def _either(first: Shaped, second: Shaped) -> Shaped:
    lacking = shapely.is_missing(first.geometries)
    return Shaped(np.where(lacking, second.geometries, first.geometries), first.repaired)


def _parts(geometries: Geometries, kind: GeometryType) -> tuple[Geometries, NDArray[np.int64]]:
    """Return the parts of one kind, those of collections within collections too, and whose they are."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    while (shapely.get_type_id(parts) >= GeometryType.MULTIPOINT).any():
        parts, within = shapely.get_parts(parts, return_index=True)
        owner = owner[within]
    wanted = shapely.get_type_id(parts) == kind
    return parts[wanted], owner[wanted]


def box_of(geometry: shapely.Geometry | None) -> Box | None:
    """Return the box to zoom to, or None where there is nothing to see."""
    if geometry is None or shapely.is_empty(geometry):
        return None
    west, south, east, north = shapely.bounds(geometry).tolist()
    return (west, south, east, north)
