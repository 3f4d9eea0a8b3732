"""Each check passes on a sound database and names what is wrong with another."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from gridsvc.database import checks, cluster
from gridsvc.errors import Conflict
from gridsvc.settings import Settings
from gridsvc.words import translations


@pytest.fixture
def subject(database: cluster.Private, installation: Settings) -> Iterator[checks.Subject]:
    """The test database as its superuser, so that a test may break it; all is rolled back."""
    with psycopg.connect(database.url("superuser")) as connection:
        yield checks.Subject(connection, installation)
        connection.rollback()


@pytest.mark.parametrize("name", checks.CHECKS)
def test_a_sound_database_passes(name: str, subject: checks.Subject) -> None:
    checks.CHECKS[name](subject)


@pytest.mark.parametrize("name", checks.CHECKS)
def test_every_check_says_what_is_so_when_it_passes(name: str) -> None:
    assert (checks.CHECKS[name].__doc__ or "").endswith(".")


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        ("extensions", "DROP EXTENSION pg_trgm CASCADE", "pg_trgm"),
        ("migration", "DROP TABLE alembic_version", "migration -"),
        ("migration", "UPDATE alembic_version SET version_num = '0000'", "migration 0000"),
        ("row_security", "ALTER ROLE gridsvc_app BYPASSRLS", "gridsvc_app"),
        ("row_security", "GRANT gridsvc_owner TO gridsvc_reader", "gridsvc_reader"),
        ("possessions", "CREATE TABLE loot (n int); ALTER TABLE loot OWNER TO gridsvc_app", "loot"),
        ("indexes", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'pk_jurisdiction'::regclass", "pk_jurisdiction"),
    ],
)
def test_a_damage_is_named(name: str, damage: str, said: str, subject: checks.Subject) -> None:
    subject.connection.execute(damage.encode())
    with pytest.raises(Conflict, match=said):
        checks.CHECKS[name](subject)


def test_a_full_disk_is_named(subject: checks.Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SPARE_MB", 10**12)
    with pytest.raises(Conflict, match="MB are free"):
        checks.disk(subject)


@pytest.mark.parametrize("name", checks.CHECKS)
def test_every_check_speaks_chinese(name: str) -> None:
    assert (checks.CHECKS[name].__doc__ or "").splitlines()[0] in translations("zh")
