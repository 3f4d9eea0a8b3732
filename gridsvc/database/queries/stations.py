"""Stations and gates: public points, listed and one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gridsvc.database.kept import kept
from gridsvc.database.queries.time import holds

PAGE = 100
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station with where it stands."""

    public_id: UUID
    jurisdiction_id: int
    name: str | None
    kind: str
    hours: str | None
    phone: str | None
    address: str | None
    floor_area_m2: float | None
    premises: str | None
    services: str | None
    compound_public_id: UUID | None
    compound_name: str | None
    unit_public_id: UUID | None
    """The leaf it stands in; None where it stands in none."""
    unit_name: str | None
    pinned: bool
    reason: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class GateRow:
    """A gate with where it stands."""

    public_id: UUID
    name: str | None
    kind: str
    compound_public_id: UUID | None
    compound_name: str | None
    unit_public_id: UUID | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class PointFilter:
    """What is asked for; what is None does not matter."""

    jurisdiction_id: int | None = None
    path: str | None = None
    """At or below this unit."""
    kind: str | None = None
    as_of: datetime | None = None


def stations(session: Session, wanted: PointFilter, page: int = 1) -> list[StationRow]:
    """Return a page of stations by name; pages count from 1."""
    return [StationRow(**row) for row in _points(session, "station", _OF_STATION, wanted, page)]


def gates(session: Session, wanted: PointFilter, page: int = 1) -> list[GateRow]:
    """Return a page of gates by name; pages count from 1."""
    return [GateRow(**row) for row in _points(session, "gate", _OF_GATE, wanted, page)]


def station(session: Session, public_id: UUID, as_of: datetime | None = None) -> StationRow | None:
    """Return a station, None where there is none of this id at that time."""
    query = _select("station", _OF_STATION, as_of) + "WHERE n.public_id = :id"
    row: Row[Any] | None = session.execute(text(query), {"id": public_id, "as_of": as_of}).one_or_none()
    return None if row is None else StationRow(**row._mapping)


@kept
def public_nouns(session: Session, jurisdiction_id: int) -> list[str]:
    """Return which of stations, gates and barriers a jurisdiction has any of, for the layers of its map."""
    found = []
    for name, noun in {"stations": "station", "gates": "gate", "barriers": "barrier"}.items():
        if session.scalar(text(f"SELECT EXISTS (SELECT FROM {noun} WHERE jurisdiction_id = :id)"), {"id": jurisdiction_id}):
            found.append(name)
    return found


_OF_STATION = """, n.jurisdiction_id, v.hours, v.phone, v.address, v.floor_area_m2, v.premises, v.services,
       coalesce(p.pinned, false) AS pinned, p.reason, u.name AS unit_name"""
_OF_GATE = ""


def _points(session: Session, noun: str, more: str, wanted: PointFilter, page: int) -> list[Mapping[str, Any]]:
    conditions = {
        "n.jurisdiction_id = :jurisdiction_id": wanted.jurisdiction_id is not None,
        "u.path <@ cast(:path AS ltree)": wanted.path is not None,
        "v.kind = :kind": wanted.kind is not None,
    }
    where = " AND ".join(["true", *(condition for condition, asked in conditions.items() if asked)])
    given = {
        "jurisdiction_id": wanted.jurisdiction_id, "path": wanted.path, "kind": wanted.kind,
        "as_of": wanted.as_of, "skip": (page - 1) * PAGE,
    }  # fmt: skip
    query = f"{_select(noun, more, wanted.as_of)} WHERE {where} ORDER BY v.name NULLS LAST, n.id LIMIT {PAGE} OFFSET :skip"
    return [dict(row._mapping) for row in session.execute(text(query), given)]


def _select(noun: str, more: str, as_of: datetime | None) -> str:
    return f"""
    SELECT n.public_id, v.name, v.kind, c.public_id AS compound_public_id, cv.name AS compound_name, unit.public_id AS unit_public_id,
           ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat{more}
    FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND {holds("v", as_of)}
    LEFT JOIN {noun}_place p ON p.{noun}_id = n.id AND {holds("p", as_of)}
    LEFT JOIN unit_version u ON u.unit_id = p.unit_id AND {holds("u", as_of)} LEFT JOIN unit ON unit.id = p.unit_id
    LEFT JOIN compound c ON c.id = v.compound_id LEFT JOIN compound_version cv ON cv.compound_id = c.id AND {holds("cv", as_of)}
    """
