"""People by their whole name inside one's scopes, to choose one for a post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Action, Actor, require

MOST = 20


@dataclass(frozen=True, slots=True)
class Named:
    """A person of a name, with what tells namesakes apart."""

    id: int
    public_id: UUID
    name: str
    building: str | None
    """Where the person lives."""
    member: bool
    posts: Sequence[str]
    """Posts held already."""


def named(session: Session, actor: Actor, jurisdiction_id: int, path: str, name: str) -> list[Named]:
    """Return the people of exactly this name whom the actor may see; raise NotSignedIn or NotAllowed where the actor reads none."""
    require(actor, Action.READ_PEOPLE, path)
    rows = session.execute(text(_NAMED), {"jurisdiction": jurisdiction_id, "name": name.strip(), "most": MOST})
    return [Named(*row) for row in rows]


_NAMED = """
SELECT p.id, p.public_id, v.name, b.name, EXISTS (SELECT FROM member m WHERE m.person_id = p.id AND upper_inf(m.valid)),
  ARRAY(SELECT a.post FROM appointment a WHERE a.person_id = p.id AND upper_inf(a.valid) AND a.state = 'held' ORDER BY a.id)
FROM person_version v JOIN person p ON p.id = v.person_id
LEFT JOIN building_version b ON b.building_id = v.home_building_id AND upper_inf(b.valid)
WHERE v.name = :name AND upper_inf(v.valid) AND p.jurisdiction_id = :jurisdiction
ORDER BY p.id LIMIT :most
"""
