"""Successors that an edition proposes for what stood on ground that changed hands (待确认). Protected: of a place."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, PublicId

OPEN = text("decided_at IS NULL")


class Succession(Base):
    """An organisation whose unit ended, or a contract over the border of a grid, and what comes after; until then the old one stays."""

    __tablename__ = "succession"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    path: Mapped[str] = mapped_column(Ltree)
    """Where it acts: whoever has the right at the path decides."""
    action: Mapped[str]
    """The right: a name of domain.permissions.Action."""
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    """Of an organisation: the unit that ended."""
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    """The one that has most of its ground."""
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Of a contract: the member of the household's grid who looks after fewest; None where there is none."""
    confirm_by: Mapped[date]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        CheckConstraint("num_nonnulls(organisation_id, contract_id) = 1", name="is_of_one_thing"),
        CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name="decided_one_way"),
        # Usage: what waits at or below a path.
        Index("ix_succession_path", "path", postgresql_using="gist", postgresql_where=OPEN),
        # Usage: none but the rule: what waits is proposed once.
        Index("uq_succession_organisation", "organisation_id", "unit_id", unique=True, postgresql_where=OPEN),
        # Usage: the same of contracts.
        Index("uq_succession_contract", "contract_id", unique=True, postgresql_where=OPEN),
    )
