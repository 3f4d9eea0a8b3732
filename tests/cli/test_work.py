"""How long a worker sleeps."""

from __future__ import annotations

from typing import Any

import pytest

from gridsvc.cli import work
from gridsvc.settings import Settings


class Asleep(Exception):
    """The worker waits for so many seconds."""


class Side:
    """A connection that answers each question alike and tells nothing."""

    def __init__(self, answer: float | None) -> None:
        self.answer = answer

    def execute(self, _question: str) -> Side:
        return self

    def fetchone(self) -> tuple[float | None]:
        return (self.answer,)

    def notifies(self, *, timeout: float, stop_after: int) -> list[Any]:
        raise Asleep(timeout, stop_after)


@pytest.mark.parametrize(("due_s", "sleeps_s"), [(None, work.LOOK_S), (0.25, 0.25), (86400.0, work.LOOK_S)])
def test_a_worker_wakes_when_a_job_is_due(due_s: float | None, sleeps_s: float) -> None:
    with pytest.raises(Asleep) as asleep:
        work._listen(Settings.from_environment(), "", Side(due_s), once=False, parent=None)  # type: ignore[arg-type]  # all it needs of one
    assert asleep.value.args == (sleeps_s, 1)


def test_a_job_that_has_to_wait_for_somebody_is_asked_about_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_do_next", lambda *_: False)
    with pytest.raises(Asleep) as asleep:
        work._listen(Settings.from_environment(), "", Side(0.0), once=False, parent=None)  # type: ignore[arg-type]  # all it needs of one
    assert asleep.value.args == (work.LOOK_S, 1)
