"""Members by where they live, and one person with the posts held; names are in full here: whoever shows them masks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Action, Actor, require

PAGE = 50
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of the party."""

    public_id: UUID
    name: str
    kind: str
    """A key of domain.people.MEMBER_KINDS."""
    full: bool
    building: str | None
    branch: str | None
    """Of 组织关系."""
    households: int
    """How many the member looks after (包联)."""


@dataclass(frozen=True, slots=True)
class PersonRow:
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


def members_in(session: Session, actor: Actor, path: str, page: int = 1) -> list[MemberRow]:
    """Return a page of the members who live at or below a path, by building and name; raise for whoever may not see them."""
    require(actor, Action.READ_PEOPLE, path)
    given = {"path": path, "skip": (page - 1) * PAGE, "most": PAGE}
    return [MemberRow(*row) for row in session.execute(text("SELECT * FROM members_in(cast(:path AS ltree), :skip, :most)"), given)]


def person(session: Session, public_id: UUID) -> PersonRow | None:
    """Return a person; None for one who is not there, or not for this reader."""
    row = session.execute(text(_PERSON), {"id": public_id}).one_or_none()
    return None if row is None else PersonRow(*row)


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
