"""Periods kept apart at less cost: current rows by a unique index, past ones by exclusion."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CURRENT, PAST = sa.text("upper_inf(valid)"), "WHERE (NOT upper_inf(valid))"
FIRST = ("building_version", "street_version", "compound_version", "barrier_version", "building_households")
"""Those that had no index of current rows."""
NOUNS = ("station", "gate", "parking_lot", "parking_space", "fire_lane")
TABLES = (*FIRST, "building_place", *(f"{noun}_{part}" for noun in NOUNS for part in ("version", "place")))


def upgrade() -> None:
    op.drop_index("ix_building_households_building", "building_households")
    for table in TABLES:
        _exclude(table, PAST)
        op.create_index(f"ix_{table}_thing", table, [_thing(table)])
        if table in FIRST:
            op.create_index(f"uq_{table}_current", table, [_thing(table)], unique=True, postgresql_where=CURRENT)


def downgrade() -> None:
    for table in TABLES:
        if table in FIRST:
            op.drop_index(f"uq_{table}_current", table)
        op.drop_index(f"ix_{table}_thing", table)
        _exclude(table)
    op.create_index("ix_building_households_building", "building_households", ["building_id"])


def _exclude(table: str, where: str = "") -> None:
    name, columns = f"ex_{table}_one_at_a_time", [_thing(table), *(["unit_id"] if table == "fire_lane_place" else [])]
    same = ", ".join(f"{column} WITH =" for column in columns)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({same}, valid WITH &&) {where} DEFERRABLE INITIALLY DEFERRED"
    )


def _thing(table: str) -> str:
    return table.rpartition("_")[0] + "_id"
