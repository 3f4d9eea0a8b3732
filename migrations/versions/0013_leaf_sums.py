"""Sums by leaf, and an index of the buildings that a border cuts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaf_sum",
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_leaf_sum_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "noun", "kind", name=op.f("pk_leaf_sum")),
    )
    op.create_index("ix_building_place_cut", "building_place", ["cut_m2"], postgresql_where=sa.text("upper_inf(valid) AND cut_m2 > 0"))


def downgrade() -> None:
    op.drop_index("ix_building_place_cut", "building_place")
    op.drop_table("leaf_sum")
