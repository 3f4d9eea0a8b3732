"""Barriers: rivers, water, railways, walls; lines or areas, for building grids, for 四至 and for the base map."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Period, Sourced, geometry_column
from gridsvc.database.tables.periods import one_at_a_time
from gridsvc.database.tables.units import CURRENT


class Barrier(Sourced, Base):
    """What stays the same about a barrier, and how its source names it."""

    __tablename__ = "barrier"


class BarrierVersion(Base):
    """A barrier as it was during a period."""

    __tablename__ = "barrier_version"

    id: Mapped[Key]
    barrier_id: Mapped[int] = mapped_column(ForeignKey("barrier.id"))
    valid: Mapped[Period]
    name: Mapped[str | None]
    kind: Mapped[str]
    """A name of domain.barriers.BARRIERS."""
    geom: Mapped[WKBElement] = geometry_column("GEOMETRY")
    source_digest: Mapped[str]

    __table_args__ = (
        *one_at_a_time("barrier_version", "barrier_id"),
        # Usage: the resident data, and barriers in a box.
        Index("ix_barrier_version_geom", "geom", postgresql_using="gist", postgresql_where=CURRENT),
    )
