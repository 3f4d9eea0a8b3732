"""Organisations and the ground they are attached to, many to many. Public: an organisation is nobody's person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Period, Sourced
from gridsvc.database.tables.units import CURRENT


class Organisation(Sourced, Base):
    """What stays the same about an organisation, and how its source names it."""

    __tablename__ = "organisation"


class OrganisationVersion(Base):
    """An organisation as it was during a period."""

    __tablename__ = "organisation_version"

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    valid: Mapped[Period]
    name: Mapped[str]
    kind: Mapped[str]
    """A key of domain.organisations.KINDS."""
    set_up: Mapped[str | None]
    """How a branch was set up: a key of domain.organisations.SET_UPS."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    phone: Mapped[str | None]
    """Its office's phone, which is public; never a person's own."""
    contract_from: Mapped[date | None]
    contract_until: Mapped[date | None]
    """The contract of a property company."""
    score: Mapped[float | None]
    """The last assessment of a property company (量化评分)."""
    note: Mapped[str | None]
    source_digest: Mapped[str]

    __table_args__ = (
        ExcludeConstraint(
            ("organisation_id", "="), ("valid", "&&"), name="ex_organisation_version_one_at_a_time", deferrable=True, initially="DEFERRED"
        ),
        # Usage: the organisation as it is now; one version at a time.
        Index("uq_organisation_version_current", "organisation_id", unique=True, postgresql_where=CURRENT),
        # Usage: search by part of a name.
        Index(
            "ix_organisation_version_name",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
            postgresql_where=CURRENT,
        ),
        # Usage: the groups of a branch, the branches of a committee.
        Index("ix_organisation_version_parent", "parent_id", postgresql_where=CURRENT),
    )


class OrganisationGround(Base):
    """The ground an organisation was attached to during a period: a unit of any level, a compound, a building or a street."""

    __tablename__ = "organisation_ground"

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("building.id"))
    street_id: Mapped[int | None] = mapped_column(ForeignKey("street.id"))
    leads: Mapped[bool] = mapped_column(default=True)
    """Where a joint one counts: once, at the ground that leads (联建); elsewhere it is listed."""
    valid: Mapped[Period]

    __table_args__ = (
        CheckConstraint("num_nonnulls(unit_id, compound_id, building_id, street_id) = 1", name="stands_at_one_place"),
        # Usage: the ground of an organisation; it leads in one place at a time.
        Index("uq_organisation_ground_leading", "organisation_id", unique=True, postgresql_where=text("leads AND upper_inf(valid)")),
        # Usage: the organisations of a unit.
        Index("ix_organisation_ground_unit", "unit_id", postgresql_where=CURRENT),
        # Usage: the organisations of a compound.
        Index("ix_organisation_ground_compound", "compound_id", postgresql_where=CURRENT),
        # Usage: the organisations of a building.
        Index("ix_organisation_ground_building", "building_id", postgresql_where=CURRENT),
    )
