from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gridsvc.database import freshness
from gridsvc.database.cluster import Database
from gridsvc.database.freshness import generation, ground_changed, keep_mark, raise_generation
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import Actor

RAISE = """
import sys
import time
from pathlib import Path
from gridsvc.database.freshness import keep_mark, raise_generation
keep_mark(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    raise_generation()
"""


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a mark of the test's own; the one of the test run comes back."""
    monkeypatch.setattr(freshness, "_file", None)
    file = tmp_path / "run" / "generation"
    keep_mark(file)
    yield file
    if freshness._file is not None:
        os.close(freshness._file)


def raise_elsewhere(mark: Path, times: int) -> subprocess.Popen[bytes]:
    """Raise the number in another process."""
    return subprocess.Popen([sys.executable, "-c", RAISE, str(mark), str(times)])


def test_a_new_mark_begins_at_nought(mark: Path) -> None:
    assert generation() == 0


def test_each_raise_is_one_more(mark: Path) -> None:
    raise_generation()
    raise_generation()
    assert generation() == 2


def test_a_mark_outlives_the_process(mark: Path) -> None:
    raise_generation()
    keep_mark(mark)
    assert generation() == 1


def test_only_its_owner_reads_the_mark(mark: Path) -> None:
    assert mark.stat().st_mode & 0o777 == 0o600


def test_without_a_mark_nothing_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "_file", None)
    raise_generation()
    assert generation() == 0


def test_another_process_is_seen_at_once(mark: Path) -> None:
    assert raise_elsewhere(mark, 1).wait() == 0
    assert generation() == 1


def test_two_processes_that_raise_at_once_both_count(mark: Path) -> None:
    both = [raise_elsewhere(mark, 500) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert generation() == 1000


def test_a_half_written_mark_counts_as_none(mark: Path) -> None:
    mark.write_bytes(b"\x01")
    assert generation() == 0


def test_many_changes_of_one_transaction_are_announced_once(mark: Path, session: Session, operator: Actor) -> None:
    with transaction(operator) as writing:
        ground_changed(writing)
        ground_changed(writing)
    assert generation() == 1


def change_and_fail(actor: Actor) -> None:
    with transaction(actor) as writing:
        ground_changed(writing)
        raise KeyError


def test_a_change_that_was_rolled_back_is_not_announced(mark: Path, session: Session, operator: Actor) -> None:
    with pytest.raises(KeyError):
        change_and_fail(operator)
    assert generation() == 0


FOLLOW = """
import sys, time
from pathlib import Path
from gridsvc.database.freshness import follow, generation, keep_mark
keep_mark(Path(sys.argv[1]))
follow(sys.argv[2])
while generation() == 0:
    time.sleep(0.01)
"""


def test_a_change_on_another_machine_is_heard_of(database: Database, engine: Engine, tmp_path: Path) -> None:
    listener = subprocess.Popen([sys.executable, "-c", FOLLOW, str(tmp_path / "generation"), database.url("app")])
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for _ in range(600):
                connection.execute(text("SELECT pg_notify(:channel, 'another machine')"), {"channel": freshness.CHANNEL})
                if listener.poll() is not None:
                    break
                time.sleep(0.05)
        assert listener.poll() == 0
    finally:
        listener.kill()
