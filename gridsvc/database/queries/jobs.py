"""Jobs as those see them who asked for them, or have the right at their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Action, Actor, may
from gridsvc.errors import NotFound

PAGE = 20
OPEN = frozenset({"queued", "running", "stopping"})
"""The states in which a job may still change something."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job; times are when it was asked for, last begun and ended."""

    id: int
    public_id: UUID
    kind: str
    arguments: Mapping[str, Any]
    account_id: int
    action: str
    path: str
    after_id: UUID | None
    state: str
    """queued, running, stopping (somebody asked to stop it), done, failed or cancelled."""
    counts: Mapping[str, int] | None
    """Of an import that has ended: rows by outcome."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    template: str | None
    """What it is at, an English template, and its values."""
    said: Mapping[str, Any]
    share: float | None
    """How much is done, 0 to 1, where the work knows."""

    @property
    def is_open(self) -> bool:
        """Say whether it may still change something."""
        return self.state in OPEN


_COLUMNS = """
SELECT j.id, j.public_id, j.kind, j.arguments, j.account_id, j.action, j.path::text AS path, j.after_id,
  CASE WHEN j.state <> 'queued' OR NOT job_is_held(j.id) THEN j.state
    WHEN p.cancel_asked_at IS NULL THEN 'running' ELSE 'stopping' END AS state,
  j.result->'counts' AS counts, j.created_at, p.started_at, j.finished_at, p.attempts, p.template, coalesce(p.said, '{}') AS said, p.share
FROM job j JOIN job_progress p ON p.job_id = j.id
"""


def job(session: Session, actor: Actor, public_id: UUID) -> JobRow:
    """Return a job that the actor may see; raise NotFound for any other."""
    row = session.execute(text(_COLUMNS + "WHERE j.public_id = :id"), {"id": public_id}).one_or_none()
    if row is None or not _may_see(actor, row):
        raise NotFound("There is no job {id} here.", id=public_id)
    return JobRow(*row)


def jobs(session: Session, actor: Actor, *, path: str = "", before: int | None = None) -> list[JobRow]:
    """Return a page of jobs at and below a path that the actor may see, newest first; `before` is the last id of the page above."""
    asked = _COLUMNS + "WHERE j.path <@ CAST(:path AS ltree) AND j.id < :before ORDER BY j.id DESC LIMIT :most"
    given = {"path": path, "before": before or 2**62, "most": PAGE}
    return [JobRow(*row) for row in session.execute(text(asked), given) if _may_see(actor, row)]


def result(session: Session, seen: JobRow) -> Mapping[str, Any]:
    """Return what a job that has been seen brought about, or why it failed; {} while it is under way or where it was stopped."""
    found = session.scalar(text("SELECT result FROM job WHERE id = :id"), {"id": seen.id})
    return dict(found or {})


def _may_see(actor: Actor, row: Row[Any]) -> bool:
    return row.account_id == actor.account_id or may(actor, Action(row.action), row.path)
