"""Aliases: what ledgers call a compound or a building."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alias",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("compound", sa.Text(), server_default="", nullable=False),
        sa.Column("spelling", sa.Text(), nullable=False),
        sa.Column("compound_id", sa.BigInteger(), nullable=True),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("learned_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(compound_id, building_id) = 1", name=op.f("ck_alias_means_one_thing")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_alias_building_id")),
        sa.ForeignKeyConstraint(["compound_id"], ["compound.id"], name=op.f("fk_alias_compound_id")),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_alias_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
        sa.UniqueConstraint("jurisdiction_id", "compound", "spelling", name=op.f("uq_alias_jurisdiction_id_compound_spelling")),
    )


def downgrade() -> None:
    op.drop_table("alias")
