"""Notices, proposed corrections and the switch between ordinary and urgent times. Protected: of a place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Now, Period, PublicId


class Notice(Base):
    """Something that whoever acts at a place should know: a vacancy, a term that ends, something to confirm."""

    __tablename__ = "notice"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    path: Mapped[str] = mapped_column(Ltree)
    action: Mapped[str]
    """Whoever may do this at the path is told: a name of domain.permissions.Action."""
    kind: Mapped[str]
    """A key of domain.notices.KINDS."""
    subject: Mapped[str]
    """What it is about, so that it is told once: `vacancy grid_leader 1f`."""
    template: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The sentence and what stands in its fields; never a value about a resident or member."""
    since: Mapped[Now]
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it no longer held, or was dealt with."""

    __table_args__ = (
        # Usage: what is open at or below a path.
        Index("ix_notice_path", "path", postgresql_using="gist", postgresql_where=text("closed_at IS NULL")),
        # Usage: closing what no longer holds; a subject is told once at a time.
        Index("uq_notice_open", "kind", "subject", unique=True, postgresql_where=text("closed_at IS NULL")),
    )


class NoticeRead(Base):
    """Who has read which notice."""

    __tablename__ = "notice_read"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    at: Mapped[Now]


class Correction(Base):
    """A change that somebody proposes for the own area, until whoever may decides about it. Protected: of a person."""

    __tablename__ = "correction"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    path: Mapped[str] = mapped_column(Ltree)
    noun: Mapped[str]
    """household, person or building."""
    thing_id: Mapped[int] = mapped_column(BigInteger)
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Field -> the value that would be right; private values sealed."""
    reason: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[Now]
    state: Mapped[str] = mapped_column(server_default="open")
    """open, accepted, refused or withdrawn."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'refused', 'withdrawn')", name="state_is_known"),
        # Usage: what waits for a decision at or below a path.
        Index("ix_correction_path", "path", postgresql_using="gist", postgresql_where=text("state = 'open'")),
    )


class UrgentTime(Base):
    """A time when the urgent roster counts in an area (急时)."""

    __tablename__ = "urgent_time"

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    valid: Mapped[Period]
    reason: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        ExcludeConstraint(("unit_id", "="), ("valid", "&&"), name="ex_urgent_time_one_at_a_time", deferrable=True, initially="DEFERRED"),
    )
