"""The shapes of units for drawing at small scales: leaves simplified together, their ancestors united from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.crs import STORED
from geodata.topology import BANDS, Geometries, Ground, simplify, unite
from geodata.topology.grid import as_array
from gridsvc.database.queries.coverage import from_wkb, simplest
from gridsvc.database.tables import UnitShape
from gridsvc.domain.coverage import Coverage, multi


def changed_leaves(before: Coverage, after: Coverage) -> set[int]:
    """Return the places that are or were leaves and whose ground is drawn otherwise, by a vertex at least."""
    old, new = set(before.leaves()), set(after.leaves())
    return (old ^ new) | {place for place in old & new if before.units[place].ground is not after.units[place].ground}


def redraw(session: Session, before: Coverage, after: Coverage, ids: list[int]) -> None:
    """Bring the stored shapes up to date: the leaves that changed, their neighbours, whose borders end where theirs do, and ancestors."""
    scope = _scope(before, after)
    shapes = select(UnitShape.unit_id, UnitShape.zoom, func.ST_AsBinary(UnitShape.geom)).where(
        UnitShape.unit_id == func.any([ids[place] for place in scope.read])
    )
    stored = {(unit_id, zoom): bytes(geom) for unit_id, zoom, geom in session.execute(shapes)}
    now = {
        (ids[place], zoom): shapely.to_wkb(multi(ground))
        for zoom, tolerance_m in BANDS.items()
        if tolerance_m
        for place, ground in _drawn(after, scope, tolerance_m, {p: stored.get((ids[p], zoom)) for p in scope.beside})
    }
    rewritten = {ids[place] for place in scope.read - scope.beside}
    other = [key for key in stored.keys() | now.keys() if key[0] in rewritten and stored.get(key) != now.get(key)]
    rows = {"unit_id": [key[0] for key in other], "zoom": [key[1] for key in other], "geom": [now.get(key) for key in other]}
    session.execute(_ERASE, rows)
    session.execute(_DRAW, rows)


_GIVEN = "unnest(cast(:unit_id AS bigint[]), cast(:zoom AS smallint[]), cast(:geom AS bytea[])) AS given (unit_id, zoom, geom)"
_ERASE = text(f"DELETE FROM unit_shape s USING {_GIVEN} WHERE s.unit_id = given.unit_id AND s.zoom = given.zoom")
_DRAW = text(f"""
INSERT INTO unit_shape (unit_id, zoom, geom)
SELECT unit_id, zoom, ST_GeomFromWKB(geom, {STORED}) FROM {_GIVEN} WHERE geom IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which units a change makes to be drawn anew, by their places."""

    frame: Geometries
    """Two opposite corners of all leaves, so that a part is simplified like the whole."""
    leaves: list[int]
    around: list[int]
    """The leaves with all their neighbours, as far as borders have to be known to simplify those of `leaves`."""
    above: set[int]
    beside: set[int]
    """Children of `above` that stay as they are."""
    read: set[int]
    """All whose stored shapes matter, those among them that are no more."""


def _scope(before: Coverage, after: Coverage) -> _Scope:
    leaves, changed = after.leaves(), changed_leaves(before, after)
    grounds = after.ground_of(leaves)
    frame, frame_before = _frame(grounds), _frame(before.ground_of(before.leaves()))
    near = wide = np.arange(len(leaves))
    if np.array_equal(frame, frame_before):
        tree, known = STRtree(grounds), [place for place in changed if place < len(before.units)]
        touched = np.concatenate([before.ground_of(known), after.ground_of(changed)])
        near = np.unique(tree.query(touched, predicate="intersects")[1])
        wide = np.unique(tree.query(grounds[near], predicate="intersects")[1])
    drawn = [leaves[index] for index in near.tolist()]
    turned = {place for place, unit in enumerate(after.units) if _parent(before, place) != unit.parent}
    below = after.children()
    above = {place for place in _ancestors((before, after), {*drawn, *changed, *turned}) if below.get(place)}
    beside = {child for place in above for child in below[place]} - above - set(drawn)
    read = above | beside | changed | set(drawn)
    return _Scope(frame, drawn, [leaves[index] for index in wide.tolist()], above, beside, read)


def _frame(grounds: Geometries) -> Geometries:
    """Return the corners of the box around all; of nothing, nothing."""
    return as_array(shapely.points(shapely.total_bounds(grounds).reshape(2, 2))) if len(grounds) else grounds


def _parent(coverage: Coverage, place: int) -> int | None:
    return coverage.units[place].parent if place < len(coverage.units) else None


def _ancestors(coverages: Iterable[Coverage], places: set[int]) -> set[int]:
    """Return all units that these stand, or stood, under."""
    found: set[int] = set()
    for coverage in coverages:
        rising: set[int | None] = set(places)
        while rising := {_parent(coverage, place) for place in rising if place is not None} - {None}:
            found |= rising  # type: ignore[arg-type]  # None was taken out
    return found


def _drawn(after: Coverage, scope: _Scope, tolerance_m: float, beside: Mapping[int, bytes | None]) -> Iterator[tuple[int, Ground]]:
    known = [place for place, wkb in beside.items() if wkb is not None]
    ground: dict[int, Ground] = {
        place: simplest(shape) for place, shape in zip(known, from_wkb([beside[place] for place in known]), strict=True)
    }
    simple = dict(zip(scope.around, simplify(after.ground_of(scope.around), tolerance_m, frame=scope.frame), strict=True))
    ground |= {place: simple[place] for place in scope.leaves}
    below = after.children()
    for place in sorted(scope.above, key=lambda place: -after.units[place].level):
        parts = np.empty(len(below[place]), dtype=object)
        parts[:] = [ground[child] for child in below[place]]
        ground[place] = unite(parts).ground
    yield from ((place, ground[place]) for place in (*scope.leaves, *scope.above))
