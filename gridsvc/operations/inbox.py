"""Reading notices: what one has read is one's own."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from gridsvc.errors import NotSignedIn


def mark_read(session: Session, actor: Actor) -> None:
    """Mark all that is open for the actor as read."""
    if actor.account_id is None:
        raise NotSignedIn("Sign in first.")
    session.execute(text(_READ), {"account": actor.account_id})


_READ = """
INSERT INTO notice_read (notice_id, account_id)
SELECT n.id, :account FROM own_notices(0, 10000) o JOIN notice n ON n.public_id = o.public_id
ON CONFLICT DO NOTHING
"""
