"""Where it is urgent (急时): since when, why, and how many stand on the roster that counts then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class UrgentRow:
    """An area where the urgent roster counts now."""

    unit: UUID
    name: str
    path: str
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Who gets rights when it turns urgent."""

    posts: int
    people: int


def urgent_at(session: Session, path: str) -> list[UrgentRow]:
    """Return the areas at, above or below a path where it is urgent now, the widest first."""
    return [UrgentRow(*row) for row in session.execute(text(_URGENT), {"path": path})]


def roster_at(session: Session, path: str) -> Roster:
    """Return how large the urgent roster is at and below a path; nothing for whoever may not count there."""
    return Roster(*session.execute(text("SELECT posts, people FROM urgent_posts_at(cast(:path AS ltree))"), {"path": path}).one())


_URGENT = """
SELECT u.public_id, v.name, v.path::text, lower(t.valid), t.reason
FROM urgent_time t JOIN unit u ON u.id = t.unit_id JOIN unit_version v ON v.unit_id = u.id AND upper_inf(v.valid)
WHERE t.valid @> now() AND (v.path @> cast(:path AS ltree) OR v.path <@ cast(:path AS ltree))
ORDER BY nlevel(v.path), v.name
"""
