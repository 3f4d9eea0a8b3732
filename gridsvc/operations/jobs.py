"""Asking for long work, which a worker does under the rights of that moment, and stopping it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from gridsvc.database.tables import Job
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Invalid

KINDS = ("import", "assign", "contracts", "build", "ledger", "propose", "publish")
"""What can be asked for; operations.job_running does each."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Work to be done soon."""

    kind: str
    path: str
    """Where it acts."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    action: Action = Action.IMPORT
    """The right that it needs there."""
    after: UUID | None = None
    """The job that it repeats with other choices, or carries out."""
    not_before: datetime | None = None
    """The instant at which it is due; None is at once."""


def ask(session: Session, actor: Actor, asked: Ask) -> UUID:
    """Queue a job and return its public id; a worker hears of it when the transaction is committed."""
    require(actor, asked.action, asked.path)
    if asked.kind not in KINDS:
        raise Invalid("{kind!r} is no kind of job; the kinds are {kinds}.", kind=asked.kind, kinds=", ".join(KINDS))
    values = {
        "kind": asked.kind, "path": asked.path, "arguments": dict(asked.arguments), "action": asked.action.value,
        "account_id": actor.account_id, "after_id": asked.after, "not_before": asked.not_before,
    }  # fmt: skip
    return session.scalars(insert(Job).values(values).returning(Job.public_id)).one()


def cancel(session: Session, job_id: UUID) -> None:
    """Stop a job that the session's actor may stop: at once while it waits, at its next step while it is under way.

    A job that has ended stays as it is. The database asks for the right: that of who asked for the job, or of its action there.
    """
    session.execute(text("SELECT cancel_job(:id)"), {"id": job_id})
