"""Appointments: who holds which post where, for a period. The post and its duty phone are public, who holds it is of a person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Period, PublicId
from gridsvc.database.tables.units import CURRENT


class Appointment(Base):
    """A person in a post at one place during a period; what has ended stays."""

    __tablename__ = "appointment"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    post: Mapped[str]
    """A tier's key of the scheme, or a key of domain.posts.POSTS."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("building.id"))
    street_id: Mapped[int | None] = mapped_column(ForeignKey("street.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """A member's home as the hub of a few households (党员中心户)."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """The branch, group, station's team or unit the post belongs to; alone where the post hangs at no ground."""
    deputy: Mapped[bool] = mapped_column(default=False)
    roster: Mapped[str] = mapped_column(server_default="ordinary")
    """ordinary (平时), or urgent (急时): the thicker roster, which counts while it is switched on there."""
    origin: Mapped[str | None]
    """Where a secretary comes from: a key of domain.posts.ORIGINS."""
    duty_phone: Mapped[str | None]
    """The post's own phone, which is public."""
    role: Mapped[str | None]
    """The role of domain.permissions that the post carries at its ground while it is held."""
    state: Mapped[str] = mapped_column(server_default="held")
    """held, or proposed (待确认): the successor after a redraw, until the competent organisation confirms."""
    ends_on: Mapped[date | None]
    """When the term runs out; the period ends when somebody says so."""
    reason: Mapped[str | None]
    """Why it was given or ended."""
    valid: Mapped[Period]
    paths: Mapped[list[str]] = mapped_column(ARRAY(Ltree), server_default="{}")
    """The ground it covers today; sql/75_people.sql keeps it."""

    __table_args__ = (
        CheckConstraint("num_nonnulls(unit_id, building_id, street_id, household_id) <= 1", name="hangs_at_one_place"),
        CheckConstraint("num_nonnulls(unit_id, building_id, street_id, household_id, organisation_id) >= 1", name="belongs_somewhere"),
        CheckConstraint("roster IN ('ordinary', 'urgent')", name="roster_is_known"),
        CheckConstraint("state IN ('held', 'proposed')", name="state_is_known"),
        # Usage: the posts of a person; scopes(), on every transaction of somebody signed in.
        Index("ix_appointment_person", "person_id", postgresql_where=CURRENT),
        # Usage: the leaders of a unit.
        Index("ix_appointment_unit", "unit_id", postgresql_where=CURRENT),
        # Usage: the heads of a building.
        Index("ix_appointment_building", "building_id", postgresql_where=CURRENT),
        # Usage: the posts of an organisation.
        Index("ix_appointment_organisation", "organisation_id", postgresql_where=CURRENT),
        # Usage: the posts at or below a path.
        Index("ix_appointment_paths", "paths", postgresql_using="gist"),
        # Usage: none but the rule: one person holds one post at one place once.
        Index(
            "uq_appointment_once",
            "person_id",
            "post",
            text("coalesce(unit_id, 0)"),
            text("coalesce(building_id, 0)"),
            text("coalesce(street_id, 0)"),
            text("coalesce(household_id, 0)"),
            text("coalesce(organisation_id, 0)"),
            "roster",
            "state",
            unique=True,
            postgresql_where=CURRENT,
        ),
    )
