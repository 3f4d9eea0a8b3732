"""Moves know upon which other they were made, so that what was undone before another was made is not redone after it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UPON = """
UPDATE plan_move m SET upon = coalesce((
  SELECT max(o.serial) FROM plan_move o WHERE o.plan_id = m.plan_id AND o.serial < m.serial AND (NOT o.undone OR m.undone AND o.serial > (
    SELECT coalesce(max(l.serial), 0) FROM plan_move l WHERE l.plan_id = m.plan_id AND NOT l.undone))), 0)
"""


def upgrade() -> None:
    op.execute("ALTER TABLE plan_move DISABLE TRIGGER USER")  # published plans are not changed by it, only completed
    op.add_column("plan_move", sa.Column("upon", sa.Integer(), server_default="0", nullable=False))
    op.execute(UPON)
    op.execute("ALTER TABLE plan_move ENABLE TRIGGER USER")


def downgrade() -> None:
    op.execute("DROP TRIGGER IF EXISTS plan_move_upon_another ON plan_move")
    op.drop_column("plan_move", "upon")
