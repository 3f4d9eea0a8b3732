"""Plans: changes to look at and correct before they become an edition. Protected: of a place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, SmallInteger, UniqueConstraint
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
    purpose: Mapped[str] = mapped_column(server_default="")
    """Why it is drawn, in the planner's words."""
    state: Mapped[str] = mapped_column(default="draft")
    """A name of domain.plans.STATES."""
    step: Mapped[str | None]
    """The step of the office's path that it waits for; None while it is drawn and once it is done."""
    effective_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """From when on it shall hold, once it is scheduled."""
    published_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    """The edition that it became."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    """The plan of a wider area that took its moves over."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Now]

    __table_args__ = (
        CheckConstraint("state IN ('draft', 'review', 'scheduled', 'published', 'merged', 'discarded')", name="state_is_known"),
        CheckConstraint("(state = 'review') = (step IS NOT NULL)", name="waits_for_a_step_under_review"),
        CheckConstraint("state <> 'scheduled' OR effective_at IS NOT NULL", name="scheduled_for_an_instant"),
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
    kind: Mapped[str] = mapped_column(server_default="tree")
    """A name of domain.plans.MOVES."""
    template: Mapped[str]
    """What it did, as an English template, and its values."""
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Now]
    undone: Mapped[bool] = mapped_column(default=False)
    upon: Mapped[int] = mapped_column(server_default="0")
    """The serial of the last move that counted when it was made; sql/61_plans.sql keeps it."""

    __table_args__ = (UniqueConstraint("plan_id", "serial"),)


class PlanStep(Base):
    """What became of a plan at a step of the office's path (社区提出, 街道审核, …): who decided what, when and by which document."""

    __tablename__ = "plan_step"

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    path: Mapped[str] = mapped_column(Ltree)
    step: Mapped[str]
    decision: Mapped[str]
    """A name of domain.plans.DECISIONS."""
    reason: Mapped[str | None]
    document: Mapped[str | None]
    """The number of the document (文号)."""
    document_on: Mapped[date | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Now]

    __table_args__ = (
        CheckConstraint("decision IN ('submitted', 'passed', 'sent_back', 'withdrawn')", name="decision_is_known"),
        CheckConstraint("decision <> 'sent_back' OR reason <> ''", name="sent_back_with_a_reason"),
        # Usage: the way of a plan, in its order.
        Index("ix_plan_step_plan", "plan_id", "id"),
    )


class PlanComment(Base):
    """What somebody says about a plan, at a place of it or at a unit."""

    __tablename__ = "plan_comment"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    path: Mapped[str] = mapped_column(Ltree)
    body: Mapped[str]
    unit_key: Mapped[int | None] = mapped_column(BigInteger)
    geom: Mapped[WKBElement | None] = geometry_column("POINT", nullable=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Now]
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When somebody said that it is dealt with."""

    __table_args__ = (
        CheckConstraint("body <> ''", name="says_something"),
        # Usage: the comments of a plan, in their order.
        Index("ix_plan_comment_plan", "plan_id", "id"),
    )


class PlanLock(Base):
    """A unit or building that no move of a plan may change."""

    __tablename__ = "plan_lock"

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    path: Mapped[str] = mapped_column(Ltree)
    unit_key: Mapped[int | None] = mapped_column(BigInteger)
    building_id: Mapped[int | None] = mapped_column(ForeignKey("building.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Now]

    __table_args__ = (
        CheckConstraint("num_nonnulls(unit_key, building_id) = 1", name="locks_one_thing"),
        UniqueConstraint("plan_id", "unit_key", "building_id", postgresql_nulls_not_distinct=True),
    )


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
        # Usage: what a move changed.
        Index("ix_plan_unit_move", "move_id"),
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
        # Usage: the buildings that a plan has placed in a leaf.
        Index("ix_plan_place_unit", "plan_id", "unit_key"),
    )
