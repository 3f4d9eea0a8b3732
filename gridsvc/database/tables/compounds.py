"""Compounds (小区): outlines that do not tile, related to grids through their buildings."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Period, Sourced, geometry_column
from gridsvc.database.tables.periods import one_at_a_time
from gridsvc.database.tables.units import CURRENT


class Compound(Sourced, Base):
    """What stays the same about a compound, and how its source names it."""

    __tablename__ = "compound"


class CompoundVersion(Base):
    """A compound as it was during a period."""

    __tablename__ = "compound_version"

    id: Mapped[Key]
    compound_id: Mapped[int] = mapped_column(ForeignKey("compound.id"))
    valid: Mapped[Period]
    name: Mapped[str | None]
    """None while nobody has given a name; a finding asks for it."""
    geom: Mapped[WKBElement] = geometry_column("MULTIPOLYGON")
    area_m2: Mapped[float]
    source_digest: Mapped[str]

    __table_args__ = (
        *one_at_a_time("compound_version", "compound_id"),
        # Usage: the resident data, and the compound of a building.
        Index("ix_compound_version_geom", "geom", postgresql_using="gist", postgresql_where=CURRENT),
        # Usage: search by part of a name.
        Index(
            "ix_compound_version_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}, postgresql_where=CURRENT
        ),
    )
