"""One-time links: how the accounts of a demo come in without a password. Protected: no role touches the rows but through functions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base


class OneTimeLink(Base):
    """The link of a demo's account; without a digest it was used, or has not been offered yet."""

    __tablename__ = "one_time_link"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the random token in the link."""
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
