from __future__ import annotations

from pathlib import Path

import pytest

from gridsvc.cli import EXIT_CODES
from gridsvc.errors import Conflict, Invalid, NotFound
from tests.cli.conftest import Run
from tests.cli.test_import import geojson
from tests.grids import draw

HERE = ("--jurisdiction", "exported")


@pytest.fixture(autouse=True)
def exported(run: Run, plain_scheme: Path, tmp_path: Path) -> None:
    run("schemes", "add", plain_scheme)
    done = run("import", "units", geojson(tmp_path, draw("A B")), *HERE, "--scheme", "plain", "--level", "grid", "--commit")
    assert done.code == 0, done.err


def test_an_export_says_how_many_rows_are_where_and_comes_back_unchanged(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "units.xlsx"
    done = run("export", "units", file, *HERE)
    assert (done.code, done.out.splitlines()[-1]) == (0, f"3 rows are in {file}.")
    assert run("import", "units", file, *HERE, "--commit").out.splitlines()[-1] == "3 unchanged"


def test_a_file_that_is_there_is_replaced_by_force_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("mine")
    refused = run("export", "units", file, *HERE)
    assert (refused.code, file.read_text()) == (EXIT_CODES[Conflict], "mine")
    assert run("export", "units", file, *HERE, "--force").code == 0
    assert file.read_text("utf-8-sig").startswith('"标识","编码","名称"')


def test_english_makes_keys_of_headers(run: Run, tmp_path: Path) -> None:
    run("export", "units", tmp_path / "units.csv", *HERE, "--english")
    assert (tmp_path / "units.csv").read_text("utf-8-sig").startswith('"id","code","name"')


def test_as_it_stood_before_there_is_nothing(run: Run, tmp_path: Path) -> None:
    assert run("export", "units", tmp_path / "units.gpkg", *HERE, "--as-of", "2001-01-01").out.startswith("0 rows")


@pytest.mark.parametrize(
    ("name", "asked", "error"),
    [
        ("units.csv", ("--jurisdiction", "nowhere"), NotFound),
        ("units.csv", (*HERE, "--under", "999"), NotFound),
        ("units.dwg", HERE, Invalid),
        ("absent/units.csv", HERE, Invalid),
    ],
)
def test_what_cannot_be_exported_is_one_sentence_and_leaves_no_file(
    run: Run, tmp_path: Path, name: str, asked: tuple[str, ...], error: type[Exception]
) -> None:
    before = sorted(tmp_path.iterdir())
    done = run("export", "units", tmp_path / name, *asked)
    assert (done.code, len(done.err.splitlines()) >= 1, sorted(tmp_path.iterdir())) == (EXIT_CODES[error], True, before)
