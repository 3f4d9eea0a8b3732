"""Jobs: long work asked for, how far it is, and which columns were chosen the last time."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Now, PublicId

STATES = ("queued", "done", "failed", "cancelled")
"""A job under way is queued still, for whoever looks from outside: its state changes in the transaction that does the work."""


class Job(Base):
    """Long work that somebody asked for; it is done in one transaction with the change of its state."""

    __tablename__ = "job"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    kind: Mapped[str]
    """One of operations.jobs.KINDS."""
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    action: Mapped[str]
    """The right that it needs, a name of domain.permissions.Action; who has it at the path sees the job."""
    path: Mapped[str] = mapped_column(Ltree)
    """Where it acts."""
    after_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """The public id of the job that this one repeats with other choices, or carries out."""
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[Now]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    not_before: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """The instant at which it is due; None is at once."""

    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state_is_known"),
        CheckConstraint("(state = 'queued') = (finished_at IS NULL)", name="finished_when_not_queued"),
        # Usage: claim_job(), which takes the oldest.
        Index("ix_job_queued", "id", postgresql_where=text("state = 'queued'")),
        # Usage: the list of jobs of a place, newest first.
        Index("ix_job_path", "path", postgresql_using="gist"),
        # Usage: the list of one's own jobs.
        Index("ix_job_account", "account_id", "id"),
    )


class JobProgress(Base):
    """How far a job is; written on a connection of its own, so that it is seen while the work's transaction is open."""

    __tablename__ = "job_progress"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    """How often somebody began; more than once means that a process died over it."""
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    template: Mapped[str | None]
    said: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """The values of the template."""
    share: Mapped[float | None]
    """How much is done, 0 to 1, where the work knows."""
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancel_asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ColumnChoice(Base):
    """Which column of a source's files holds what, as it was when one was last brought in."""

    __tablename__ = "column_choice"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(primary_key=True)
    columns: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Field -> header; an empty header leaves the field out."""
    chosen_at: Mapped[Now]
