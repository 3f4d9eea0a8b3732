"""Footprints whose id stands on several rows: copies, halves cut at the seams of tiles, halves that overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.measure import area_m2
from geodata.topology import Geometries

RepeatKind: TypeAlias = Literal["copies", "halves", "overlapping"]

_SEAM_DEG = 2e-5
"""An edge along a meridian or parallel counts as cut at a seam from about 2 m on."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Several rows of one id, and what they are to one another."""

    kind: RepeatKind
    rows: tuple[int, ...]
    """Indices of the rows; the first one keeps the united footprint."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """One footprint an id."""

    footprints: Geometries
    """At the first row of an id its footprint, at its other rows None."""
    repeats: list[Repeat]
    lacking: list[int]
    """Rows whose footprint ends at a seam where its other half should begin."""


def gather(ids: Sequence[str], footprints: Geometries) -> Gathered:
    """Unite the rows of each id; adding up their areas instead would nearly double them."""
    rows_of: dict[str, list[int]] = {}
    for row, given in enumerate(ids):
        if footprints[row] is not None:
            rows_of.setdefault(given, []).append(row)
    united, repeats, seams = footprints.copy(), [], set[tuple[int, float]]()
    for rows in rows_of.values():
        if len(rows) > 1:
            kind, whole, cuts = _unite(footprints[rows])
            repeats.append(Repeat(kind, tuple(rows)))
            seams |= cuts
            united[rows] = None
            united[rows[0]] = whole
    single = [rows[0] for rows in rows_of.values() if len(rows) == 1]
    boxes = shapely.bounds(footprints)
    beside = [row for row in single if any(seam in boxes[row, axis::2] for axis, seam in seams)]
    return Gathered(united, repeats, [row for row in beside if _ends_at(footprints[row], seams)])


def _unite(pieces: Geometries) -> tuple[RepeatKind, shapely.Geometry, set[tuple[int, float]]]:
    """Return what the pieces are, their union, and the seams (axis, degrees) at which halves meet."""
    distinct = np.unique(shapely.to_wkb(shapely.normalize(pieces)))
    if len(distinct) == 1:
        return "copies", pieces[0], set()
    parts = shapely.from_wkb(distinct)
    whole = shapely.union_all(parts)
    twice_m2 = area_m2(pieces).sum() - area_m2(np.array([whole]))[0]
    common = shapely.intersection(parts[0], parts[1])
    return "overlapping" if twice_m2 > 1.0 else "halves", whole, _straight(shapely.get_coordinates(common), shapely.get_parts(common))


def _straight(points: NDArray[np.float64], parts: NDArray[np.object_]) -> set[tuple[int, float]]:
    """Return the one meridian (0) or parallel (1) that all points lie on, if there is one."""
    if not len(parts) or len(points) < 2:
        return set()
    return {(axis, float(points[0, axis])) for axis in (0, 1) if np.ptp(points[:, axis]) == 0}


def _ends_at(footprint: shapely.Geometry, seams: set[tuple[int, float]]) -> bool:
    """Say whether a footprint has an edge along one of the seams and lies on one side of it only."""
    for ring in shapely.get_rings(shapely.get_parts(footprint)):
        points = shapely.get_coordinates(ring)
        steps = np.diff(points, axis=0)
        for axis, seam in seams:
            along = (points[:-1, axis] == seam) & (steps[:, axis] == 0) & (np.abs(steps[:, 1 - axis]) > _SEAM_DEG)
            if along.any() and (points[:, axis].min() == seam or points[:, axis].max() == seam):
                return True
    return False
