"""Who the command line acts as, on whatever database it finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridsvc.cli.operator import as_operator
from gridsvc.database import cluster, freshness
from gridsvc.database import session as sessions
from gridsvc.settings import Settings
from tests.databases import another_database


def test_the_first_command_on_an_empty_database_finds_its_operator(
    database: cluster.Private, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_sessions", None)
    monkeypatch.setattr(freshness, "_file", None)
    with another_database(database, "untouched") as name:
        settings = Settings(tmp_path, database_url=database.url("app", name), owner_database_url=database.url("owner", name))
        with as_operator(settings) as (_, operator):
            assert operator.account_id is not None
