"""Proposals for redrawing a plan: alternatives side by side, with the units that each would make. Protected: of a place."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Now, PublicId, geometry_column


class PlanProposal(Base):
    """What was asked for a plan as it stood then."""

    __tablename__ = "plan_proposal"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    path: Mapped[str] = mapped_column(Ltree)
    version: Mapped[str]
    """The plan's; a proposal for another version cannot be taken over."""
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    stopped: Mapped[bool]
    """Whether somebody stopped the search; the best until then was kept."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Now]

    __table_args__ = (
        # Usage: the proposals for a plan, newest first.
        Index("ix_plan_proposal_plan", "plan_id", "id"),
    )


class PlanAlternative(Base):
    """One way to do it, and what it is worth."""

    __tablename__ = "plan_alternative"

    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("plan_proposal.id"))
    path: Mapped[str] = mapped_column(Ltree)
    serial: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    """A name of domain.redrawing.NAMES."""
    measures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    __table_args__ = (UniqueConstraint("proposal_id", "serial"),)


class PlanAlternativeUnit(Base):
    """A unit that an alternative would put below `anchor`, the key of a unit of the plan; domain.plans.PlanUnit tells of the rest."""

    __tablename__ = "plan_alternative_unit"

    id: Mapped[Key]
    alternative_id: Mapped[int] = mapped_column(ForeignKey("plan_alternative.id"))
    path: Mapped[str] = mapped_column(Ltree)
    anchor: Mapped[int | None] = mapped_column(BigInteger)
    key: Mapped[str]
    parent: Mapped[str | None]
    level: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    code: Mapped[str | None]
    name: Mapped[str]
    changed: Mapped[bool]
    """Whether it is another one than in the plan, or has other ground."""
    households: Mapped[int | None]
    geom: Mapped[WKBElement | None] = geometry_column("MULTIPOLYGON", nullable=True)
    buildings: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        # Usage: the units of an alternative, in their order.
        Index("ix_plan_alternative_unit_alternative", "alternative_id", "id"),
    )
