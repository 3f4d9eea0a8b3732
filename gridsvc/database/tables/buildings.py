"""Buildings: the atoms; where each is placed; how many households it has (protected)."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Period, Sourced, geometry_column
from gridsvc.database.tables.periods import one_at_a_time
from gridsvc.database.tables.units import CURRENT


class Building(Sourced, Base):
    """What stays the same about a building, and how its source names it."""

    __tablename__ = "building"


class BuildingVersion(Base):
    """A building as it was during a period."""

    __tablename__ = "building_version"

    id: Mapped[Key]
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    valid: Mapped[Period]
    name: Mapped[str | None]
    """The number or name people call it by: 3号楼."""
    use: Mapped[str | None]
    floors: Mapped[int | None]
    height_m: Mapped[float | None]
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"))
    geom: Mapped[WKBElement] = geometry_column("MULTIPOLYGON")
    footprint_m2: Mapped[float]
    source_digest: Mapped[str]

    __table_args__ = (
        *one_at_a_time("building_version", "building_id"),
        # Usage: which buildings a change of borders touches; the building at a point at a date.
        Index("ix_building_version_geom", "geom", postgresql_using="gist"),
        # Usage: the buildings of a compound, now.
        Index("ix_building_version_compound", "compound_id", postgresql_where=CURRENT),
        # Usage: search by part of a name.
        Index(
            "ix_building_version_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}, postgresql_where=CURRENT
        ),
    )


class BuildingPlace(Base):
    """Which leaf a building belonged to during a period."""

    __tablename__ = "building_place"

    id: Mapped[Key]
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    valid: Mapped[Period]
    share: Mapped[float]
    """0 to 1: how much of the footprint lies in this leaf."""
    cut_m2: Mapped[float]
    """The largest part of the footprint that lies in one other leaf."""
    pinned: Mapped[bool] = mapped_column(default=False)
    """A hand-made exception, which survives redraws."""
    reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("NOT pinned OR reason IS NOT NULL", name="a_pin_has_a_reason"),
        *one_at_a_time("building_place", "building_id"),
        # Usage: which buildings a border cuts, the worst first.
        Index("ix_building_place_cut", "cut_m2", postgresql_where=text("upper_inf(valid) AND cut_m2 > 0")),
        # Usage: the buildings of a unit, now.
        Index("ix_building_place_unit", "unit_id", postgresql_where=CURRENT),
    )


class BuildingHouseholds(Base):
    """How many households and shops a building had during a period. Protected: of a place."""

    __tablename__ = "building_households"

    id: Mapped[Key]
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    valid: Mapped[Period]
    households: Mapped[int]
    shops: Mapped[int | None]
    basis: Mapped[str]
    """counted, or estimated from floors and footprint."""
    path: Mapped[str] = mapped_column(Ltree, server_default="")
    """Where the building stands today; sql/20_paths.sql keeps it."""

    __table_args__ = (
        CheckConstraint("households >= 0 AND shops >= 0", name="counts_are_not_negative"),
        CheckConstraint("basis IN ('counted', 'estimated')", name="basis_is_known"),
        *one_at_a_time("building_households", "building_id"),
        # Usage: sums per unit under the functions of sql/: everything at or below a path.
        Index("ix_building_households_path", "path", postgresql_using="gist"),
    )
