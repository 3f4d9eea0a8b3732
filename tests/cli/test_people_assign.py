"""Households are shared out among members from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_import import geojson, units
from tests.grids import draw


@pytest.fixture
def here(run: Run, plain_scheme: Path, tmp_path: Path) -> str:
    """Give a building of seven dwellings with one member."""
    slug = "linked"
    run("schemes", "add", plain_scheme)
    units(run, tmp_path, slug, "A B")
    houses = geojson(tmp_path, {"1号楼": draw("a .")["a"]}, id="b1")
    assert run("import", "buildings", houses, "--jurisdiction", slug, "--commit").code == 0
    files = {
        "households": ["地址,房屋用途", *(f"1号楼{room},自住" for room in range(101, 108))],
        "people": ["人员编号,姓名,党员类别,居住楼栋编号", "R1,王伟,在职党员,b1"],
    }
    for noun, lines in files.items():
        file = tmp_path / f"{noun}.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        done = run("import", noun, file, "--jurisdiction", slug, "--commit")
        assert done.code == 0, done
    return slug


def test_households_are_shared_out_and_committed_when_told(run: Run, here: str) -> None:
    look = run("people", "assign", here, "--low", 2, "--high", 5)
    assert (look.code, "Nothing was written" in look.out) == (0, True), look
    assert "2 stay without, 1 more members would do" in look.out
    assert "5 of 7 households go to 1 members, 5 of them in the member's own building." in look.out
    first = json.loads(run("people", "assign", here, "--json", "--commit").out)
    again = json.loads(run("people", "assign", here, "--json").out)
    assert (first["covered"], again["dwellings"]) == (7, 0)
