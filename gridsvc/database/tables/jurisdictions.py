"""Jurisdictions and editions: one coverage, one series of changes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Instant, Key, Now, PublicId


class Jurisdiction(Base):
    """One coverage with one series of editions."""

    __tablename__ = "jurisdiction"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    synthetic: Mapped[bool] = mapped_column(default=False)
    """Whether its geometry is made up; shown on every page and export."""
    attribution: Mapped[str | None]
    """Whose data it is, as their licence asks to be named."""

    __table_args__ = (CheckConstraint("slug ~ '^[a-z][a-z0-9-]{0,40}$'", name="slug_is_short"),)


class Edition(Base):
    """One published change of units."""

    __tablename__ = "edition"

    id: Mapped[Key]
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    serial: Mapped[int]
    effective_at: Mapped[Instant]
    published_at: Mapped[Now]
    reason: Mapped[str]
    """What made it: the name of the imported file, or of the plan."""
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    """The edition whose ground this one gave back."""

    __table_args__ = (UniqueConstraint("jurisdiction_id", "serial"),)
