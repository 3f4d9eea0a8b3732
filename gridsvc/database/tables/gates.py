"""Gates of compounds: points where people or vehicles pass. Public."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Sourced, geometry_column
from gridsvc.database.tables.facilities import Place, Version
from gridsvc.database.tables.units import CURRENT


class Gate(Sourced, Base):
    """What stays the same about a gate, and how its source names it."""

    __tablename__ = "gate"


class GateVersion(Version, Base):
    """A gate as it was during a period."""

    noun = "gate"

    name: Mapped[str | None]
    kind: Mapped[str]
    """A name of domain.gates.KINDS."""
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"))
    geom: Mapped[WKBElement] = geometry_column("POINT")


class GatePlace(Place, Base):
    """Which leaf a gate stood in during a period."""

    noun = "gate"


# Usage: search by part of a name.
Index(
    "ix_gate_version_name",
    GateVersion.__table__.c.name,
    postgresql_using="gin",
    postgresql_ops={"name": "gin_trgm_ops"},
    postgresql_where=CURRENT,
)
