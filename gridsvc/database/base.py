"""What all tables share: names of constraints, the one SRID, ranges of validity."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, MetaData, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import UserDefinedType

from geodata.crs import STORED

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class Ltree(UserDefinedType[str]):
    """A path of labels, root first: `j1.2a.2b`."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the name of the type in PostgreSQL."""
        return "LTREE"


ischema_names["ltree"] = Ltree
"""So that a comparison of models and database knows the type."""

Key = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
PublicId = Annotated[uuid.UUID, mapped_column(Uuid, server_default=text("gen_random_uuid()"), unique=True)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=text("now()"))]
Words = Annotated[str, mapped_column(Text)]
Period = Annotated[Range[datetime], mapped_column(TSTZRANGE)]
"""A half-open range; current rows have no upper end, rows that another replaced at the same instant are empty."""


class Base(DeclarativeBase):
    """The declarative base; text columns are TEXT."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: Text()}  # noqa: RUF012  # SQLAlchemy reads this attribute from the class


def geometry_column(kind: str, *, nullable: bool = False) -> Mapped[WKBElement]:
    """Return a column of this geometry kind in the stored CRS; its indexes are named beside the table."""
    return mapped_column(Geometry(kind, srid=STORED, spatial_index=False), nullable=nullable)


class Sourced:
    """What stays the same about a thing of a jurisdiction, and what its source calls it."""

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    source: Mapped[str]
    """Whose numbering it is known by."""
    source_ref: Mapped[str]

    @declared_attr
    def jurisdiction_id(cls) -> Mapped[int]:  # noqa: N805  # SQLAlchemy hands over the class
        """Return the column that names its jurisdiction."""
        return mapped_column(ForeignKey("jurisdiction.id"))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[SchemaItem, ...]:  # noqa: N805  # the same
        """Return what holds for every such table: a source uses a number once."""
        return (UniqueConstraint("jurisdiction_id", "source", "source_ref"),)
