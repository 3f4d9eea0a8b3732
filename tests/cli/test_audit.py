"""The trail on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from gridsvc.cli import audit
from gridsvc.domain.permissions import Actor
from gridsvc.operations.audit import record


@pytest.fixture(autouse=True)
def here(session: Session, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows, and the command in the test's own transaction."""
    record(session, operator, "first", "", count=1)
    record(session, operator, "second", "j1", count=2)

    @contextmanager
    def as_operator(_settings: object) -> Iterator[tuple[Session, Actor]]:
        yield session, operator

    monkeypatch.setattr(audit, "as_operator", as_operator)


def test_the_newest_row_comes_first() -> None:
    lines = CliRunner().invoke(audit.command, catch_exceptions=False).output.splitlines()
    assert [line.split("\t")[2:] for line in lines[:2]] == [
        ["operator", "second", "j1", '{"count":2}'],
        ["operator", "first", "-", '{"count":1}'],
    ]


def test_scripts_get_one_object_a_line() -> None:
    lines = CliRunner().invoke(audit.command, ["--json", "--limit", "1"], catch_exceptions=False).output.splitlines()
    assert [orjson.loads(line)["action"] for line in lines] == ["second"]
