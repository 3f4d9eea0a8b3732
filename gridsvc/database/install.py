"""Bring a database to this version: migrations, then the SQL files anew, then the table of rights."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, create_engine, delete, insert, text

from gridsvc.database.session import driver_url
from gridsvc.database.tables import RoleAction
from gridsvc.domain.permissions import RULES

SQL = Path(__file__).parent / "sql"
MIGRATIONS = Path(__file__).parents[2] / "migrations"
LOCK = 0x67726964
"""One installer at a time: the key of an advisory lock."""


def install(owner_url: str) -> None:
    """Migrate to the newest version and re-create functions, triggers and policies, all or nothing.

    Connects as the owner role; extensions and the three roles exist already (database.cluster, or
    docs/operating.md for a server of one's own).
    """
    engine = create_engine(driver_url(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        command.upgrade(alembic_config(connection), "head")
        _replace_sql(connection)
        connection.execute(delete(RoleAction))
        rights = [{"role": role.value, "action": action.value} for action, roles in RULES.items() for role in roles]
        connection.execute(insert(RoleAction), rights)


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for this connection; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _replace_sql(connection: Connection) -> None:
    for file in sorted(SQL.glob("*.sql")):
        connection.exec_driver_sql(file.read_text(encoding="utf-8").replace("%", "%%"))
