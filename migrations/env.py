"""Run migrations on the connection that database.install hands over."""

from __future__ import annotations

from alembic import context

from gridsvc.database import tables  # noqa: F401  # fills Base.metadata
from gridsvc.database.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    include_name=lambda name, kind, _parents: not (kind == "table" and name == "spatial_ref_sys"),
)
with context.begin_transaction():
    context.run_migrations()
