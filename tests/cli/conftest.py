"""Commands against an installation of their own: what they write is really committed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from gridsvc import cli, sealing
from gridsvc.database import cluster, freshness, resident
from gridsvc.database import session as sessions
from gridsvc.database.install import install
from tests.builders import PLAIN
from tests.databases import another_database


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


class Run(Protocol):
    """Run a command of `gridsvc`."""

    def __call__(self, *arguments: object) -> Done: ...


@pytest.fixture(scope="session")
def installed(database: cluster.Private, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Give the environment of an installation with a scheme and nothing else."""
    with another_database(database, "commands") as name:
        install(database.url("owner", name))
        yield {
            "GRIDSVC_DATA_DIR": str(tmp_path_factory.mktemp("installation")),
            "GRIDSVC_DATABASE_URL": database.url("app", name),
            "GRIDSVC_OWNER_DATABASE_URL": database.url("owner", name),
            "GRIDSVC_LANGUAGE": "en",
        }


@pytest.fixture
def run(installed: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Give what runs a command in this process, with its exit code; the state that commands leave in modules is put back."""
    for name, value in installed.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sessions, "_sessions", None)
    monkeypatch.setattr(freshness, "_file", None)
    monkeypatch.setattr(resident, "_resident", None)
    monkeypatch.setattr(sealing, "_folder", None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["gridsvc", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    yield run
    if freshness._file is not None:
        os.close(freshness._file)


@pytest.fixture(scope="session")
def plain_scheme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with a scheme of three levels without rules for codes."""

    file = tmp_path_factory.mktemp("schemes") / "plain.toml"
    file.write_text(PLAIN, encoding="utf-8")
    return file
