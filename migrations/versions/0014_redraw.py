"""The way of a plan through the office, its comments and locks; what an edition undoes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from gridsvc.database.base import Ltree

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BEFORE = "state IN ('draft', 'published', 'discarded')"
AFTER = "state IN ('draft', 'review', 'scheduled', 'published', 'merged', 'discarded')"


def upgrade() -> None:
    op.add_column("plan", sa.Column("purpose", sa.Text(), server_default="", nullable=False))
    op.add_column("plan", sa.Column("step", sa.Text(), nullable=True))
    op.add_column("plan", sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plan", sa.Column("published_id", sa.BigInteger(), nullable=True))
    op.add_column("plan", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_plan_published_id"), "plan", "edition", ["published_id"], ["id"])
    op.create_foreign_key(op.f("fk_plan_merged_into_id"), "plan", "plan", ["merged_into_id"], ["id"])
    op.drop_constraint(op.f("ck_plan_state_is_known"), "plan")
    op.create_check_constraint(op.f("ck_plan_state_is_known"), "plan", AFTER)
    op.create_check_constraint(op.f("ck_plan_waits_for_a_step_under_review"), "plan", "(state = 'review') = (step IS NOT NULL)")
    op.create_check_constraint(op.f("ck_plan_scheduled_for_an_instant"), "plan", "state <> 'scheduled' OR effective_at IS NOT NULL")
    op.add_column("plan_move", sa.Column("kind", sa.Text(), server_default="tree", nullable=False))
    op.add_column("edition", sa.Column("undoes_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_edition_undoes_id"), "edition", "edition", ["undoes_id"], ["id"])
    op.create_table(
        "plan_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("decision <> 'sent_back' OR reason <> ''", name=op.f("ck_plan_step_sent_back_with_a_reason")),
        sa.CheckConstraint("decision IN ('submitted', 'passed', 'sent_back', 'withdrawn')", name=op.f("ck_plan_step_decision_is_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_plan_step_account_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_step_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_step")),
    )
    op.create_index("ix_plan_step_plan", "plan_step", ["plan_id", "id"], unique=False)
    op.create_table(
        "plan_comment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=True),
        sa.Column(
            "geom",
            Geometry(geometry_type="POINT", srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("body <> ''", name=op.f("ck_plan_comment_says_something")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_plan_comment_account_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_comment_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_comment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_comment_public_id")),
    )
    op.create_index("ix_plan_comment_plan", "plan_comment", ["plan_id", "id"], unique=False)
    op.create_table(
        "plan_lock",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=True),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(unit_key, building_id) = 1", name=op.f("ck_plan_lock_locks_one_thing")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_plan_lock_account_id")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_plan_lock_building_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_lock_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_lock")),
        sa.UniqueConstraint(
            "plan_id", "unit_key", "building_id", name=op.f("uq_plan_lock_plan_id_unit_key_building_id"), postgresql_nulls_not_distinct=True
        ),
    )


def downgrade() -> None:
    op.drop_table("plan_lock")
    op.drop_table("plan_comment")
    op.drop_table("plan_step")
    op.drop_column("edition", "undoes_id")
    op.drop_column("plan_move", "kind")
    op.drop_constraint(op.f("ck_plan_state_is_known"), "plan")
    op.drop_constraint(op.f("ck_plan_scheduled_for_an_instant"), "plan")
    op.drop_constraint(op.f("ck_plan_waits_for_a_step_under_review"), "plan")
    for column in ("merged_into_id", "published_id", "effective_at", "step", "purpose"):
        op.drop_column("plan", column)
    op.create_check_constraint(op.f("ck_plan_state_is_known"), "plan", BEFORE)
