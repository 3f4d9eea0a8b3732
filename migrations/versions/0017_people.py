"""Addresses that wait have the place of whoever brought them in: a community answers its own. Names are found by their characters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridsvc.database.base import Ltree

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CURRENT = sa.text("upper_inf(valid)")
UNIQUE = "uq_address_review_jurisdiction_id_noun_source_source_ref"


def upgrade() -> None:
    op.add_column("address_review", sa.Column("path", Ltree(), server_default="", nullable=False))
    op.drop_constraint(op.f(UNIQUE), "address_review")
    op.create_unique_constraint(op.f(f"{UNIQUE}_path"), "address_review", ["jurisdiction_id", "noun", "source", "source_ref", "path"])
    op.drop_index("ix_person_version_name", "person_version")
    characters = sa.text("string_to_array(name, NULL)")
    op.create_index("ix_person_version_characters", "person_version", [characters], postgresql_using="gin", postgresql_where=CURRENT)


def downgrade() -> None:
    op.drop_index("ix_person_version_characters", "person_version")
    op.create_index(
        "ix_person_version_name", "person_version", ["name"],
        postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}, postgresql_where=CURRENT,
    )  # fmt: skip
    op.execute("DROP TRIGGER IF EXISTS address_review_begins_path ON address_review")
    op.execute("DROP POLICY IF EXISTS keep_in_scope ON address_review")
    op.drop_constraint(op.f(f"{UNIQUE}_path"), "address_review")
    op.execute(ONCE)
    op.create_unique_constraint(op.f(UNIQUE), "address_review", ["jurisdiction_id", "noun", "source", "source_ref"])
    op.drop_column("address_review", "path")


ONCE = """
DELETE FROM address_review a USING address_review b
WHERE a.id > b.id AND (a.jurisdiction_id, a.noun, a.source, a.source_ref) = (b.jurisdiction_id, b.noun, b.source, b.source_ref)
"""
