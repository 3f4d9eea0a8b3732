"""Stations: service points with hours and duty phone. Public."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Sourced, geometry_column
from gridsvc.database.tables.facilities import Place, Version
from gridsvc.database.tables.units import CURRENT


class Station(Sourced, Base):
    """What stays the same about a station, and how its source names it."""

    __tablename__ = "station"


class StationVersion(Version, Base):
    """A station as it was during a period."""

    noun = "station"

    name: Mapped[str | None]
    kind: Mapped[str]
    """A name of domain.stations.KINDS."""
    hours: Mapped[str | None]
    """When it is open, as its source says it."""
    phone: Mapped[str | None]
    """Its duty phone, which is public; never a person's own."""
    address: Mapped[str | None]
    floor_area_m2: Mapped[float | None]
    premises: Mapped[str | None]
    """A name of domain.stations.PREMISES."""
    services: Mapped[str | None]
    """What is done there, as its source says it."""
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"))
    geom: Mapped[WKBElement] = geometry_column("POINT")


class StationPlace(Place, Base):
    """Which leaf a station stood in during a period."""

    noun = "station"


# Usage: search by part of a name.
Index(
    "ix_station_version_name",
    StationVersion.__table__.c.name,
    postgresql_using="gin",
    postgresql_ops={"name": "gin_trgm_ops"},
    postgresql_where=CURRENT,
)
