from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from sqlalchemy.exc import ProgrammingError

from gridsvc.database import cluster
from gridsvc.database import install as installing
from gridsvc.database.install import LOCK, SQL, bring_up_to_date, fingerprint, install
from gridsvc.errors import Conflict
from gridsvc.settings import Settings
from tests.databases import another_database

CATALOGUE = """
SELECT (SELECT array_agg(p::text ORDER BY p::text) FROM (SELECT proname, prosrc, proacl FROM pg_proc) p),
       (SELECT array_agg(c::text ORDER BY oid) FROM (SELECT oid, relname, relacl FROM pg_class) c),
       (SELECT array_agg(a::text ORDER BY 1) FROM role_action a)
"""


def ask(database: cluster.Private, question: str) -> object:
    with psycopg.connect(database.url("owner")) as connection:
        found = connection.execute(question.encode()).fetchone()
    return found and found[0]


def files(folder: Path, **bodies: str) -> Path:
    for name, body in bodies.items():
        (folder / f"{name}.sql").write_text(body, encoding="utf-8")
    return folder


@pytest.fixture
def again(database: cluster.Private) -> Iterator[None]:
    """Lay the real files again after a test that laid others."""
    yield
    with psycopg.connect(database.url("owner")) as connection:
        connection.execute("DROP FUNCTION IF EXISTS one(), two()")
    install(database.url("owner"))


def test_installing_again_changes_nothing(database: cluster.Private) -> None:
    before = ask(database, CATALOGUE)
    install(database.url("owner"))
    assert ask(database, CATALOGUE) == before


def test_files_are_laid_in_the_order_of_their_numbers() -> None:
    numbers = [int(file.name.split("_")[0]) for file in sorted(SQL.glob("*.sql"))]
    assert numbers == sorted(numbers)


@pytest.mark.usefixtures("again")
def test_a_fault_in_one_file_leaves_everything_as_it_was(
    database: cluster.Private, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    monkeypatch.setattr(installing, "SQL", files(tmp_path, a=made, b="SELECT nonsense FROM nowhere"))
    with pytest.raises(ProgrammingError, match="nowhere"):
        install(database.url("owner"))
    assert ask(database, "SELECT count(*) FROM pg_proc WHERE proname = 'one'") == 0
    assert ask(database, "SELECT count(*) > 0 FROM role_action") is True


@pytest.mark.usefixtures("again")
def test_a_later_file_may_use_an_earlier_one_and_per_cent_is_per_cent(
    database: cluster.Private, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = "CREATE FUNCTION one() RETURNS text LANGUAGE sql AS $$ SELECT '5 % of %s' $$"
    monkeypatch.setattr(installing, "SQL", files(tmp_path, a=one, b="CREATE FUNCTION two() RETURNS text LANGUAGE sql RETURN one()"))
    install(database.url("owner"))
    assert ask(database, "SELECT two()") == "5 % of %s"


@pytest.fixture
def empty(database: cluster.Private, tmp_path: Path) -> Iterator[Settings]:
    """The settings of a server of one's own with nothing in its database."""
    with another_database(database, "empty") as name:
        yield Settings(tmp_path, database_url=database.url("app", name), owner_database_url=database.url("owner", name))


def test_a_database_of_this_version_is_not_installed_again(database: cluster.Private, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(installing, "install", installed.append)
    bring_up_to_date(Settings(Path("/")), database)
    assert not installed


def test_an_empty_database_is_brought_to_this_version(empty: Settings) -> None:
    with cluster.open(empty) as database:
        bring_up_to_date(empty, database)
        assert ask(database, "SELECT obj_description('alembic_version'::regclass)") == fingerprint()


def test_without_the_owner_an_older_database_is_refused_with_what_to_run(empty: Settings) -> None:
    alone = replace(empty, owner_database_url=None)
    with cluster.open(alone) as database, pytest.raises(Conflict, match="bin/gridsvc database install"):
        bring_up_to_date(alone, database)


def test_another_file_makes_another_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = fingerprint()
    monkeypatch.setattr(installing, "SQL", files(tmp_path, a="SELECT 1"))
    assert fingerprint() != before


def test_a_serving_role_cannot_install(database: cluster.Private) -> None:
    with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        install(database.url("app"))


def test_a_second_installer_waits_for_the_first(database: cluster.Private) -> None:
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
    second = Thread(target=install, args=(database.url("owner"),))
    with psycopg.connect(database.url("owner")) as first:
        first.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        second.start()
        while second.is_alive() and not ask(database, waiting):
            pass
        assert second.is_alive()
    second.join()
    assert ask(database, waiting) is False
