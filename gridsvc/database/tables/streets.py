"""Streets: lines with a class, for the base map and for heads of streets (街长)."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Period, Sourced, geometry_column
from gridsvc.database.tables.periods import one_at_a_time
from gridsvc.database.tables.units import CURRENT


class Street(Sourced, Base):
    """What stays the same about a street, and how its source names it."""

    __tablename__ = "street"


class StreetVersion(Base):
    """A street as it was during a period."""

    __tablename__ = "street_version"

    id: Mapped[Key]
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    valid: Mapped[Period]
    name: Mapped[str | None]
    street_class: Mapped[str]
    """A name of domain.streets.CLASSES."""
    geom: Mapped[WKBElement] = geometry_column("MULTILINESTRING")
    length_m: Mapped[float]
    source_digest: Mapped[str]

    __table_args__ = (
        *one_at_a_time("street_version", "street_id"),
        # Usage: the resident data, and streets in a box.
        Index("ix_street_version_geom", "geom", postgresql_using="gist", postgresql_where=CURRENT),
    )
