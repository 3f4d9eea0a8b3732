"""Households: building, unit, room; use of the dwelling, permanent residence and care apart. Protected: of a person."""

from __future__ import annotations

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Now, Period, Sourced
from gridsvc.database.tables.units import CURRENT


class Household(Sourced, Base):
    """A dwelling or shop by its address below the building; what stays the same about it."""

    __tablename__ = "household"

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    entrance: Mapped[str] = mapped_column(server_default="")
    """The unit (单元) of the building; empty where it has none."""
    room: Mapped[str]
    path: Mapped[str] = mapped_column(Ltree, server_default="")
    """That of its building today; sql/75_people.sql keeps it."""

    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "source", "source_ref"),
        # Usage: a household by its address; the households of a building.
        UniqueConstraint("building_id", "entrance", "room"),
        # Usage: the households at or below a path, under the functions of sql/.
        Index("ix_household_path", "path", postgresql_using="gist"),
    )


class HouseholdVersion(Base):
    """A household as it was during a period."""

    __tablename__ = "household_version"

    id: Mapped[Key]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    valid: Mapped[Period]
    use: Mapped[str]
    """own, let, vacant or shop: exactly one."""
    resident: Mapped[bool | None]
    """Whether somebody lives there permanently (常住); apart from the use."""
    persons: Mapped[int | None]
    care: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    """Keys of domain.households.CARE: elderly, living alone, sick, disabled."""
    away: Mapped[bool] = mapped_column(default=False)
    """Away for long, to be matched with members who are."""
    source_digest: Mapped[str]

    __table_args__ = (
        CheckConstraint("use IN ('own', 'let', 'vacant', 'shop')", name="use_is_known"),
        CheckConstraint("persons >= 0", name="persons_are_not_negative"),
        ExcludeConstraint(
            ("household_id", "="), ("valid", "&&"), name="ex_household_version_one_at_a_time", deferrable=True, initially="DEFERRED"
        ),
        # Usage: the household as it is now; one version at a time.
        Index("uq_household_version_current", "household_id", unique=True, postgresql_where=CURRENT),
    )


class AddressAlias(Base):
    """What people call a place: a spelling that was once corrected by hand, and the building it means."""

    __tablename__ = "address_alias"

    id: Mapped[Key]
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    spelling: Mapped[str]
    """Everything before unit and room, as domain.addresses compares it."""
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    learned_at: Mapped[Now]

    __table_args__ = (UniqueConstraint("jurisdiction_id", "spelling"),)


class AddressReview(Base):
    """An address that found no building, or several, and waits for a person to say which one is meant. Protected: of a person."""

    __tablename__ = "address_review"

    id: Mapped[Key]
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    noun: Mapped[str]
    """What has it: person or household."""
    source: Mapped[str]
    source_ref: Mapped[str]
    address: Mapped[str]
    seen_at: Mapped[Now]
    path: Mapped[str] = mapped_column(Ltree, server_default="")
    """The place of whoever brought it in, and so answers it; the jurisdiction's where nobody said."""

    __table_args__ = (UniqueConstraint("jurisdiction_id", "noun", "source", "source_ref", "path"),)
