"""Jobs: long work, its progress, and remembered columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from gridsvc.database.base import Ltree

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), server_default=text("'queued'"), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state_is_known")),
        sa.CheckConstraint("(state = 'queued') = (finished_at IS NULL)", name=op.f("ck_job_finished_when_not_queued")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_job_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
    )
    op.create_index("ix_job_queued", "job", ["id"], unique=False, postgresql_where=text("state = 'queued'"))
    op.create_index("ix_job_path", "job", ["path"], unique=False, postgresql_using="gist")
    op.create_index("ix_job_account", "job", ["account_id", "id"], unique=False)
    op.create_table(
        "job_progress",
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("said", postgresql.JSONB(), nullable=True),
        sa.Column("share", sa.Double(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_progress_job_id")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_progress")),
    )
    op.create_table(
        "column_choice",
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), server_default=text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_column_choice_jurisdiction_id")),
        sa.PrimaryKeyConstraint("jurisdiction_id", "source", "noun", name=op.f("pk_column_choice")),
    )


def downgrade() -> None:
    op.drop_table("column_choice")
    op.drop_table("job_progress")
    op.drop_index("ix_job_account", table_name="job")
    op.drop_index("ix_job_path", table_name="job", postgresql_using="gist")
    op.drop_index("ix_job_queued", table_name="job", postgresql_where=text("state = 'queued'"))
    op.drop_table("job")
