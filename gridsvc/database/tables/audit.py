"""Audit: one row an operation; the app role may only add. Seals make a chain over them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, LargeBinary
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


class AuditSeal(Base):
    """A batch of rows with their digests, and the digest of all that was sealed so far."""

    __tablename__ = "audit_seal"

    id: Mapped[Key]
    last_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    """No row up to this number may come later; the batch begins after the one before."""
    row_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    row_digests: Mapped[bytes] = mapped_column(LargeBinary)
    """32 bytes a row, in the order of row_ids: SHA-256 of all its columns but the number."""
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    """The digest of the seal before; empty for the first."""
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the digest before, the numbers and the digests of the rows."""
    sealed_at: Mapped[Now]
