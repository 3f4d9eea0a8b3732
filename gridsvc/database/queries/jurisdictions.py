"""Jurisdictions and their editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gridsvc.database.kept import kept
from gridsvc.database.queries.schemes import parsed
from gridsvc.domain.schemes import Scheme

_COLUMNS = """
SELECT j.id, j.public_id, j.slug, j.name, j.name_en, j.synthetic, j.attribution, s.key, s.body
FROM jurisdiction j JOIN scheme s ON s.id = j.scheme_id
"""


@dataclass(frozen=True, slots=True)
class JurisdictionRow:
    """One coverage with its scheme."""

    id: int
    public_id: UUID
    slug: str
    name: str
    name_en: str | None
    synthetic: bool
    """Whether its geometry is made up; every page and export says so."""
    attribution: str | None
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One published change of units."""

    serial: int
    effective_at: datetime
    published_at: datetime
    reason: str
    undoes: int | None
    """The serial of the edition that it undoes."""


def _row(row: Row[Any]) -> JurisdictionRow:
    scheme = parsed(row.key, row.body)
    return JurisdictionRow(row.id, row.public_id, row.slug, row.name, row.name_en, row.synthetic, row.attribution, scheme)


def jurisdictions(session: Session) -> list[JurisdictionRow]:
    """Return all jurisdictions by short name."""
    return [_row(row) for row in session.execute(text(_COLUMNS + "ORDER BY j.slug"))]


@kept
def jurisdiction(session: Session, slug: str) -> JurisdictionRow | None:
    """Return the jurisdiction of this short name."""
    row = session.execute(text(_COLUMNS + "WHERE j.slug = :slug"), {"slug": slug}).one_or_none()
    return None if row is None else _row(row)


@kept
def editions(session: Session, jurisdiction_id: int) -> list[EditionRow]:
    """Return the editions of a jurisdiction, oldest first."""
    stored = """
    SELECT e.serial, e.effective_at, e.published_at, e.reason, o.serial FROM edition e LEFT JOIN edition o ON o.id = e.undoes_id
    WHERE e.jurisdiction_id = :id ORDER BY e.serial
    """
    return [EditionRow(*row) for row in session.execute(text(stored), {"id": jurisdiction_id})]
