"""One person with the posts held; the name is in full here: whoever shows it masks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class OnePerson:
    """A person as the own page shows it."""

    public_id: UUID
    jurisdiction_id: int
    path: str
    name: str
    has_phone: bool
    has_id_number: bool
    building: str | None
    building_id: UUID | None
    member_kind: str | None
    full: bool | None
    branch: str | None
    posts: Sequence[str]
    """Posts held today."""


def person(session: Session, public_id: UUID) -> OnePerson | None:
    """Return a person; None for one who is not there, or not for this reader."""
    row = session.execute(text(_PERSON), {"id": public_id}).one_or_none()
    return None if row is None else OnePerson(*row)


_PERSON = """
SELECT p.public_id, p.jurisdiction_id, coalesce(building_path(v.home_building_id), p.paths[1])::text, v.name, v.phone_sealed IS NOT NULL,
  v.id_number_sealed IS NOT NULL, d.name, b.public_id, m.kind, m.full, o.name,
  ARRAY(SELECT a.post FROM appointment a WHERE a.person_id = p.id AND upper_inf(a.valid) AND a.state = 'held' ORDER BY a.id)
FROM person p JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid)
LEFT JOIN building b ON b.id = v.home_building_id LEFT JOIN building_version d ON d.building_id = b.id AND upper_inf(d.valid)
LEFT JOIN member m ON m.person_id = p.id AND upper_inf(m.valid)
LEFT JOIN organisation_version o ON o.organisation_id = m.branch_id AND upper_inf(o.valid)
WHERE p.public_id = :id
"""
