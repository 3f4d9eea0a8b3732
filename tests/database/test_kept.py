from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gridsvc.database import kept as module
from gridsvc.database.freshness import ground_changed, raise_generation
from gridsvc.database.kept import kept
from tests.ground import lay

asked: list[object] = []


@kept
def ask(session: Session, what: str, *, more: int = 0) -> int:
    asked.append((what, more))
    return len(asked)


@pytest.fixture(autouse=True)
def nothing_asked(session: Session) -> Iterator[None]:
    raise_generation()
    asked.clear()
    yield
    asked.clear()


def test_the_same_question_is_asked_once(session: Session) -> None:
    assert [ask(session, "x"), ask(session, "x")] == [1, 1]


def test_another_question_is_another_answer(session: Session) -> None:
    assert [ask(session, "x"), ask(session, "y"), ask(session, "x", more=1)] == [1, 2, 3]


def test_changed_ground_is_asked_anew(session: Session) -> None:
    ask(session, "x")
    raise_generation()
    assert ask(session, "x") == 2


def test_who_changes_the_ground_sees_the_change_and_leaves_nothing_to_others(session: Session) -> None:
    ask(session, "x")
    ground_changed(session)
    assert [ask(session, "x"), ask(session, "x")] == [2, 3]
    session.info.clear()
    assert ask(session, "x") == 1


def test_a_full_store_is_emptied(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ANSWERS", 2)
    answers = [ask(session, what) for what in ("x", "y", "z", "x")]
    assert answers == [1, 2, 3, 4]


def test_a_second_look_by_a_stranger_asks_the_database_nothing(client: FlaskClient, session: Session, statements: list[str]) -> None:
    lay(session)
    client.get("/map/here")
    statements.clear()
    assert client.get("/map/here").status_code == 200
    assert [each for each in statements if "SAVEPOINT" not in each] == []
