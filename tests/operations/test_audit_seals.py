"""The chain over the trail, against somebody who owns the database."""

from collections.abc import Callable
from pathlib import Path

import orjson
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database import cluster
from gridsvc.database.queries.audit_seals import Verified, verify
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.errors import Busy, NotAllowed
from gridsvc.operations import audit_seals

OPERATOR = Actor(1, "operator", (Grant(Role.OPERATOR),))
Look = Callable[[], Verified]


def add(owner: Session, count: int) -> list[int]:
    """Add rows to the trail and return their numbers."""
    row = text("INSERT INTO audit (action, path, detail) VALUES ('something', 'j1.a', jsonb_build_object('count', :n)) RETURNING id")
    return [owner.scalars(row, {"n": number}).one() for number in range(count)]


def seal(owner: Session, heads: Path) -> int:
    connection = owner.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return audit_seals.seal(connection, heads)


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    return tmp_path / "audit" / "heads"


@pytest.fixture
def rows(owner: Session, heads: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give the numbers of nine rows, sealed in batches of four; the number after the fifth was never used."""
    seal(owner, heads)
    monkeypatch.setattr(audit_seals, "MOST_ROWS", 4)
    added = add(owner, 5)
    owner.execute(text("SELECT nextval(pg_get_serial_sequence('audit', 'id'))"))
    added += add(owner, 4)
    assert seal(owner, heads) == 9
    return added


@pytest.fixture
def look(owner: Session, heads: Path) -> Look:
    return lambda: verify(owner, OPERATOR, heads)


def test_an_untouched_trail_is_whole(rows: list[int], look: Look) -> None:
    found = look()
    assert (found.whole, found.unsealed) == (True, 0)
    assert found.sealed >= 9


@pytest.mark.parametrize(
    "change",
    ["action = 'other'", "detail = '{}'", "path = ''", "at = at + interval '1 microsecond'", "account_id = (SELECT min(id) FROM account)"],
)
def test_a_changed_row_is_named(owner: Session, rows: list[int], look: Look, change: str) -> None:
    owner.execute(text(f"UPDATE audit SET {change} WHERE id = :id"), {"id": rows[3]})
    assert (look().changed, look().whole) == ([rows[3]], False)


def test_removed_rows_are_named(owner: Session, rows: list[int], look: Look) -> None:
    owner.execute(text("DELETE FROM audit WHERE id = ANY (:ids)"), {"ids": [rows[0], rows[5]]})
    assert look().removed == [rows[0], rows[5]]


@pytest.mark.parametrize("where", ["between", "before"])
def test_an_inserted_row_is_named(owner: Session, rows: list[int], look: Look, where: str) -> None:
    number = rows[4] + 1 if where == "between" else -7
    row = "INSERT INTO audit (id, action, path, detail) OVERRIDING SYSTEM VALUE VALUES (:id, 'something', '', '{}')"
    owner.execute(text(row), {"id": number})
    assert (look().inserted, look().changed) == ([number], [])


def test_reordered_rows_are_named(owner: Session, rows: list[int], look: Look) -> None:
    swap = "UPDATE audit a SET detail = b.detail, at = b.at FROM audit b WHERE (a.id, b.id) IN ((:one, :two), (:two, :one))"
    owner.execute(text(swap), {"one": rows[4], "two": rows[6]})
    found = look()
    assert (found.reordered, found.changed) == ([rows[4], rows[6]], [])


def test_rows_after_the_last_seal_are_counted(owner: Session, rows: list[int], look: Look) -> None:
    add(owner, 3)
    assert (look().unsealed, look().whole) == (3, True)


def test_a_chain_that_was_cut_off_is_noticed(owner: Session, rows: list[int], look: Look) -> None:
    last = owner.scalars(text("DELETE FROM audit_seal WHERE id = (SELECT max(id) FROM audit_seal) RETURNING id")).one()
    owner.execute(text("DELETE FROM audit WHERE id = :id"), {"id": rows[-1]})
    assert (look().lost_heads, look().removed) == ([last], [])


def test_a_row_that_was_changed_with_its_seals_is_noticed(owner: Session, rows: list[int], look: Look, heads: Path, tmp_path: Path) -> None:
    owner.execute(text("UPDATE audit SET action = 'other' WHERE id = :id"), {"id": rows[8]})
    owner.execute(text("ALTER SEQUENCE audit_seal_id_seq RESTART"))
    owner.execute(text("DELETE FROM audit_seal"))
    seal(owner, tmp_path / "another")
    assert (look().changed, look().whole) == ([], False)


def test_a_seal_that_was_changed_is_named(owner: Session, rows: list[int], look: Look) -> None:
    first = owner.scalars(text("UPDATE audit_seal SET previous = 'x' WHERE :id = ANY (row_ids) RETURNING id"), {"id": rows[0]}).one()
    assert look().broken_seals == [first]


def test_a_head_that_a_crash_kept_out_of_the_file_is_written_later(owner: Session, rows: list[int], look: Look, heads: Path) -> None:
    lines = heads.read_bytes().splitlines(keepends=True)
    heads.write_bytes(b"".join(lines[:-1]))
    seal(owner, heads)
    assert heads.read_bytes().splitlines(keepends=True) == lines


def test_the_file_of_heads_is_for_its_owner_alone(rows: list[int], heads: Path) -> None:
    assert heads.stat().st_mode & 0o777 == 0o600
    assert set(orjson.loads(heads.read_bytes().splitlines()[0])) == {"seal", "last_id", "digest", "sealed_at"}


def test_nothing_is_sealed_while_somebody_writes(owner: Session, database: cluster.Private, heads: Path) -> None:
    """A number that is taken and not yet seen must not be sealed over."""
    with psycopg.connect(database.url("app")) as writer:
        writer.execute("INSERT INTO audit (action, path, detail) VALUES ('something', '', '{}')")
        with pytest.raises(Busy):
            seal(owner, heads)
        writer.rollback()
    seal(owner, heads)


def test_the_app_seals_and_changes_no_seal(database: cluster.Private) -> None:
    with psycopg.connect(database.url("app")) as connection:
        connection.execute("SELECT seal_audit(0)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO audit_seal (last_id, row_ids, row_digests, previous, digest) VALUES (9, '{9}', '', '', '')")


def test_who_may_not_read_the_trail_does_not_check_it(session: Session, heads: Path) -> None:
    with pytest.raises(NotAllowed):
        verify(session, Actor(1, "somebody", (Grant(Role.AUDIT_ADMIN, "j1"),)), heads)
