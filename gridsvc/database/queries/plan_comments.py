"""What people say about a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class CommentRow:
    """Something said about a plan: at a point (lon, lat, EPSG:4490), at a unit by its key, or about all of it."""

    public_id: UUID
    body: str
    unit_key: int | None
    lon: float | None
    lat: float | None
    by: str | None
    at: datetime
    settled_at: datetime | None


def comments(session: Session, plan_id: int) -> list[CommentRow]:
    """Return what was said about a plan, the first comment first."""
    return [CommentRow(*row) for row in session.execute(text(_COMMENTS), {"id": plan_id})]


_COMMENTS = """
SELECT c.public_id, c.body, c.unit_key, ST_X(c.geom), ST_Y(c.geom), a.name, c.at, c.settled_at
FROM plan_comment c LEFT JOIN plan_people(:id) a ON a.id = c.account_id WHERE c.plan_id = :id ORDER BY c.id
"""
