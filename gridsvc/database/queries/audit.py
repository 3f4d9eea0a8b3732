"""The trail, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsvc.database.tables import Account, Audit
from gridsvc.domain.permissions import Action, Actor, may_anywhere, require


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One operation as it was recorded."""

    id: int
    at: datetime
    account: str | None
    action: str
    path: str
    detail: Mapping[str, object]


def trail(session: Session, actor: Actor, *, before: int | None = None, limit: int = 100) -> list[AuditRow]:
    """Return what was done where the actor may read the trail, newest first; `before` is the last id of the page above."""
    if not may_anywhere(actor, Action.READ_AUDIT):
        require(actor, Action.READ_AUDIT, "")
    query = select(Audit.id, Audit.at, Account.name, Audit.action, Audit.path, Audit.detail).outerjoin(
        Account, Account.id == Audit.account_id
    )
    if before is not None:
        query = query.where(Audit.id < before)
    return [AuditRow(*row) for row in session.execute(query.order_by(Audit.id.desc()).limit(limit))]
