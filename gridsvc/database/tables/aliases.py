"""Aliases: what ledgers call a compound or a building, learned when somebody puts a match right."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Now


class Alias(Base):
    """One spelling, and the one compound or building that it means."""

    __tablename__ = "alias"

    id: Mapped[Key]
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    compound: Mapped[str] = mapped_column(server_default="")
    """For a building: the compound it is said in, in plain form (domain.ledger.register.compound_key). Empty for a compound itself."""
    spelling: Mapped[str]
    """In the plain form in which ledgers are compared."""
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("building.id"))
    learned_at: Mapped[Now]

    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "compound", "spelling"),
        CheckConstraint("num_nonnulls(compound_id, building_id) = 1", name="means_one_thing"),
    )
