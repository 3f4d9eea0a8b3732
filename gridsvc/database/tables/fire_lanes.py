"""Fire lanes: ways and sites kept free for fire engines. Protected: of a place."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy.orm import Mapped

from gridsvc.database.base import Base, Sourced, geometry_column
from gridsvc.database.tables.facilities import Guarded, Place, Version


class FireLane(Guarded, Sourced, Base):
    """What stays the same about a fire lane, and how its source names it."""

    __tablename__ = "fire_lane"


class FireLaneVersion(Version, Base):
    """A fire lane as it was during a period."""

    noun = "fire_lane"

    name: Mapped[str | None]
    form: Mapped[str]
    """A name of domain.fire_lanes.FORMS."""
    clear_width_m: Mapped[float | None]
    clear_height_m: Mapped[float | None]
    geom: Mapped[WKBElement] = geometry_column("GEOMETRY")
    """A multilinestring, or a multipolygon."""
    length_m: Mapped[float | None]
    """None for a polygon."""
    area_m2: Mapped[float | None]
    """None for a line."""


class FireLanePlace(Place, Base):
    """Through which leaf a fire lane ran during a period; one that crosses a border has several rows at once."""

    noun = "fire_lane"
    alone = ("unit_id",)

    length_m: Mapped[float | None]
    """How much of it runs in this leaf; None for a polygon."""
