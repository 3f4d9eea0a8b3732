"""Parking lots and spaces: of a place, listed and drawn inside the reader's scopes alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from geodata.findings import Box
from gridsvc.database.queries.facilities import rows_in
from gridsvc.domain.permissions import Actor


@dataclass(frozen=True, slots=True)
class LotRow:
    """A parking lot with the leaf it stands in."""

    public_id: UUID
    name: str | None
    kind: str
    level: str | None
    capacity: int | None
    """How many spaces its source says."""
    spaces: int
    """How many are drawn."""
    area_m2: float | None
    compound: str | None
    unit_public_id: UUID
    bounds: Box


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """A parking space with the leaf it stands in."""

    public_id: UUID
    number: str | None
    kind: str
    level: str | None
    lot: str | None
    unit_public_id: UUID
    bounds: Box


def parking_lots(session: Session, actor: Actor, path: str, as_of: datetime | None = None, page: int = 1) -> list[LotRow]:
    """Return a page of the lots at or below a path that the actor may see, by name; raise where that is none anywhere."""
    return [LotRow(*row) for row in rows_in(session, actor, "parking_lots_in", path, as_of, page)]


def parking_spaces(session: Session, actor: Actor, path: str, as_of: datetime | None = None, page: int = 1) -> list[SpaceRow]:
    """Return a page of the spaces at or below a path that the actor may see, by number; raise where that is none anywhere."""
    return [SpaceRow(*row) for row in rows_in(session, actor, "parking_spaces_in", path, as_of, page)]
