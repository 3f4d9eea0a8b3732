"""The shapes that several answers share, and how rows become them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.api import reader
from gridsvc.database.queries import units
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.units import UnitRow
from gridsvc.database.resident import UnitRef, current
from gridsvc.domain.code_tables import Code
from gridsvc.errors import NotFound


class UnitStep(TypedDict):
    """A unit of a chain."""

    id: UUID
    level: int
    level_name: str
    kind: str
    code: str | None
    name: str


class Unit(UnitStep):
    """A unit as it stood; areas are geodesic, bounds are west, south, east, north."""

    jurisdiction: str
    parent: UUID | None
    leaf: bool
    area_m2: float
    bounds: list[float]


class Named(TypedDict):
    """A thing with its id and name."""

    id: UUID
    name: str | None


class Coded(TypedDict):
    """A row of a code table: its key, and its name in the reader's language."""

    key: str
    name: str


class Page(TypedDict):
    """What a page of a list says beside its rows: whether another one follows."""

    page: int
    more: bool


class PageOf(TypedDict):
    """What a page says of a list that is counted; `total` counts the rows of all pages."""

    page: int
    pages: int
    total: int


class Feature(TypedDict):
    """One GeoJSON feature (RFC 7946): lon, lat in degrees of CGCS2000, 8 decimals."""

    type: str
    id: UUID
    geometry: Any
    properties: dict[str, Any]


def step(unit: UnitRef, language: str) -> UnitStep:
    """Return a unit of a chain in this language."""
    level_name = unit.level_name_zh if language == "zh" else unit.level_name_en
    return {"id": unit.public_id, "level": unit.level, "level_name": level_name, "kind": unit.kind, "code": unit.code, "name": unit.name}


def unit(row: UnitRow) -> Unit:
    """Return a unit in the reader's language."""
    place = jurisdiction_of(row.jurisdiction_id)
    return {
        "id": row.public_id,
        "level": row.level,
        "level_name": level_name(place, row.level),
        "kind": row.kind,
        "code": row.code,
        "name": row.name,
        "jurisdiction": place.slug,
        "parent": row.parent_public_id,
        "leaf": row.leaf,
        "area_m2": round(row.area_m2, 2),
        "bounds": list(row.bounds),
    }


def coded(table: Mapping[str, Code], key: str) -> Coded:
    """Return a code with its name in the reader's language."""
    return {"key": key, "name": table[key].name_zh if reader.language() == "zh" else table[key].name_en}


def page(found: Sequence[object], number: int, size: int) -> Page:
    """Return what a page of `size` rows says beside them; a full one may be the last."""
    return {"page": number, "more": len(found) == size}


def page_of(total: int, number: int, size: int) -> PageOf:
    """Return what a page of a list with `total` rows says beside its own."""
    return {"page": number, "pages": -(-total // size), "total": total}


def unit_read(session: Session, unit_id: UUID, as_of: datetime | None) -> UnitRow:
    """Return a unit; raise NotFound where there is none of this id at that time, with a finding for each one that has its ground now."""
    found = units.unit(session, unit_id, as_of)
    if found is not None:
        return found
    heirs = units.successors(session, unit_id, as_of)
    if not heirs:
        raise NotFound("There is no unit of this id at that time.")
    template = "Its ground is that of {name} now: {id}."
    findings = [Finding("successor", "info", template, {"name": heir.name, "id": heir.public_id}, heir.bounds) for heir in heirs]
    raise NotFound("The unit is no more; {units} took its ground.", units="、".join(heir.name for heir in heirs), findings=findings)


def level_name(place: JurisdictionRow, number: int) -> str:
    """Return what the place calls a level; a remainder below the last one goes by the last one's name."""
    levels = place.scheme.levels
    level = levels[min(number, len(levels)) - 1]
    return level.name_zh if reader.language() == "zh" else level.name_en


def jurisdiction_of(jurisdiction_id: int) -> JurisdictionRow:
    """Return the jurisdiction of a row, from memory."""
    return next(ground.jurisdiction for ground in current().grounds.values() if ground.jurisdiction.id == jurisdiction_id)


def jurisdiction(slug: str) -> JurisdictionRow:
    """Return the jurisdiction of this short name; raise NotFound for an unknown one."""
    ground = current().grounds.get(slug)
    if ground is None:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
    return ground.jurisdiction


def moment(as_of: datetime | None) -> str | None:
    """Return a moment as it stands in answers."""
    return None if as_of is None else as_of.isoformat()
