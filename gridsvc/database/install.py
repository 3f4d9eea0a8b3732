"""Bring a database to this version: migrations, then the SQL files anew, then the table of rights."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, delete, insert, text

from gridsvc.database import cluster
from gridsvc.database.session import driver_url
from gridsvc.database.tables import RoleAction
from gridsvc.domain.permissions import RULES
from gridsvc.errors import Conflict
from gridsvc.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config

SQL = Path(__file__).parent / "sql"
MIGRATIONS = Path(__file__).parents[2] / "migrations"
LOCK = 0x67726964
"""One installer at a time: the key of an advisory lock."""


def bring_up_to_date(settings: Settings, database: cluster.Database) -> None:
    """Install, unless the database is of this very version; that costs one question.

    Raises Conflict where it is not and the owner's address of a server of one's own is not known.
    """
    with psycopg.connect(database.url("app")) as connection:
        if connection.execute("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')").fetchone() == (fingerprint(),):
            return
    if settings.database_url and not settings.owner_database_url:
        raise Conflict("The database is not of this version. Set GRIDSVC_OWNER_DATABASE_URL and run `bin/gridsvc database install` once.")
    install(database.url("owner"))


def fingerprint() -> str:
    """Return what tells this version of tables, functions and rights from every other; stored as the comment of alembic_version."""
    files = (*sorted(MIGRATIONS.glob("versions/*.py")), *sorted(SQL.glob("*.sql")))
    rights = sorted((action, *sorted(roles)) for action, roles in RULES.items())
    return hashlib.sha256(b"\0".join([*(file.read_bytes() for file in files), str(rights).encode()])).hexdigest()


def install(owner_url: str) -> None:
    """Migrate to the newest version and re-create functions, triggers and policies, all or nothing.

    Connects as the owner role; extensions and the three roles exist already (database.cluster, or
    docs/operating.md for a server of one's own).
    """
    from alembic import command  # noqa: PLC0415  # heavy, and seldom needed

    engine = create_engine(driver_url(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        command.upgrade(alembic_config(connection), "head")
        _replace_sql(connection)
        connection.execute(delete(RoleAction))
        rights = [{"role": role.value, "action": action.value} for action, roles in RULES.items() for role in roles]
        connection.execute(insert(RoleAction), rights)
        connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{fingerprint()}'")


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for this connection; there is no alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415  # heavy, and seldom needed

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _replace_sql(connection: Connection) -> None:
    for file in sorted(SQL.glob("*.sql")):
        connection.exec_driver_sql(file.read_text(encoding="utf-8").replace("%", "%%"))
