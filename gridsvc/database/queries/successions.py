"""What waits to be confirmed after an edition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.masking import mask_name


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """An organisation with its old and its new unit, or a household with who looks after it and who would; names are masked."""

    public_id: UUID
    action: str
    """The right that decides."""
    path: str
    edition: int
    confirm_by: date
    organisation: str | None
    unit: str | None
    to_unit: str | None
    household: UUID | None
    person: UUID | None
    person_name: str | None
    to_person: UUID | None
    to_person_name: str | None


def successions(session: Session, path: str) -> list[SuccessionRow]:
    """Return what waits at or below a path and the reader may decide about."""
    rows = session.execute(text("SELECT * FROM successions_at(cast(:path AS ltree))"), {"path": path})
    return [_masked(SuccessionRow(*row)) for row in rows]


def _masked(row: SuccessionRow) -> SuccessionRow:
    person, to_person = (None if name is None else mask_name(name) for name in (row.person_name, row.to_person_name))
    return replace(row, person_name=person, to_person_name=to_person)
