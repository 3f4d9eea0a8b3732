"""Placing what a file holds: from its own reference system to the stored one, row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import Crs, snapped
from geodata.findings import Finding
from geodata.plausibility import believe
from geodata.records import Geometries


@np.errstate(invalid="ignore", over="ignore")  # numbers that are none become findings
def place(geometry: Geometries, crs: Crs, *, source: str, rows: Sequence[int]) -> tuple[Geometries, list[Finding]]:
    """Return geometries of `crs` as they are stored, None where a row has no usable place, with a finding for each such row.

    Raises GeodataError where the typical position cannot be one of `crs`; the sentence names the likely cause.
    """
    geometry = shapely.force_2d(geometry) if (shapely.get_coordinate_dimension(geometry) > 2).any() else geometry.copy()
    usable, findings = _usable(geometry, rows)
    geometry[~usable] = None
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    finite = np.isfinite(xy).all(axis=1)
    if finite.any():
        x, y = np.median(xy[finite], axis=0).tolist()
        findings += believe(x, y, crs, source)
    lonlat = snapped(np.column_stack(crs.to_degrees(*xy.T)))
    off_earth = ~(np.abs(lonlat) <= (180, 90)).all(axis=1)
    findings += _misplaced(xy[off_earth], owner[off_earth], crs, rows)
    usable[owner[off_earth]] = False
    geometry[~usable] = None
    return shapely.set_coordinates(geometry, lonlat[usable[owner]]), findings + _roughness(crs)


def _usable(geometry: Geometries, rows: Sequence[int]) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Tell the rows that have a geometry from those where it is missing, empty or at zero, zero."""
    missing, empty = shapely.is_missing(geometry), shapely.is_empty(geometry)
    at_zero = (shapely.bounds(geometry) == 0).all(axis=1)
    findings = [
        *(Finding("no-geometry", "warning", "The row has no geometry.", row=rows[at]) for at in np.flatnonzero(missing).tolist()),
        *(Finding("empty-geometry", "warning", "The geometry of the row is empty.", row=rows[at]) for at in np.flatnonzero(empty).tolist()),
        *(
            Finding("null-island", "error", "The row lies at 0, 0, where missing positions end up.", row=rows[at])
            for at in np.flatnonzero(at_zero).tolist()
        ),
    ]
    return ~(missing | empty | at_zero), findings


def _misplaced(xy: NDArray[np.float64], owner: NDArray[np.int64], crs: Crs, rows: Sequence[int]) -> list[Finding]:
    """Return a finding for each row with a position that does not exist, naming the first one."""
    owners, first = np.unique(owner, return_index=True)
    return [
        Finding("impossible-place", "error", "{x}, {y} is no place in {crs}.", {"x": x, "y": y, "crs": crs.name}, row=rows[at])
        for at, (x, y) in zip(owners.tolist(), xy[first].tolist(), strict=True)
    ]


def _roughness(crs: Crs) -> list[Finding]:
    if not crs.is_rough:
        return []
    return [
        Finding("rough-datum", "warning", "{crs} has an old datum; positions in CGCS2000 may be off by up to 100 m.", {"crs": crs.name})
    ]
