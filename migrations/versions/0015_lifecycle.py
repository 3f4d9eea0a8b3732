"""Jobs that wait for an instant; which edition ended a version of a unit; whom a contract and an organisation may pass to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridsvc.database.base import Ltree

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("unit_version", sa.Column("ended_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_unit_version_ended_id"), "unit_version", "edition", ["ended_id"], ["id"])
    op.execute(ENDED)
    op.create_table(
        "succession",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("to_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("to_person_id", sa.BigInteger(), nullable=True),
        sa.Column("confirm_by", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name=op.f("ck_succession_decided_one_way")),
        sa.CheckConstraint("num_nonnulls(organisation_id, contract_id) = 1", name=op.f("ck_succession_is_of_one_thing")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_succession_contract_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_succession_decided_by")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_succession_edition_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_succession_organisation_id")),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name=op.f("fk_succession_to_person_id")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["unit.id"], name=op.f("fk_succession_to_unit_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_succession_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
        sa.UniqueConstraint("public_id", name=op.f("uq_succession_public_id")),
    )
    op.create_index("ix_succession_path", "succession", ["path"], postgresql_using="gist", postgresql_where=OPEN)
    op.create_index("uq_succession_organisation", "succession", ["organisation_id", "unit_id"], unique=True, postgresql_where=OPEN)
    op.create_index("uq_succession_contract", "succession", ["contract_id"], unique=True, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_table("succession")
    op.drop_column("unit_version", "ended_id")
    op.drop_column("job", "not_before")


OPEN = sa.text("decided_at IS NULL")
ENDED = """
UPDATE unit_version v SET ended_id = coalesce(
  (SELECT min(w.edition_id) FROM unit_version w WHERE w.unit_id = v.unit_id AND w.edition_id > v.edition_id),
  (SELECT min(e.id) FROM edition e
   WHERE e.jurisdiction_id = v.jurisdiction_id AND e.id > v.edition_id AND e.effective_at >= upper(v.valid)),
  (SELECT max(e.id) FROM edition e WHERE e.jurisdiction_id = v.jurisdiction_id))
WHERE NOT upper_inf(v.valid)
"""
"""The edition of the next version; of a unit that is no more, the first one that could have ended it."""
