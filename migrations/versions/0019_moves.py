"""What a move changed, what a plan placed in a leaf and the buildings of a compound are found without going through all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_plan_unit_move", "plan_unit", ["move_id"])
    op.create_index("ix_plan_place_unit", "plan_place", ["plan_id", "unit_key"])
    op.create_index("ix_building_version_compound", "building_version", ["compound_id"], postgresql_where=sa.text("upper_inf(valid)"))


def downgrade() -> None:
    op.drop_index("ix_building_version_compound", "building_version")
    op.drop_index("ix_plan_place_unit", "plan_place")
    op.drop_index("ix_plan_unit_move", "plan_unit")
