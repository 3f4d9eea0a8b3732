"""`gridsvc people`: from a file to a post, a list, urgent times, an answer and an end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_import import units

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def here(run: Run, plain_scheme: Path, tmp_path: Path) -> str:
    """Give a jurisdiction with two grids and one person."""
    run("schemes", "add", plain_scheme)
    units(run, tmp_path, "folk", "A B")
    file = tmp_path / "people.csv"
    file.write_text("人员编号,姓名,手机号码\nR1,亓大山,13900007193\n", encoding="utf-8")
    done = run("import", "people", file, "--jurisdiction", "folk", "--commit")
    assert done.code == 0, done.err
    return "folk"


def test_the_command_line_appoints_lists_switches_answers_and_deletes(run: Run, here: str, tmp_path: Path) -> None:
    given = run("people", "appoint", here, "R1", "网格长", "--unit", "A", "--until", "2020-01-01")
    assert given.code == 0, given.err
    appointment = UUID.findall(given.out)[0]
    listed = json.loads(run("people", "list", here, "--json").out)
    assert (listed["name"], listed["phone"], listed["posts"]) == ("亓**", "139****7193", ["leader"])
    assert run("people", "notices", here).out.strip() == "folk: 2 notices are open."
    assert run("people", "end", appointment, "--reason", "moved away").code == 0
    assert run("people", "end", appointment, "--reason", "again").code == 7
    answered = tmp_path / "answer.json"
    assert run("people", "answer", here, "R1", "--out", answered, "--reason", "asked in person").code == 0
    held = json.loads(answered.read_text())
    assert (held["person"][0]["phone"], held["posts"][0]["reason"], answered.stat().st_mode & 0o777) == ("13900007193", "moved away", 0o600)
    assert run("people", "answer", here, "R1", "--out", answered, "--reason", "again").code == 7
    assert run("people", "leave", here, "R1", "--reason", "moved away").code == 0
    assert "0 people" in run("people", "retain", here, "--older-than", "1d", "--commit").out
    assert "Nothing was deleted" in run("people", "retain", here, "--older-than", "0d").out
    assert "1 people" in run("people", "retain", here, "--older-than", "0d", "--commit").out


@pytest.mark.parametrize("period", ["3 years", "y", "-1d"])
def test_a_period_that_is_none_is_refused(run: Run, here: str, period: str) -> None:
    assert run("people", "retain", here, f"--older-than={period}").code == 3
