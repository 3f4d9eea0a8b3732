"""Search by part of a name or the beginning of a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import Box
from gridsvc.database.queries.time import holds


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that the words fit."""

    kind: str
    """unit, compound, building, station or gate."""
    public_id: UUID
    name: str
    code: str | None
    unit_public_id: UUID | None
    """The unit to open: itself, or where the thing stands."""
    bounds: Box


def search(session: Session, jurisdiction_id: int, words: str, as_of: datetime | None = None, limit: int = 20) -> list[Hit]:
    """Return what fits the words, best first: the beginning of a code, then names that begin with them, then names that hold them."""
    plain = words.strip()
    if not plain:
        return []
    escaped = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    given = {"jurisdiction_id": jurisdiction_id, "as_of": as_of, "limit": limit, "any": f"%{escaped}%", "first": f"{escaped}%"}
    return [
        Hit(row.kind, row.public_id, row.name, row.code, row.unit_public_id, (row.west, row.south, row.east, row.north))
        for row in session.execute(text(_statement(as_of)), given)
    ]


def _statement(as_of: datetime | None) -> str:
    box = "ST_XMin({0}.geom), ST_YMin({0}.geom), ST_XMax({0}.geom), ST_YMax({0}.geom)"
    return f"""
    SELECT kind, public_id, name, code, unit_public_id, west, south, east, north FROM (
      (SELECT 'unit' AS kind, u.public_id, v.name, v.code, u.public_id AS unit_public_id, v.level::int AS rank,
              {box.format("v")}
       FROM unit_version v JOIN unit u ON u.id = v.unit_id
       WHERE v.jurisdiction_id = :jurisdiction_id AND {holds("v", as_of)} AND v.kind <> 'remainder'
         AND (v.name ILIKE :any OR v.code LIKE :first)
       ORDER BY v.name NOT ILIKE :first, v.level, v.code LIMIT :limit)
      UNION ALL
      (SELECT 'compound', c.public_id, v.name, NULL, NULL, 8, {box.format("v")}
       FROM compound_version v JOIN compound c ON c.id = v.compound_id
       WHERE c.jurisdiction_id = :jurisdiction_id AND {holds("v", as_of)} AND v.name ILIKE :any LIMIT :limit)
      UNION ALL
      (SELECT 'building', b.public_id, v.name, NULL, u.public_id, 9, {box.format("v")}
       FROM building_version v JOIN building b ON b.id = v.building_id
       LEFT JOIN building_place p ON p.building_id = b.id AND {holds("p", as_of)}
       LEFT JOIN unit u ON u.id = p.unit_id
       WHERE b.jurisdiction_id = :jurisdiction_id AND {holds("v", as_of)} AND v.name ILIKE :any LIMIT :limit)
      UNION ALL {_points("station", 8, as_of)} UNION ALL {_points("gate", 10, as_of)}
    ) AS found (kind, public_id, name, code, unit_public_id, rank, west, south, east, north)
    ORDER BY coalesce(code, '') NOT LIKE :first, name NOT ILIKE :first, rank, length(name), name, public_id
    LIMIT :limit
    """


def _points(noun: str, rank: int, as_of: datetime | None) -> str:
    return f"""
      (SELECT '{noun}', n.public_id, v.name, NULL, u.public_id, {rank}, ST_X(v.geom), ST_Y(v.geom), ST_X(v.geom), ST_Y(v.geom)
       FROM {noun}_version v JOIN {noun} n ON n.id = v.{noun}_id
       LEFT JOIN {noun}_place p ON p.{noun}_id = n.id AND {holds("p", as_of)} LEFT JOIN unit u ON u.id = p.unit_id
       WHERE n.jurisdiction_id = :jurisdiction_id AND {holds("v", as_of)} AND v.name ILIKE :any LIMIT :limit)
    """
