"""What the tables of things that stand in the grid have in common: versions, places, and paths of what is protected."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from gridsvc.database.base import Key, Ltree, Period
from gridsvc.database.tables.periods import one_at_a_time
from gridsvc.database.tables.units import CURRENT


class Guarded:
    """A thing whose rows are of a place: read and written where a scope covers one of the leaves it stands in."""

    paths: Mapped[list[str]] = mapped_column(ARRAY(Ltree), server_default="{}")
    """The leaves it stands in today, the largest share first; its jurisdiction while there is none. sql/70_facilities.sql keeps it."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805  # SQLAlchemy hands over the class
        """Leave room beside each row: whatever comes in gets its paths a moment later."""
        return (UniqueConstraint("jurisdiction_id", "source", "source_ref"), {"postgresql_with": {"fillfactor": 50}})


class Version:
    """A thing as it was during a period."""

    noun: ClassVar[str]
    """The table of the thing itself."""

    id: Mapped[Key]
    valid: Mapped[Period]
    source_digest: Mapped[str]

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805  # SQLAlchemy hands over the class
        """Return the name of the table."""
        return f"{cls.noun}_version"

    @declared_attr
    def thing_id(cls) -> Mapped[int]:  # noqa: N805  # the same
        """Return the column that names the thing."""
        return mapped_column(f"{cls.noun}_id", ForeignKey(f"{cls.noun}.id"))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805  # the same
        """Return what holds for every such table: one version at a time."""
        return (
            *one_at_a_time(f"{cls.noun}_version", f"{cls.noun}_id"),
            # Usage: what stands in a box, for tiles and pages.
            Index(f"ix_{cls.noun}_version_geom", "geom", postgresql_using="gist", postgresql_where=CURRENT),
        )


class Place:
    """Which leaf a thing stood in during a period."""

    noun: ClassVar[str]
    alone: ClassVar[tuple[str, ...]] = ()
    """The columns besides the thing of which one row holds at a time."""

    id: Mapped[Key]
    valid: Mapped[Period]
    share: Mapped[float]
    """0 to 1: how much of it stands in this leaf."""
    pinned: Mapped[bool] = mapped_column(default=False)
    """A hand-made exception, which survives redraws."""
    reason: Mapped[str | None]

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805  # SQLAlchemy hands over the class
        """Return the name of the table."""
        return f"{cls.noun}_place"

    @declared_attr
    def thing_id(cls) -> Mapped[int]:  # noqa: N805  # the same
        """Return the column that names the thing."""
        return mapped_column(f"{cls.noun}_id", ForeignKey(f"{cls.noun}.id"))

    @declared_attr
    def unit_id(cls) -> Mapped[int]:  # noqa: N805  # the same
        """Return the column that names the leaf."""
        return mapped_column(ForeignKey("unit.id"))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805  # the same
        """Return what holds for every such table: one place at a time, and a pin has its reason."""
        return (
            CheckConstraint("NOT pinned OR reason IS NOT NULL", name="a_pin_has_a_reason"),
            *one_at_a_time(f"{cls.noun}_place", f"{cls.noun}_id", *cls.alone),
            # Usage: what stands in a unit, now.
            Index(f"ix_{cls.noun}_place_unit", "unit_id", postgresql_where=CURRENT),
        )
