"""What `gridsvc database check` looks at; each check says what is wrong and what would help."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from alembic.script import ScriptDirectory

from gridsvc.database.install import MIGRATIONS
from gridsvc.errors import Conflict
from gridsvc.settings import Settings

SPARE_MB = 1000
"""Below this much free space it is time to make room."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: the database as its owner sees it, and the installation."""

    connection: psycopg.Connection[Any]
    settings: Settings

    def ask(self, question: str) -> list[Any]:
        """Return the first column of the answer."""
        return [row[0] for row in self.connection.execute(question)]


def extensions(subject: Subject) -> None:
    """The extensions are installed."""
    missing = {"postgis", "ltree", "btree_gist", "pg_trgm"} - set(subject.ask("SELECT extname::text FROM pg_extension"))
    if missing:
        raise Conflict("The database lacks {missing}; a superuser adds it with CREATE EXTENSION.", missing=", ".join(sorted(missing)))


def migration(subject: Subject) -> None:
    """The tables are of this version."""
    there = subject.ask("SELECT to_regclass('alembic_version')") != [None]
    found, newest = (
        subject.ask("SELECT version_num FROM alembic_version") if there else [],
        ScriptDirectory(str(MIGRATIONS)).get_current_head(),
    )
    if found != [newest]:
        raise Conflict(
            "The tables are at migration {found} and this version needs {newest}; run `gridsvc database install`.",
            found=", ".join(found) or "-",
            newest=newest,
        )


def row_security(subject: Subject) -> None:
    """The roles that serve people cannot step around row security."""
    powerful = subject.ask(
        "SELECT rolname::text FROM pg_roles WHERE rolname IN ('gridsvc_app', 'gridsvc_reader') AND (rolsuper OR rolbypassrls "
        "OR pg_has_role(rolname, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER'))"
    )
    if powerful:
        raise Conflict(
            "{roles} may step around row security; take SUPERUSER, BYPASSRLS and the owner's role away.", roles=", ".join(powerful)
        )


def possessions(subject: Subject) -> None:
    """The roles that serve people own nothing."""
    owned = subject.ask(
        "SELECT relname::text FROM pg_class WHERE relowner IN (SELECT oid FROM pg_roles WHERE rolname IN ('gridsvc_app', 'gridsvc_reader'))"
    )
    if owned:
        raise Conflict("{tables} belong to a role that serves people; give them to gridsvc_owner.", tables=", ".join(owned))


def pages(subject: Subject) -> None:
    """No page of the disk has been read damaged."""
    [damaged] = subject.ask("SELECT coalesce(sum(checksum_failures), 0)::bigint FROM pg_stat_database WHERE datname = current_database()")
    if damaged:
        raise Conflict("{pages} damaged pages were read; the disk is failing: restore the last backup on another one.", pages=damaged)


def indexes(subject: Subject) -> None:
    """Every index is whole."""
    broken = subject.ask("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
    if broken:
        raise Conflict("{indexes} cannot be used; REINDEX makes them anew.", indexes=", ".join(broken))


def disk(subject: Subject) -> None:
    """The disk of the data folder has room."""
    room = os.statvfs(subject.settings.data_dir)
    free_mb = room.f_bavail * room.f_frsize >> 20
    if free_mb < SPARE_MB:
        raise Conflict("Only {free_mb} MB are free in {folder}; make room.", free_mb=free_mb, folder=subject.settings.data_dir)


CHECKS: dict[str, Callable[[Subject], None]] = {
    check.__name__: check for check in (extensions, migration, row_security, possessions, pages, indexes, disk)
}
"""Every check by name; its docstring is what is so when it passes, and what it raises says what helps."""
