from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, sessionmaker

from gridsvc.database import cluster
from gridsvc.database import session as sessions
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.session import after_commit, driver_url, set_actor, transaction
from gridsvc.database.tables import Scheme, StreetVersion
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.errors import Conflict
from tests import builders
from tests.builders import FIRST_DAY


@pytest.fixture
def real(database: cluster.Private, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Make `transaction` commit for real, on one connection; tests under it write nothing that lasts."""
    monkeypatch.setattr(sessions, "_sessions", None)
    one = sessions.connect(database.url("app"))
    yield one
    one.dispose()


def schemes(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT key FROM scheme WHERE name_en = 'for the session'")))


def scheme(key: str) -> Scheme:
    return Scheme(key=key, name_zh="方案", name_en="for the session", body="")


@pytest.mark.parametrize("given", ["postgres://x@h/d?a=b", "postgresql://x@h/d?a=b"])
def test_the_driver_is_psycopg_3(given: str) -> None:
    assert driver_url(given) == "postgresql+psycopg://x@h/d?a=b"


def test_without_a_database_a_transaction_is_a_programmers_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_sessions", None)
    with pytest.raises(RuntimeError, match="connect"), transaction(NOBODY):
        pass


def test_leaving_commits(session: Session, operator: Actor) -> None:
    with transaction(operator) as writing:
        writing.add(scheme("kept"))
    assert schemes(session) == ["kept"]


def fail(actor: Actor, *announced: str, heard: list[str]) -> None:
    """Add a scheme and announce something, then fail."""
    with transaction(actor) as writing:
        writing.add(scheme("lost"))
        writing.flush()
        after_commit(writing, lambda: heard.extend(announced))
        raise KeyError


def test_raising_rolls_back(session: Session, operator: Actor) -> None:
    with pytest.raises(KeyError):
        fail(operator, heard=[])
    assert schemes(session) == []


def test_what_is_announced_after_the_commit_comes_after_it(session: Session, operator: Actor) -> None:
    heard: list[str] = []
    with transaction(operator) as writing:
        after_commit(writing, lambda: heard.append("committed"))
        heard.append("still working")
    assert heard == ["still working", "committed"]


def test_nothing_is_announced_of_what_was_rolled_back(session: Session, operator: Actor) -> None:
    heard: list[str] = []
    with pytest.raises(KeyError):
        fail(operator, "committed", heard=heard)
    assert heard == []


def test_a_violated_constraint_is_a_sentence(session: Session, operator: Actor) -> None:
    builders.jurisdiction(session, operator)
    with pytest.raises(Conflict, match="A scheme of this key exists already"), transaction(operator) as writing:
        writing.add(scheme("plain"))


def store_twice_at_a_time(actor: Actor) -> None:
    """Add a street with two versions of one past period."""
    street = text("INSERT INTO street (jurisdiction_id, source, source_ref) VALUES (:id, 'x', 'x') RETURNING id")
    with transaction(actor) as writing:
        here = builders.jurisdiction(writing, actor, "never-stored")
        values = {
            "street_id": writing.scalar(street, {"id": here}),
            "valid": Range(FIRST_DAY, FIRST_DAY + timedelta(1)),
            "street_class": "road",
        }
        values |= {"length_m": 1.0, "geom": "SRID=4490;MULTILINESTRING((120 30, 121 30))", "source_digest": ""}
        writing.execute(insert(StreetVersion), [values, values])


def test_a_constraint_that_is_checked_at_the_end_is_a_sentence_too(real: Engine) -> None:
    with Session(real) as asking:
        operator = actor_named(asking, "operator")
    with pytest.raises(Conflict, match="ex_street_version_one_at_a_time"):
        store_twice_at_a_time(operator)


def test_who_asks_is_forgotten_with_the_transaction(real: Engine) -> None:
    with sessionmaker(real)() as first:
        set_actor(first, actor_named(first, "operator"))
        assert first.scalar(text("SELECT current_account()")) is not None
        process = first.scalar(text("SELECT pg_backend_pid()"))
        first.commit()
        assert first.execute(text("SELECT pg_backend_pid(), current_account()")).one() == (process, None)


def test_nobody_is_no_account(session: Session) -> None:
    set_actor(session, NOBODY)
    assert session.scalar(text("SELECT current_account()")) is None
