"""Proposals for redrawing plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from gridsvc.database.base import Ltree

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_plan_proposal_account_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_proposal_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_proposal_public_id")),
    )
    op.create_index("ix_plan_proposal_plan", "plan_proposal", ["plan_id", "id"], unique=False)
    op.create_table(
        "plan_alternative",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("serial", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("measures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["plan_proposal.id"], name=op.f("fk_plan_alternative_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_alternative")),
        sa.UniqueConstraint("proposal_id", "serial", name=op.f("uq_plan_alternative_proposal_id_serial")),
    )
    op.create_table(
        "plan_alternative_unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alternative_id", sa.BigInteger(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("anchor", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON", srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("buildings", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["alternative_id"], ["plan_alternative.id"], name=op.f("fk_plan_alternative_unit_alternative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_alternative_unit")),
    )
    op.create_index("ix_plan_alternative_unit_alternative", "plan_alternative_unit", ["alternative_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("plan_alternative_unit")
    op.drop_table("plan_alternative")
    op.drop_table("plan_proposal")
