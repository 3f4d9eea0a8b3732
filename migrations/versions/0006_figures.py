"""Reported figures: what an account says beside what is computed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reported_figure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("unit_codes", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("counts_zh", sa.Text(), nullable=False),
        sa.Column("counts_en", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "qualifier IN ('exact', 'at_least', 'under', 'about', 'chosen')", name=op.f("ck_reported_figure_qualifier_is_known")
        ),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_reported_figure_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_figure")),
        sa.UniqueConstraint(
            "jurisdiction_id", "account", "key", "unit_codes", name=op.f("uq_reported_figure_jurisdiction_id_account_key_unit_codes")
        ),
    )


def downgrade() -> None:
    op.drop_table("reported_figure")
