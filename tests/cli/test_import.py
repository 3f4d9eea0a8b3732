from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest
import shapely
from shapely.geometry import mapping

from gridsvc.cli import EXIT_CODES
from gridsvc.database import freshness
from gridsvc.database import session as sessions
from gridsvc.database.queries.locate import locate
from gridsvc.errors import Invalid, NotFound
from tests.cli.conftest import Run
from tests.grids import CELL_DEG, SOUTH, WEST, draw


@pytest.fixture(autouse=True)
def scheme(run: Run, plain_scheme: Path) -> None:
    run("schemes", "add", plain_scheme)


def geojson(folder: Path, grounds: Mapping[str, shapely.Geometry], **more: object) -> Path:
    """Write a file of named ground."""
    rows = [{"type": "Feature", "properties": {"name": name} | more, "geometry": mapping(ground)} for name, ground in grounds.items()]
    file = folder / "drawn.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return file


NEW = ("--scheme", "plain", "--level", "grid")
"""What a jurisdiction that is not there yet needs."""


def units(run: Run, folder: Path, slug: str, *rows: str) -> None:
    """Make a jurisdiction with drawn units of the second level."""
    done = run("import", "units", geojson(folder, draw(*rows)), "--jurisdiction", slug, *NEW, "--commit")
    assert done.code == 0, done.err


def slugs(installed: Mapping[str, str]) -> set[str]:
    with psycopg.connect(installed["GRIDSVC_OWNER_DATABASE_URL"]) as connection:
        return {slug for (slug,) in connection.execute("SELECT slug FROM jurisdiction")}


def test_an_import_says_what_it_does_and_counts(run: Run, tmp_path: Path) -> None:
    done = run("import", "units", geojson(tmp_path, draw("A B")), "--jurisdiction", "said", *NEW, "--commit")
    assert done.code == 0
    assert done.out.splitlines()[0] == "Columns: name ← name"
    assert done.out.splitlines()[-1] == "2 new"


def test_without_commit_nothing_is_written_and_it_says_so(run: Run, tmp_path: Path, installed: Mapping[str, str]) -> None:
    units(run, tmp_path, "dry", "A B")
    before = run("import", "compounds", geojson(tmp_path, draw("A")), "--jurisdiction", "dry")
    again = run("import", "compounds", geojson(tmp_path, draw("A")), "--jurisdiction", "dry")
    told = ["1 new", "Nothing was written. Repeat with --commit to bring it in."]
    assert before.out.splitlines()[-2:] == again.out.splitlines()[-2:] == told


def test_a_jurisdiction_made_for_a_look_does_not_remain(run: Run, tmp_path: Path, installed: Mapping[str, str]) -> None:
    done = run("import", "units", geojson(tmp_path, draw("A B")), "--jurisdiction", "looked-at", *NEW)
    assert (done.code, "2 new" in done.out) == (0, True)
    assert "looked-at" not in slugs(installed)


def test_a_jurisdiction_whose_first_file_is_refused_does_not_remain(run: Run, tmp_path: Path, installed: Mapping[str, str]) -> None:
    file = geojson(tmp_path, {"A": shapely.Point(120, 30)})
    done = run("import", "units", file, "--jurisdiction", "refused", *NEW, "--commit")
    assert done.code == EXIT_CODES[Invalid]
    assert "refused" not in slugs(installed)


def test_the_same_file_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    units(run, tmp_path, "twice", "A B", "A C")
    done = run("import", "units", geojson(tmp_path, draw("A B", "A C")), "--jurisdiction", "twice", "--level", "grid", "--commit")
    assert (done.code, done.out.splitlines()[-1]) == (0, "3 unchanged")


def test_json_is_the_only_thing_on_standard_output(run: Run, tmp_path: Path) -> None:
    file = geojson(tmp_path, draw("A B") | {"C": shapely.Point(120, 30)})
    done = run("import", "units", file, "--jurisdiction", "json", *NEW, "--json")
    answer = json.loads(done.out)
    assert answer["counts"] == {"new": 2, "refused": 1}
    assert [finding["message"] for finding in answer["findings"]] == ["Row 3 (C): It has no ground; draw a polygon, or leave the row out."]


