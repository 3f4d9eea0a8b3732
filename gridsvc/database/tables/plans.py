"""Plans: changes to look at and correct before they become an edition. Protected: of a place."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Now, PublicId, geometry_column


class Plan(Base):
    """A base edition and the moves upon it."""

    __tablename__ = "plan"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    path: Mapped[str] = mapped_column(Ltree)
    """Where it changes something: whoever may plan there sees it."""
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    """What it stands upon; None where there was no unit yet."""
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    """A name of domain.plans.STATES."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Now]

    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'discarded')", name="state_is_known"),
        # Usage: the plans of a jurisdiction, newest first.
        Index("ix_plan_jurisdiction", "jurisdiction_id"),
    )


class PlanMove(Base):
    """One step of a plan; undone, its rows count no more and those before it count again."""

    __tablename__ = "plan_move"

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    path: Mapped[str] = mapped_column(Ltree)
    serial: Mapped[int]
    template: Mapped[str]
    """What it did, as an English template, and its values."""
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Now]
    undone: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("plan_id", "serial"),)


class PlanUnit(Base):
    """A unit that a move changed, as it is after it."""

    __tablename__ = "plan_unit"

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    path: Mapped[str] = mapped_column(Ltree)
    move_id: Mapped[int] = mapped_column(ForeignKey("plan_move.id"))
    unit_key: Mapped[int] = mapped_column(BigInteger)
    """The id of a unit that is there, below 0 for one that the plan makes."""
    parent_key: Mapped[int | None] = mapped_column(BigInteger)
    level: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    code: Mapped[str | None]
    name: Mapped[str]
    moved: Mapped[bool]
    """Whether its ground changed; else it only got vertices, or is described otherwise."""
    geom: Mapped[WKBElement | None] = geometry_column("MULTIPOLYGON", nullable=True)
    """None for a unit that is no more."""
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """A finding: why it is as it is."""

    __table_args__ = (
        # Usage: the newest state of each unit of a plan.
        Index("ix_plan_unit_plan", "plan_id", "unit_key", "move_id"),
    )


class PlanPlace(Base):
    """The leaf of a building after a move."""

    __tablename__ = "plan_place"

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    path: Mapped[str] = mapped_column(Ltree)
    move_id: Mapped[int] = mapped_column(ForeignKey("plan_move.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    unit_key: Mapped[int] = mapped_column(BigInteger)
    households: Mapped[int | None]
    estimated: Mapped[bool]
    """Whether nobody has counted them."""

    __table_args__ = (
        # Usage: the newest place of each building of a plan.
        Index("ix_plan_place_plan", "plan_id", "building_id", "move_id"),
    )
