"""Facilities: stations, parking lots and spaces, fire lanes, gates, and where each stands."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from gridsvc.database.base import Ltree

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CURRENT = text("upper_inf(valid)")
NOUNS = ("station", "gate", "parking_lot", "parking_space", "fire_lane")
PROTECTED = ("parking_lot", "parking_space", "fire_lane")


def upgrade() -> None:
    for noun in NOUNS:
        _identity(noun)
    _version(
        "station",
        "POINT",
        *_texts("name", "hours", "phone", "address", "premises", "services"),
        _kind(),
        _number("floor_area_m2"),
        *_link("station", "compound"),
    )
    _version("gate", "POINT", *_texts("name"), _kind(), *_link("gate", "compound"))
    _version(
        "parking_lot",
        "GEOMETRY",
        *_texts("name", "level"),
        _kind(),
        sa.Column("capacity", sa.Integer()),
        _number("area_m2"),
        *_link("parking_lot", "compound"),
    )
    _version(
        "parking_space",
        "GEOMETRY",
        *_texts("number", "level"),
        _kind(),
        _number("area_m2"),
        *_link("parking_space", "parking_lot", "lot_id"),
    )
    _version(
        "fire_lane", "GEOMETRY", *_texts("name"), _kind("form"), *map(_number, ("clear_width_m", "clear_height_m", "length_m", "area_m2"))
    )
    for noun in NOUNS:
        _place(noun)
    for noun in ("station", "gate"):
        op.create_index(
            f"ix_{noun}_version_name",
            f"{noun}_version",
            ["name"],
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
            postgresql_where=CURRENT,
        )
    op.create_index("ix_parking_space_version_lot", "parking_space_version", ["lot_id"], postgresql_where=CURRENT)


def downgrade() -> None:
    for noun in reversed(NOUNS):
        op.drop_table(f"{noun}_place")
    for noun in ("fire_lane", "parking_space", "parking_lot", "gate", "station"):
        op.drop_table(f"{noun}_version")
    for noun in reversed(NOUNS):
        op.drop_table(noun)


def _identity(noun: str) -> None:
    paths = [sa.Column("paths", sa.ARRAY(Ltree()), server_default="{}", nullable=False)] if noun in PROTECTED else []
    op.create_table(
        noun,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=text("gen_random_uuid()"), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        *paths,
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f(f"fk_{noun}_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{noun}")),
        sa.UniqueConstraint("jurisdiction_id", "source", "source_ref", name=op.f(f"uq_{noun}_jurisdiction_id_source_source_ref")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{noun}_public_id")),
        postgresql_with={"fillfactor": 50} if noun in PROTECTED else {},
    )


def _version(noun: str, geometry: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        f"{noun}_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        sa.Column(f"{noun}_id", sa.BigInteger(), nullable=False),
        sa.Column("geom", Geometry(geometry, srid=4490, dimension=2, spatial_index=False, nullable=False), nullable=False),
        *columns,
        _one_at_a_time(f"{noun}_version", f"{noun}_id"),
        sa.ForeignKeyConstraint([f"{noun}_id"], [f"{noun}.id"], name=op.f(f"fk_{noun}_version_{noun}_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{noun}_version")),
    )
    op.create_index(f"ix_{noun}_version_geom", f"{noun}_version", ["geom"], postgresql_using="gist", postgresql_where=CURRENT)
    op.create_index(f"uq_{noun}_version_current", f"{noun}_version", [f"{noun}_id"], unique=True, postgresql_where=CURRENT)


def _place(noun: str) -> None:
    once = [f"{noun}_id", "unit_id"] if noun == "fire_lane" else [f"{noun}_id"]
    op.create_table(
        f"{noun}_place",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(f"{noun}_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        *([_number("length_m")] if noun == "fire_lane" else []),
        _one_at_a_time(f"{noun}_place", *once),
        sa.CheckConstraint("NOT pinned OR reason IS NOT NULL", name=op.f(f"ck_{noun}_place_a_pin_has_a_reason")),
        sa.ForeignKeyConstraint([f"{noun}_id"], [f"{noun}.id"], name=op.f(f"fk_{noun}_place_{noun}_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f(f"fk_{noun}_place_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{noun}_place")),
    )
    op.create_index(f"uq_{noun}_place_current", f"{noun}_place", once, unique=True, postgresql_where=CURRENT)
    op.create_index(f"ix_{noun}_place_unit", f"{noun}_place", ["unit_id"], postgresql_where=CURRENT)


def _one_at_a_time(table: str, *columns: str) -> postgresql.ExcludeConstraint:
    elements = [(sa.column(column), "=") for column in columns]
    return postgresql.ExcludeConstraint(
        *elements, (sa.column("valid"), "&&"), deferrable=True, initially="DEFERRED", using="gist", name=f"ex_{table}_one_at_a_time"
    )


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Double(), nullable=True)


def _kind(name: str = "kind") -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _link(noun: str, to: str, name: str | None = None) -> list[sa.schema.SchemaItem]:
    column = name or f"{to}_id"
    return [
        sa.Column(column, sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{noun}_version_{column}")),
    ]
