"""Contracts (包联): which member looks after which household. Protected: of a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Now, Period, PublicId
from gridsvc.database.tables.units import CURRENT


class Contract(Base):
    """A household in a member's care during a period."""

    __tablename__ = "contract"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    valid: Mapped[Period]
    reason: Mapped[str | None]
    path: Mapped[str] = mapped_column(Ltree, server_default="")
    """That of the household today; sql/75_people.sql keeps it."""

    __table_args__ = (
        ExcludeConstraint(("household_id", "="), ("valid", "&&"), name="ex_contract_one_at_a_time", deferrable=True, initially="DEFERRED"),
        # Usage: who looks after a household; one member at a time.
        Index("uq_contract_current", "household_id", unique=True, postgresql_where=CURRENT),
        # Usage: the households of a member.
        Index("ix_contract_person", "person_id", postgresql_where=CURRENT),
        # Usage: the contracts at or below a path, under the functions of sql/.
        Index("ix_contract_path", "path", postgresql_using="gist"),
    )


class ContractProposal(Base):
    """A computed share-out of households among members, to be looked at and committed or dropped by whoever may."""

    __tablename__ = "contract_proposal"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    path: Mapped[str] = mapped_column(Ltree)
    """The ground it covers."""
    asked_at: Mapped[Now]
    state: Mapped[str] = mapped_column(server_default="open")
    """open, committed or dropped."""
    low: Mapped[int]
    high: Mapped[int]
    """The households of a member, from and to."""
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Counts and the reasons for what could not be met; never values about a person."""

    __table_args__ = (
        CheckConstraint("state IN ('open', 'committed', 'dropped')", name="state_is_known"),
        CheckConstraint("low >= 0 AND high >= low", name="range_is_one"),
    )


class ContractProposed(Base):
    """One pair of a proposal."""

    __tablename__ = "contract_proposed"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("contract_proposal.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    distance_m: Mapped[float]
    """From the member's home to the household's building, 0 in the same one."""
