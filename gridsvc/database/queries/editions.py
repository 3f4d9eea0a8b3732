"""Editions, and the ground as one of them left it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, text
from sqlalchemy.orm import Session

from gridsvc.database.queries.coverage import coverage_where
from gridsvc.database.tables import UnitVersion
from gridsvc.domain.coverage import Coverage
from gridsvc.errors import NotFound


@dataclass(frozen=True, slots=True)
class EditionSeen:
    """An edition of a jurisdiction."""

    id: int
    serial: int
    effective_at: datetime
    reason: str
    undoes: int | None
    """The serial of the edition that it undoes."""
    undone_by: int | None
    """The serial of the edition that undid it."""


def edition_of(session: Session, jurisdiction_id: int, serial: int) -> EditionSeen:
    """Return an edition by its serial; raise NotFound where there is none."""
    row = session.execute(text(_EDITION), {"id": jurisdiction_id, "serial": serial}).one_or_none()
    if row is None:
        raise NotFound("There is no edition {serial} here.", serial=serial)
    return EditionSeen(*row)


def edition_of_plan(session: Session, plan_id: int) -> EditionSeen | None:
    """Return the edition that a plan became; None while it is none."""
    row = session.execute(text(f"{_SEEN} JOIN plan p ON p.published_id = e.id WHERE p.id = :id"), {"id": plan_id}).one_or_none()
    return None if row is None else EditionSeen(*row)


_SEEN = """
SELECT e.id, e.serial, e.effective_at, e.reason, (SELECT o.serial FROM edition o WHERE o.id = e.undoes_id),
       (SELECT u.serial FROM edition u WHERE u.undoes_id = e.id)
FROM edition e
"""
_EDITION = f"{_SEEN} WHERE e.jurisdiction_id = :id AND e.serial = :serial"


def coverage_after(session: Session, jurisdiction_id: int, edition_id: int | None) -> Coverage:
    """Return all units as an edition left them, the oldest first; before the first one there is none.

    A version is that of its edition whatever its instants, of which several editions may have the same. Vertices that seams got since
    are there too: they are no change of a unit.
    """
    v = UnitVersion
    if edition_id is None:
        return Coverage([])
    return coverage_where(
        session, v.jurisdiction_id == jurisdiction_id, v.edition_id <= edition_id, func.coalesce(v.ended_id > edition_id, True)
    )


def edition_before(session: Session, jurisdiction_id: int, edition_id: int) -> int | None:
    """Return the id of the edition before one; None before the first."""
    before = text("SELECT max(id) FROM edition WHERE jurisdiction_id = :id AND id < :edition")
    found: int | None = session.scalar(before, {"id": jurisdiction_id, "edition": edition_id})
    return found
