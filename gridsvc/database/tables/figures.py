"""Reported figures: what a published account says, beside which stands what is computed; kept as they are, however they add up."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key


class ReportedFigure(Base):
    """One figure of an account."""

    __tablename__ = "reported_figure"

    id: Mapped[Key]
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    account: Mapped[str]
    """Who published it."""
    published_on: Mapped[date | None]
    """None for an account without a date."""
    key: Mapped[str]
    """What it is called in checks, and by queries/figures.py: COMPUTED where it can be computed."""
    unit_codes: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    """The units it is about, together; none: the whole jurisdiction."""
    value: Mapped[float]
    qualifier: Mapped[str]
    """A key of domain.figures.QUALIFIERS."""
    measure: Mapped[str | None]
    """What it is counted in: 个, 户, 平方米."""
    counts_zh: Mapped[str]
    """What it counts (口径)."""
    counts_en: Mapped[str | None]
    period: Mapped[str | None]
    """The time that it is about, as the account says it."""
    claim: Mapped[str | None]
    """What has to hold of it and others of the account: `a + b = c`, by keys."""
    note_zh: Mapped[str | None]
    note_en: Mapped[str | None]
    serial: Mapped[int]
    """Its place in the account."""

    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "account", "key", "unit_codes"),
        CheckConstraint("qualifier IN ('exact', 'at_least', 'under', 'about', 'chosen')", name="qualifier_is_known"),
    )
