"""Units: identity, versions, codes, drawn shapes, lineage."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Period, PublicId, geometry_column

CURRENT = text("upper_inf(valid)")


class Unit(Base):
    """What stays the same about a unit while its border, name, code and parent change."""

    __tablename__ = "unit"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))


class UnitVersion(Base):
    """A unit as it was during a period."""

    __tablename__ = "unit_version"

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    """The edition that opened this version."""
    valid: Mapped[Period]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(Ltree)
    """Labels from the jurisdiction down to this unit."""
    level: Mapped[int] = mapped_column(SmallInteger)
    """1 is the top level of the scheme; a remainder stands one below its parent."""
    kind: Mapped[str]
    """A name of domain.units.KINDS."""
    code: Mapped[str | None]
    name: Mapped[str]
    leaf: Mapped[bool]
    """A leaf has a drawn boundary; the others are the union of their children."""
    geom: Mapped[WKBElement] = geometry_column("MULTIPOLYGON")
    area_m2: Mapped[float]
    reported: Mapped[WKBElement | None] = geometry_column("MULTIPOLYGON", nullable=True)
    """The boundary that an import drew for a unit whose computed one differs."""
    source: Mapped[str | None]
    source_digest: Mapped[str | None]
    """What the import last brought for this unit, so that the same file changes nothing."""
    ended_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    """The edition that ended this version; instants do not tell, since several editions may begin at the same one."""

    __table_args__ = (
        CheckConstraint("kind <> 'remainder' OR (code IS NULL AND leaf)", name="remainder_is_a_leaf_without_code"),
        ExcludeConstraint(("unit_id", "="), ("valid", "&&"), name="ex_unit_version_one_at_a_time", deferrable=True, initially="DEFERRED"),
        # Usage: the resident data and every page: the current units of a jurisdiction.
        Index("ix_unit_version_current", "jurisdiction_id", postgresql_where=CURRENT),
        # Usage: a unit as it is now; one version at a time.
        Index("uq_unit_version_now", "unit_id", unique=True, postgresql_where=CURRENT),
        # Usage: children of a unit, now.
        Index("ix_unit_version_parent", "parent_id", postgresql_where=CURRENT),
        # Usage: whose ground was this point at a date (history), and which units a box shows.
        Index("ix_unit_version_geom", "geom", postgresql_using="gist"),
        # Usage: everything at or below a path.
        Index("ix_unit_version_path", "path", postgresql_using="gist", postgresql_where=CURRENT),
        # Usage: search by part of a name.
        Index("ix_unit_version_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}, postgresql_where=CURRENT),
        # Usage: search by the beginning of a code; a code belongs to one current unit only.
        Index(
            "uq_unit_version_code", "jurisdiction_id", "code", unique=True, postgresql_where=text("upper_inf(valid) AND code IS NOT NULL")
        ),
    )


class UnitCode(Base):
    """Which unit a code was given to; a code is never given to another."""

    __tablename__ = "unit_code"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))


class UnitShape(Base):
    """A current unit simplified for a band of zooms; for drawing only."""

    __tablename__ = "unit_shape"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """The lowest zoom of its band: a key of geodata.topology.BANDS."""
    geom: Mapped[WKBElement] = geometry_column("MULTIPOLYGON")


class Lineage(Base):
    """What share of one unit's ground went to another in an edition."""

    __tablename__ = "lineage"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    area_m2: Mapped[float]
    area_share: Mapped[float]
    """0 to 1, of the ground that the first unit had."""
    household_share: Mapped[float | None]
    """0 to 1, of the households that the first unit had; none where none were known."""
