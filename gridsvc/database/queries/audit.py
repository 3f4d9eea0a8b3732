"""The trail, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the trail is asked for; None is any."""

    account: str | None = None
    action: str | None = None
    """The beginning of an action's name: `accounts.` or `sign_in.refused`."""
    path: str | None = None
    """This place and below."""
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""


def trail(session: Session, actor: Actor, wanted: Wanted = Wanted(), *, before: int | None = None, limit: int = 100) -> list[AuditRow]:
    """Return what was done where the actor may read the trail, newest first; `before` is the last id of the page above."""
    if not may_anywhere(actor, Action.READ_AUDIT):
        require(actor, Action.READ_AUDIT, "")
    query = select(Audit.id, Audit.at, Account.name, Audit.action, Audit.path, Audit.detail).outerjoin(
        Account, Account.id == Audit.account_id
    )
    if before is not None:
        query = query.where(Audit.id < before)
    return [AuditRow(*row) for row in session.execute(_chosen(query, wanted).order_by(Audit.id.desc()).limit(limit))]


def _chosen(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.account is not None:
        query = query.where(Account.name == wanted.account)
    if wanted.action is not None:
        query = query.where(Audit.action.startswith(wanted.action, autoescape=True))
    if wanted.path:
        query = query.where(text("audit.path <@ CAST(:place AS ltree)").bindparams(place=wanted.path))
    if wanted.since is not None:
        query = query.where(Audit.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Audit.at < wanted.until)
    return query
