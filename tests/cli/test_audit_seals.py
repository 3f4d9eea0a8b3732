"""Sealing the trail and checking it, as commands on an installation of their own."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import orjson
import psycopg
import pytest

from gridsvc.cli import work
from gridsvc.settings import Settings
from tests.cli.conftest import Run


@pytest.fixture
def sealed(run: Run, installed: Mapping[str, str]) -> int:
    """Do something, seal it, and give the number of its row."""
    run("users", "terms", "password_days", "90")
    assert run("audit", "seal").out.endswith("rows sealed.\n")
    with psycopg.connect(installed["GRIDSVC_OWNER_DATABASE_URL"]) as owner:
        row = owner.execute("SELECT max(id) FROM audit").fetchone()
    assert row
    return int(row[0])


def test_what_was_sealed_is_found_whole(run: Run, sealed: int) -> None:
    done = run("audit", "verify")
    assert (done.code, "Everything is as it was sealed." in done.out) == (0, True)


def test_what_was_changed_is_named_and_the_command_fails(run: Run, sealed: int, installed: Mapping[str, str]) -> None:
    change = "UPDATE audit SET detail = detail || %s WHERE id = %s"
    with psycopg.connect(installed["GRIDSVC_OWNER_DATABASE_URL"]) as owner:
        owner.execute(change, ('{"value": 9999}', sealed))
    done, as_json = run("audit", "verify"), run("audit", "verify", "--json")
    with psycopg.connect(installed["GRIDSVC_OWNER_DATABASE_URL"]) as owner:
        owner.execute(change, ('{"value": 90}', sealed))
    assert (done.code, f"Changed: {sealed}." in done.out) == (1, True)
    assert orjson.loads(as_json.out)["changed"] == [sealed]


def test_a_worker_seals_what_waits(run: Run, sealed: int, installed: Mapping[str, str], tmp_path: Path) -> None:
    run("users", "terms", "password_days", "91")
    settings = replace(Settings.from_environment(installed), data_dir=tmp_path)
    with psycopg.connect(installed["GRIDSVC_DATABASE_URL"], autocommit=True) as side:
        work._seal(settings, side)
        assert side.execute("SELECT audit_is_unsealed()").fetchone() == (False,)
    assert settings.audit_heads.exists()


def test_without_a_name_the_command_lists(run: Run, sealed: int) -> None:
    assert run("audit", "--limit", "1").out.split("\t")[3] == "accounts.term"
