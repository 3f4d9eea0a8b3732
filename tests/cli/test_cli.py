"""The command line as a whole: quick help, one sentence an error, an exit code a kind."""

from __future__ import annotations

import signal
import subprocess
import sys

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from gridsvc import cli, errors


def gridsvc(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "gridsvc", *arguments], env=environment, capture_output=True, text=True, check=False)


def test_help_names_every_command() -> None:
    said = gridsvc("--help").stdout
    assert all(f"\n  {name} " in said for name in cli.COMMANDS)


def test_help_loads_neither_database_nor_geometry() -> None:
    loaded = "import sys; from gridsvc.cli import gridsvc; gridsvc(['--help'], standalone_mode=False)"
    code = loaded + "; print({'sqlalchemy', 'shapely'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.endswith("set()\n")


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name: str) -> None:
    command = cli.gridsvc.get_command(None, name)
    assert command is not None
    assert command.help


def test_an_unknown_command_is_a_wrong_command_line() -> None:
    assert gridsvc("nonsense").returncode == 2


def test_every_error_has_an_exit_code_of_its_own() -> None:
    assert set(cli.EXIT_CODES) == set(errors.GridError.__subclasses__())
    assert len({*cli.EXIT_CODES.values(), 0, 1, 2}) == len(cli.EXIT_CODES) + 3


def test_an_error_is_one_sentence_and_its_exit_code() -> None:
    done = gridsvc("database", "check", GRIDSVC_PORT="many", GRIDSVC_LANGUAGE="en")
    assert done.returncode == cli.EXIT_CODES[errors.Invalid]
    assert done.stderr == "GRIDSVC_PORT is 'many'; a whole number from 1 to 65535 would be right.\n"


def test_a_database_that_does_not_answer_is_said_in_one_sentence() -> None:
    nowhere = "postgresql://x@127.0.0.1:1/x"
    done = gridsvc("database", "check", GRIDSVC_DATABASE_URL=nowhere, GRIDSVC_OWNER_DATABASE_URL=nowhere, GRIDSVC_LANGUAGE="en")
    assert done.returncode == cli.EXIT_CODES[errors.Conflict]
    assert done.stderr.startswith("The database does not answer: ")
    assert done.stderr.count("\n") == 1


def test_who_waited_for_somebody_else_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def waits() -> None:
        raise OperationalError("INSERT", {}, psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"))

    monkeypatch.setenv("GRIDSVC_LANGUAGE", "en")
    monkeypatch.setattr(cli, "gridsvc", waits)
    monkeypatch.setattr(cli, "leave_when_told", lambda: None)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == cli.EXIT_CODES[errors.Busy]
    assert capsys.readouterr().err == "Somebody else is writing the same at this moment; try again when that is done.\n"


def test_both_languages_speak_where_nobody_has_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRIDSVC_LANGUAGE", raising=False)
    error = errors.Conflict("PostgreSQL {oldest} or newer with PostGIS is not installed; `make run` installs it.", oldest=15)
    assert len(cli.sentence(error).splitlines()) == 2


def test_the_signal_to_end_is_heard_where_python_drops_exceptions() -> None:
    start = "import signal, time, weakref; from gridsvc import cli; cli.leave_when_told(); thing = type('Thing', (), {})()"
    code = start + "; kept = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGTERM)); del thing; time.sleep(600)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")
