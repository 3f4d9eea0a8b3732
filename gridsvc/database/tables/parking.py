"""Parking lots and spaces. Protected: of a place."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Sourced, geometry_column
from gridsvc.database.tables.facilities import Guarded, Place, Version
from gridsvc.database.tables.units import CURRENT


class ParkingLot(Guarded, Sourced, Base):
    """What stays the same about a parking lot, and how its source names it."""

    __tablename__ = "parking_lot"


class ParkingLotVersion(Version, Base):
    """A parking lot as it was during a period."""

    noun = "parking_lot"

    name: Mapped[str | None]
    kind: Mapped[str]
    """A name of domain.parking.KINDS."""
    level: Mapped[str | None]
    """A name of domain.parking.LEVELS."""
    capacity: Mapped[int | None]
    """How many spaces its source says it has, whether they are drawn or not."""
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"))
    geom: Mapped[WKBElement] = geometry_column("GEOMETRY")
    """A multipolygon, or a point."""
    area_m2: Mapped[float | None]
    """None for a point."""


class ParkingLotPlace(Place, Base):
    """Which leaf a parking lot stood in during a period."""

    noun = "parking_lot"


class ParkingSpace(Guarded, Sourced, Base):
    """What stays the same about a parking space, and how its source names it."""

    __tablename__ = "parking_space"


class ParkingSpaceVersion(Version, Base):
    """A parking space as it was during a period."""

    noun = "parking_space"

    number: Mapped[str | None]
    """What is painted on it."""
    kind: Mapped[str]
    """A name of domain.parking.KINDS."""
    level: Mapped[str | None]
    """A name of domain.parking.LEVELS."""
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("parking_lot.id"))
    geom: Mapped[WKBElement] = geometry_column("GEOMETRY")
    """A multipolygon, or a point."""
    area_m2: Mapped[float | None]
    """None for a point."""


class ParkingSpacePlace(Place, Base):
    """Which leaf a parking space stood in during a period."""

    noun = "parking_space"


# Usage: how many spaces of a lot are drawn.
Index("ix_parking_space_version_lot", ParkingSpaceVersion.__table__.c.lot_id, postgresql_where=CURRENT)
