"""Schemes: how a place names its levels, tiers and thresholds."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Now


class Scheme(Base):
    """One scheme, kept as the text it was given in."""

    __tablename__ = "scheme"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    body: Mapped[str]
    """The TOML text; domain.schemes reads it."""
    added_at: Mapped[Now]
