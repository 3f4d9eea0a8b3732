"""Corrections that wait or were decided, and what they are about; of a person, read under rights alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

PAGE = 50
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A household or person that may be corrected, with its fields of today; private ones are left out."""

    id: int
    path: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A correction with what it would change."""

    id: int
    public_id: UUID
    path: str
    noun: str
    thing_id: int
    changes: Mapping[str, Any]
    reason: str
    account_id: int
    by: str | None
    """The name of the account that proposed it, for whoever may see accounts; else None."""
    asked_at: datetime
    state: str
    decided_at: datetime | None
    answer: str | None
    thing: UUID | None
    building: str | None
    entrance: str | None
    room: str | None
    now: Mapping[str, Any]
    """The fields of the household as they are recorded."""
    compound: str | None
    person_name: str | None
    """Of whom it is, in full: whoever shows it masks it."""
    phone_sealed: bytes | None
    """The person's phone as it is recorded."""


def thing(session: Session, noun: str, public_id: UUID) -> Thing | None:
    """Return what a correction is about; None for what is not there, or not for this reader."""
    row = session.execute(text(_THINGS[noun]), {"id": public_id}).one_or_none() if noun in _THINGS else None
    return None if row is None else Thing(row.id, row.path, row.values)


def waiting(session: Session, public_id: UUID) -> Waiting | None:
    """Return a correction, decided or not; None for one that is not there, or not for this reader."""
    row = session.execute(text(_CORRECTIONS + "WHERE c.public_id = :id"), {"id": public_id}).one_or_none()
    return None if row is None else Waiting(*row)


def corrections(session: Session, path: str, page: int = 1) -> list[Waiting]:
    """Return a page of the corrections at or below a path that the reader proposed or decides about: open ones first, then newest."""
    order = "WHERE c.path <@ cast(:path AS ltree) ORDER BY c.state <> 'open', c.asked_at DESC LIMIT :many OFFSET :skip"
    given = {"path": path, "many": PAGE, "skip": (page - 1) * PAGE}
    return [Waiting(*row) for row in session.execute(text(_CORRECTIONS + order), given)]


def open_corrections(session: Session, path: str) -> int:
    """Return how many wait at or below a path, as far as the reader proposed or decides about them."""
    counted = "SELECT count(*) FROM correction WHERE state = 'open' AND path <@ cast(:path AS ltree)"
    return int(session.execute(text(counted), {"path": path}).scalar_one())


_THINGS = {
    "household": """
        SELECT h.id, h.path::text AS path, jsonb_build_object('use', v.use, 'resident', v.resident, 'persons', v.persons,
          'care', to_jsonb(v.care), 'away', v.away) AS values
        FROM household h JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid) WHERE h.public_id = :id""",
    "person": """
        SELECT p.id, coalesce(building_path(v.home_building_id), p.paths[1])::text AS path, '{}'::jsonb AS values
        FROM person p JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid) WHERE p.public_id = :id""",
}
_CORRECTIONS = """
SELECT c.id, c.public_id, c.path::text, c.noun, c.thing_id, c.changes, c.reason, c.account_id, a.name, c.asked_at, c.state, c.decided_at,
  c.answer, coalesce(h.public_id, p.public_id), bv.name, h.entrance, h.room,
  jsonb_build_object('use', v.use, 'resident', v.resident, 'persons', v.persons, 'care', to_jsonb(v.care), 'away', v.away),
  k.name, pv.name, pv.phone_sealed
FROM correction c LEFT JOIN account a ON a.id = c.account_id
LEFT JOIN household h ON c.noun = 'household' AND h.id = c.thing_id
LEFT JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid)
LEFT JOIN building_version bv ON bv.building_id = h.building_id AND upper_inf(bv.valid)
LEFT JOIN compound_version k ON k.compound_id = bv.compound_id AND upper_inf(k.valid)
LEFT JOIN person p ON c.noun = 'person' AND p.id = c.thing_id
LEFT JOIN person_version pv ON pv.person_id = p.id AND upper_inf(pv.valid)
"""
