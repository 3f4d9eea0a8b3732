"""A coverage from the polygons that people send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geodata.findings import Finding, GeodataError
from geodata.topology.absorb import absorb
from geodata.topology.changes import Change, changes
from geodata.topology.check import check
from geodata.topology.faces import faces_of, holders, united
from geodata.topology.grid import Geometries, Integers, as_array
from geodata.topology.mend import broken, mend
from geodata.topology.overlaps import overlaps
from geodata.topology.plane import Plane
from geodata.topology.unite import polygonals

SNAPPING_M = (0.001, 0.01, 0.1, 3.0)
"""Tried in turn: at least three times the noise is needed, and more moves borders that were right."""


@dataclass(frozen=True, slots=True)
class Built:
    """A coverage with what it took to get there."""

    coverage: Geometries
    """In the order of the input; an emptied unit is an empty polygon."""
    changes: list[Change]
    """Units whose ground changed at all by more than 0.01 m², in the order of the input."""
    findings: list[Finding]
    """Warnings for changes above 1 m² and overlaps; errors, which need somebody's consent, for changes above 5 % and emptied units."""


def build(geometries: Geometries, keys: Sequence[str], *, gap_m: float = 1.0) -> Built:
    """Make a coverage of polygons with gaps, overlaps, slivers, unmatched vertices and broken rings.

    The result does not depend on the order of the input. Ground that several claim goes to the smaller unit.
    Closed gaps up to `gap_m` metres wide are filled from the neighbour with the longest border, wider ones are real and
    stay. `keys` name the units in sentences (codes or names, one each). Errors: GeodataError when no coverage can be made of it.
    """
    if len(keys) != len(geometries):
        raise GeodataError("{units} units have {keys} names; each needs one.", units=len(geometries), keys=len(keys))
    claims = mend(geometries)
    if _tiles(claims):
        return Built(claims, [], broken(geometries, keys))
    order = np.array(sorted(range(len(keys)), key=lambda index: (keys[index], shapely.to_wkb(claims[index]))), dtype=np.int64)
    coverage = np.full(len(claims), shapely.Polygon(), dtype=object)
    coverage[order] = _cleaned(claims[order], gap_m)
    changed = changes(claims, coverage, keys)
    told = [finding for change in changed if (finding := change.finding())]
    return Built(coverage, changed, [*broken(geometries, keys), *(found.finding for found in overlaps(claims, keys)), *told])


def _tiles(claims: Geometries) -> bool:
    """Say whether polygons are a coverage as they are, without a gap that might have to be closed: what a finished map holds."""
    if check(claims) or shapely.is_empty(claims).any():
        return False
    return not shapely.get_num_interior_rings(shapely.get_parts(shapely.coverage_union_all(claims))).any()


def _cleaned(claims: Geometries, gap_m: float) -> Geometries:
    """Return a coverage of sorted claims, by the least snapping that makes one."""
    plane = Plane.around(claims)
    for snapping_m in SNAPPING_M:
        with np.errstate(invalid="ignore"):  # GEOS leaves the processor's flag up on its way; its answer is checked below
            flat = shapely.coverage_clean(  # type: ignore[attr-defined]  # new in Shapely 2.2, after the stubs
                plane.flat(claims), gap_width=gap_m, snapping_distance=snapping_m, merge_strategy="min_area"
            )
        coverage = polygonals(plane.back(flat))
        if not [finding for finding in check(coverage) if finding.code != "small-part"]:
            return _without_slivers(coverage)
    return _without_slivers(_noded(coverage))


def _noded(grounds: Geometries) -> Geometries:
    """Return the same ground with borders cut at each other; where several hold it, the first keeps it."""
    faces = faces_of(grounds, as_array([]))
    return _restored(faces, holders(grounds, shapely.point_on_surface(faces)), len(grounds))


def _without_slivers(coverage: Geometries) -> Geometries:
    """Return the coverage with every part under 1 m² given to the neighbour with the longest border."""
    parts, owners = shapely.get_parts(coverage, return_index=True)
    return _restored(parts, absorb(parts, owners), len(coverage))


def _restored(faces: Geometries, owners: Integers, count: int) -> Geometries:
    coverage = np.full(count, shapely.Polygon(), dtype=object)
    for index, ground in united(faces, owners).items():
        coverage[index] = ground
    return coverage