def test_json_speaks_the_chosen_language(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDSVC_LANGUAGE", "zh")
    file = geojson(tmp_path, {"C": shapely.Point(120, 30)})
    done = run("import", "units", file, "--jurisdiction", "json", *NEW, "--json")
    assert json.loads(done.out)["findings"][0]["message"].startswith("第 1 行（C）：没有范围")


def test_a_file_that_is_none_is_one_sentence(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    done = run("import", "units", broken, "--jurisdiction", "x", "--scheme", "plain")
    assert (done.code, done.out, done.err.count("\n")) == (EXIT_CODES[Invalid], "", 1)


def test_a_file_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    done = run("import", "units", tmp_path / "nowhere.geojson", "--jurisdiction", "x", *NEW)
    assert (done.code, done.err) == (EXIT_CODES[Invalid], "There is no file nowhere.geojson.\n")


def test_an_unknown_jurisdiction_is_told_how_to_make_it(run: Run, tmp_path: Path) -> None:
    done = run("import", "units", geojson(tmp_path, draw("A")), "--jurisdiction", "nowhere")
    assert (done.code, done.err) == (
        EXIT_CODES[NotFound],
        "There is no jurisdiction 'nowhere'; to make it, say which --scheme it follows.\n",
    )


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("nam=name", "units have no field 'nam'; the fields are code, name, level, parent, kind.\n"),
        ("name=nmae", "The file has no column 'nmae'; it has name.\n"),
        ("name", "--column name names no header; FIELD=HEADER would be right, for example name=网格名称.\n"),
    ],
)
def test_a_wrong_column_is_one_sentence(run: Run, tmp_path: Path, column: str, told: str) -> None:
    asked = ("--jurisdiction", "x", *NEW, "--column", column)
    done = run("import", "units", geojson(tmp_path, draw("A")), *asked)
    assert (done.code, done.out, done.err) == (EXIT_CODES[Invalid], "", told)


def test_a_chosen_column_is_read(run: Run, tmp_path: Path) -> None:
    file = geojson(tmp_path, draw("A"), 别名="another")
    asked = ("--jurisdiction", "x", *NEW, "--column", "name=别名", "--json")
    assert json.loads(run("import", "units", file, *asked).out)["rows"][0]["key"] == "another"


@pytest.mark.parametrize(("noun", "levels"), [("units", ("top", "grid")), ("compounds", (None, None))])
def test_a_day_before_the_last_one_is_said(run: Run, tmp_path: Path, noun: str, levels: tuple[str | None, str | None]) -> None:
    asked = ("--jurisdiction", f"days-{noun}", "--scheme", "plain", "--commit")
    above, below = (("--level", level) if level else () for level in levels)
    assert run("import", noun, geojson(tmp_path, draw("A A")), *asked, *above, "--effective", "2024-06-01").code == 0
    done = run("import", noun, geojson(tmp_path, draw("B .")), *asked, *below, "--effective", "2024-05-31")
    assert done.code == EXIT_CODES[Invalid]
    assert re.search(r"2024-05-31.* 2024-06-01; that day or a later one would be right.", done.err)


def test_refused_rows_are_named_when_they_keep_the_file_out(run: Run, tmp_path: Path) -> None:
    file = geojson(tmp_path, draw("A") | {"C": shapely.Point(120, 30)})
    done = run("import", "compounds", file, "--jurisdiction", "named", *NEW[:2], "--commit")
    assert done.err.splitlines() == [
        "✗ Row 2 (C): there is no polygon in its geometry (POINT); draw one, or leave the row out.",
        "1 rows are refused, so nothing was written; mend them, or repeat with --skip-refused to bring in the others.",
    ]


def test_an_unknown_date_is_one_sentence(run: Run, tmp_path: Path) -> None:
    done = run("import", "units", geojson(tmp_path, draw("A")), "--jurisdiction", "x", "--scheme", "plain", "--effective", "soon")
    assert (done.code, done.err) == (EXIT_CODES[Invalid], "'soon' is no date; 2026-11-22 or 2026-11-22T08:00:00+08:00 would be right.\n")


def test_another_process_answers_by_the_import_at_once(run: Run, tmp_path: Path, installed: Mapping[str, str]) -> None:
    units(run, tmp_path, "fresh", "A .")
    engine = sessions.connect(installed["GRIDSVC_DATABASE_URL"])
    freshness.keep_mark(Path(installed["GRIDSVC_DATA_DIR"]) / "run" / "generation")
    east = (WEST + 1.5 * CELL_DEG, SOUTH + 0.5 * CELL_DEG)
    assert locate(*east, "fresh").chain == ()
    file = geojson(tmp_path, draw(". B"))
    writer = [
        sys.executable,
        "-m",
        "gridsvc",
        "import",
        "units",
        str(file),
        "--jurisdiction",
        "fresh",
        "--level",
        "grid",
        "--keep",
        "child",
    ]
    subprocess.run([*writer, "--commit"], env={**os.environ, **installed}, check=True, capture_output=True)
    assert [unit.name for unit in locate(*east, "fresh").chain][-1:] == ["B"]
    engine.dispose()
