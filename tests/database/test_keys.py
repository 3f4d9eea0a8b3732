"""Keys are changed without a field being lost."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import LargeBinary

from gridsvc import sealing
from gridsvc.database import cluster, keys, tables
from gridsvc.database.base import Base
from gridsvc.database.install import install
from gridsvc.errors import Conflict
from tests.databases import another_database

SECRETS = [f"secret {number}" for number in range(7)]


@pytest.fixture(scope="module")
def url(database: cluster.Private) -> Iterator[str]:
    """Give the owner's address of a database of its own, for these tests commit."""
    with another_database(database, "keys") as name:
        install(database.url("owner", name))
        yield database.url("owner", name)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[Path]:
    """Keys of the test's own, and seven accounts with sealed secrets."""
    monkeypatch.setattr(sealing, "_folder", tmp_path)
    monkeypatch.setattr(keys, "MOST_ROWS", 3)
    with psycopg.connect(url) as connection:
        for secret in SECRETS:
            connection.execute("INSERT INTO account (name, totp_sealed) VALUES (%s, %s)", (secret, sealing.seal(secret)))
    yield tmp_path
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM account WHERE name LIKE 'secret%'")


def read(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [
            sealing.unseal(row[0])
            for row in connection.execute("SELECT totp_sealed FROM account WHERE totp_sealed IS NOT NULL ORDER BY name")
        ]


def test_every_field_opens_with_the_fresh_key_alone(url: str, folder: Path) -> None:
    before = (folder / "fields").read_bytes()
    counts = keys.rotate(url)
    after = (folder / "fields").read_bytes()
    assert (counts["account.totp_sealed"], len(after.split()), before in after) == (7, 1, False)
    assert read(url) == SECRETS


def test_digests_by_which_fields_are_found_stay(url: str) -> None:
    before = sealing.look_up_digest("13800138000")
    keys.rotate(url)
    assert sealing.look_up_digest("13800138000") == before


def test_a_field_of_another_installation_stops_it_and_every_key_stays(url: str, folder: Path) -> None:
    before = (folder / "fields").read_bytes()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE account SET totp_sealed = 'nonsense' WHERE name = 'secret 6'")
    with pytest.raises(Conflict, match="not in"):
        keys.rotate(url)
    assert before in (folder / "fields").read_bytes()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM account WHERE totp_sealed IS NOT NULL").fetchone() == (7,)
        connection.execute("UPDATE account SET totp_sealed = NULL WHERE name = 'secret 6'")
    assert read(url) == SECRETS[:6]


def test_bytes_that_are_stored_are_sealed_or_digests() -> None:
    """Whoever adds a column of bytes says by its name what it is."""
    assert tables
    found = {
        (name, each.name) for name, table in Base.metadata.tables.items() for each in table.columns if isinstance(each.type, LargeBinary)
    }
    plain = {("audit_seal", "row_digests"), ("audit_seal", "previous"), ("audit_seal", "digest")}
    assert {each for each in found if not each[1].endswith(("_sealed", "_digest"))} == plain
