"""Jobs that wait for an instant; which edition ended a version of a unit; whom a contract and an organisation may pass to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("unit_version", sa.Column("ended_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_unit_version_ended_id"), "unit_version", "edition", ["ended_id"], ["id"])
    op.execute(ENDED)


def downgrade() -> None:
    op.drop_column("unit_version", "ended_id")
    op.drop_column("job", "not_before")


ENDED = """
UPDATE unit_version v SET ended_id = coalesce(
  (SELECT min(w.edition_id) FROM unit_version w WHERE w.unit_id = v.unit_id AND w.edition_id > v.edition_id),
  (SELECT min(e.id) FROM edition e
   WHERE e.jurisdiction_id = v.jurisdiction_id AND e.id > v.edition_id AND e.effective_at >= upper(v.valid)),
  (SELECT max(e.id) FROM edition e WHERE e.jurisdiction_id = v.jurisdiction_id))
WHERE NOT upper_inf(v.valid)
"""
"""The edition of the next version; of a unit that is no more, the first one that could have ended it."""
