"""Write the trail: one row an operation, added and never changed."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.orm import Session

from gridsvc.database.tables import Audit
from gridsvc.domain.permissions import Actor


def record(session: Session, actor: Actor, action: str, path: str, **detail: object) -> None:
    """Add what the actor did here, with counts and digests, never values about a person.

    The row belongs to the caller's transaction: what is rolled back was not done.
    """
    # Inline: reading the new id back would need the right to read the trail.
    session.execute(insert(Audit).inline().values(account_id=actor.account_id, action=str(action), path=path, detail=detail))
