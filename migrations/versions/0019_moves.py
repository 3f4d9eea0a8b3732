"""What a move changed, and what it placed in a leaf, is found without going through all of its plan."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_plan_unit_move", "plan_unit", ["move_id"])
    op.create_index("ix_plan_place_unit", "plan_place", ["plan_id", "unit_key"])


def downgrade() -> None:
    op.drop_index("ix_plan_place_unit", "plan_place")
    op.drop_index("ix_plan_unit_move", "plan_unit")
