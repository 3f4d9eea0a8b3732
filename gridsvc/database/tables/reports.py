"""Reports (报表): the figures of a unit and a period, frozen at a cut-off. Protected: of a place."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Instant, Key, Ltree, Now, PublicId


class Report(Base):
    """One report: what was counted, frozen; a late correction shows in the next one."""

    __tablename__ = "report"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(Ltree)
    """That of the unit at the cut-off."""
    number: Mapped[str]
    """Its number: 2026-Q4-1."""
    period_from: Mapped[date]
    period_until: Mapped[date]
    """The first day after the period."""
    cut_off: Mapped[Instant]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Rows of units and figures, why they differ from the last report, and what was reported elsewhere; nothing of a person."""
    digest: Mapped[str]
    """SHA-256 of the content in canonical JSON."""
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    frozen_at: Mapped[Now]

    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "number"),
        # Usage: the reports of a unit, newest first.
        Index("ix_report_unit", "unit_id", "cut_off"),
    )
