"""Compounds as pages and the API show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import Box, Finding
from gridsvc.database.queries.time import holds

PAGE = 50


@dataclass(frozen=True, slots=True)
class CompoundRow:
    """A compound (小区)."""

    public_id: UUID
    name: str | None
    area_m2: float
    buildings: int
    bounds: Box


def compounds(session: Session, jurisdiction_id: int, as_of: datetime | None = None, page: int = 1) -> list[CompoundRow]:
    """Return a page of the compounds of a jurisdiction by name, the unnamed last; pages count from 1."""
    rows = session.execute(
        text(f"""
        SELECT c.public_id, v.name, v.area_m2,
               (SELECT count(*) FROM building_version b WHERE b.compound_id = c.id AND {holds("b", as_of)}) AS buildings,
               ST_XMin(v.geom) AS west, ST_YMin(v.geom) AS south, ST_XMax(v.geom) AS east, ST_YMax(v.geom) AS north
        FROM compound c JOIN compound_version v ON v.compound_id = c.id
        WHERE c.jurisdiction_id = :jurisdiction_id AND {holds("v", as_of)}
        ORDER BY v.name NULLS LAST, c.id LIMIT {PAGE} OFFSET :skip
        """),
        {"jurisdiction_id": jurisdiction_id, "as_of": as_of, "skip": (page - 1) * PAGE},
    )
    return [CompoundRow(row.public_id, row.name, row.area_m2, row.buildings, (row.west, row.south, row.east, row.north)) for row in rows]


def unnamed_compounds(session: Session, path: str, limit: int = 20) -> list[Finding]:
    """Ask for the names of compounds that have none and buildings at or below a path."""
    rows = session.execute(
        text("""
        SELECT DISTINCT c.id, ST_XMin(c.geom), ST_YMin(c.geom), ST_XMax(c.geom), ST_YMax(c.geom)
        FROM compound_version c
        JOIN building_version b ON b.compound_id = c.compound_id AND upper_inf(b.valid)
        JOIN building_place p ON p.building_id = b.building_id AND upper_inf(p.valid)
        JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
        WHERE c.name IS NULL AND upper_inf(c.valid) AND v.path <@ cast(:path AS ltree)
        ORDER BY c.id LIMIT :limit
        """),
        {"path": path, "limit": limit},
    )
    asked = "A compound here has no name; please give one."
    return [Finding("compound-unnamed", "warning", asked, {}, (west, south, east, north)) for _, west, south, east, north in rows]
