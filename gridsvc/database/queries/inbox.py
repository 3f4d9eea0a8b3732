"""What waits for somebody: the open notices of which one may do what they ask for."""

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
MANY = 99
"""More than these unread ones are told as more."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice with its sentence."""

    public_id: UUID
    kind: str
    path: str
    template: str
    values: Mapping[str, Any]
    since: datetime
    read: bool
    """Whether the one who asks has read it."""


def inbox(session: Session, page: int = 1) -> list[NoticeRow]:
    """Return a page of what is open for the one who asks, unread first, then newest."""
    rows = session.execute(text("SELECT * FROM own_notices(:skip, :most)"), {"skip": (page - 1) * PAGE, "most": PAGE})
    return [NoticeRow(*row) for row in rows]


def unread(session: Session) -> int:
    """Return how many open notices the one who asks has not read, counted up to one more than MANY."""
    counted = "SELECT count(*) FILTER (WHERE NOT read) FROM own_notices(0, :most)"
    return int(session.execute(text(counted), {"most": MANY + 1}).scalar_one())
