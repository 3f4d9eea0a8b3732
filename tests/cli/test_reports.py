"""`gridsvc reports`: frozen, listed, shown and written."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.test_import import units


def test_the_command_line_freezes_lists_shows_and_writes_a_report(run: Run, plain_scheme: Path, tmp_path: Path) -> None:
    run("schemes", "add", plain_scheme)
    units(run, tmp_path, "told", "A B")
    frozen = run("reports", "freeze", "told", "--period", "2026")
    assert frozen.code == 0, frozen.err
    assert [line.split("\t")[0] for line in run("reports", "list", "told").out.splitlines()] == ["2026-1"]
    shown = run("reports", "show", "told", "2026-1").out
    assert (shown.splitlines()[-1], "Posts vacant" in shown) == ("Sums hold at every level.", True)
    assert json.loads(run("reports", "show", "told", "2026-1", "--json").out)["period"]["label"] == "2026"
    book = tmp_path / "report.xlsx"
    assert [run("reports", "export", "told", "2026-1", book).code for _ in range(2)] == [0, 7]
    assert run("reports", "export", "told", "2026-1", tmp_path / "report.csv").code == 3
    assert (run("reports", "show", "told", "2026-9").code, run("reports", "freeze", "told", "--period", "soon").code) == (6, 3)
