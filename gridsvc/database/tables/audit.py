"""Audit: one row an operation; the app role may only add."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Now


class Audit(Base):
    """Who did what, where, to how much."""

    __tablename__ = "audit"

    id: Mapped[Key]
    at: Mapped[Now]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    action: Mapped[str]
    path: Mapped[str] = mapped_column(Ltree)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Counts and a digest; never values about a person."""

    __table_args__ = (
        # Usage: the auditor's page, newest first.
        Index("ix_audit_at", "at"),
    )
