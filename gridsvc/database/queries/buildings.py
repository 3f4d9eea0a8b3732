"""Buildings as pages and the API show them; households only for those who may read them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.findings import Box, Finding
from gridsvc.database.kept import kept
from gridsvc.database.queries.households import household_sums
from gridsvc.database.queries.time import holds
from gridsvc.domain.paths import building_path
from gridsvc.errors import NotFound

PAGE = 50
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """A building in its leaf."""

    id: int
    public_id: UUID
    name: str | None
    use: str | None
    floors: int | None
    footprint_m2: float
    households: int | None
    """None where none are known or the reader may not see them."""
    bounds: Box
    pinned: bool
    reason: str | None
    """Why it is pinned."""
    cut_m2: float
    """How much of it the border cuts off."""


def buildings_in(session: Session, unit_id: int, path: str, as_of: datetime | None = None, page: int = 1) -> list[BuildingRow]:
    """Return a page of the buildings that belong to a leaf, by number then name; pages count from 1."""
    rows = _buildings_in(session, unit_id, as_of, page)
    households = households_of(session, [building_path(path, row.id) for row in rows], as_of)
    return [
        BuildingRow(
            row.id,
            row.public_id,
            row.name,
            row.use,
            row.floors,
            row.footprint_m2,
            households.get(building_path(path, row.id)),
            (row.west, row.south, row.east, row.north),
            row.pinned,
            row.reason,
            row.cut_m2,
        )
        for row in rows
    ]


@kept
def _buildings_in(session: Session, unit_id: int, as_of: datetime | None, page: int) -> Sequence[Row[Any]]:
    """Return what is public about them."""
    return session.execute(
        text(f"""
        SELECT b.id, b.public_id, v.name, v.use, v.floors, v.footprint_m2, p.pinned, p.reason, p.cut_m2,
               ST_XMin(v.geom) AS west, ST_YMin(v.geom) AS south, ST_XMax(v.geom) AS east, ST_YMax(v.geom) AS north
        FROM building_place p
        JOIN building b ON b.id = p.building_id
        JOIN building_version v ON v.building_id = b.id AND {holds("v", as_of)}
        WHERE p.unit_id = :unit_id AND {holds("p", as_of)}
        ORDER BY substring(v.name FROM '^[0-9]{{1,9}}')::int NULLS LAST, v.name, b.id LIMIT {PAGE} OFFSET :skip
        """),
        {"unit_id": unit_id, "as_of": as_of, "skip": (page - 1) * PAGE},
    ).all()


def households_of(session: Session, paths: list[str], as_of: datetime | None = None) -> dict[str, int]:
    """Return the households by path, for those paths that the reader may read them at and that have any known."""
    return {path: row.households for path, row in household_sums(session, paths, as_of).items() if row.known}


def cut_buildings(session: Session, path: str, cut_m2: float, cut_share: float, limit: int = 20) -> list[Finding]:
    """Name the buildings at or below a path that a border cuts by more than both tolerances, the worst first."""
    rows = session.execute(
        text("""
        SELECT b.name AS building, v.name AS unit, p.cut_m2,
               ST_XMin(b.geom), ST_YMin(b.geom), ST_XMax(b.geom), ST_YMax(b.geom)
        FROM building_place p
        JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
        JOIN building_version b ON b.building_id = p.building_id AND upper_inf(b.valid)
        WHERE upper_inf(p.valid) AND v.path <@ cast(:path AS ltree) AND NOT p.pinned
          AND p.cut_m2 > 0 AND p.cut_m2 > :cut_m2 AND p.cut_m2 > :cut_share * b.footprint_m2
        ORDER BY p.cut_m2 DESC, b.id LIMIT :limit
        """),
        {"path": path, "cut_m2": cut_m2, "cut_share": cut_share, "limit": limit},
    )
    return [_cut(name, unit, cut, (w, s, e, n)) for name, unit, cut, w, s, e, n in rows]


def _cut(name: str | None, unit: str, cut_m2: float, where: Box) -> Finding:
    if name is None:
        nameless = "A border cuts {cut_m2:,.0f} m² off a building without a name; it belongs to {unit}."
        return Finding("building-cut", "warning", nameless, {"unit": unit, "cut_m2": cut_m2}, where)
    template = "A border cuts {cut_m2:,.0f} m² off the building {building}; it belongs to {unit}."
    return Finding("building-cut", "warning", template, {"building": name, "unit": unit, "cut_m2": cut_m2}, where)


def unplaced_buildings(session: Session, jurisdiction_id: int, limit: int = 20) -> list[Finding]:
    """Name the buildings of a jurisdiction that stand in none of its units."""
    rows = session.execute(
        text("""
        SELECT v.name, ST_XMin(v.geom), ST_YMin(v.geom), ST_XMax(v.geom), ST_YMax(v.geom)
        FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
        WHERE b.jurisdiction_id = :jurisdiction_id
          AND NOT EXISTS (SELECT FROM building_place p WHERE p.building_id = b.id AND upper_inf(p.valid))
        ORDER BY b.id LIMIT :limit
        """),
        {"jurisdiction_id": jurisdiction_id, "limit": limit},
    )
    return [_unplaced(name, (w, s, e, n)) for name, w, s, e, n in rows]


def _unplaced(name: str | None, where: Box) -> Finding:
    if name is None:
        return Finding("building-unplaced", "warning", "A building without a name stands in no unit.", {}, where)
    return Finding("building-unplaced", "warning", "The building {building} stands in no unit.", {"building": name}, where)


def ids_of(session: Session, jurisdiction_id: int, public_ids: Sequence[str]) -> list[int]:
    """Return the ids of buildings of a jurisdiction; raise NotFound where it has no such building."""
    asked = "SELECT public_id::text, id FROM building WHERE jurisdiction_id = :jurisdiction_id AND public_id = ANY(cast(:wanted AS uuid[]))"
    known = {row[0]: row[1] for row in session.execute(text(asked), {"jurisdiction_id": jurisdiction_id, "wanted": list(public_ids)})}
    for wanted in public_ids:
        if wanted not in known:
            raise NotFound("There is no building {building} here.", building=wanted)
    return [known[wanted] for wanted in public_ids]


def public_ids_of(session: Session, ids: Sequence[int]) -> list[UUID]:
    """Return the public ids of buildings, in their order."""
    rows = session.execute(text("SELECT id, public_id FROM building WHERE id = ANY(:ids)"), {"ids": list(ids)})
    known = {row.id: row.public_id for row in rows}
    return [known[each] for each in ids if each in known]
