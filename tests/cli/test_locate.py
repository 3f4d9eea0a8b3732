from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from gridsvc.cli import EXIT_CODES
from gridsvc.errors import Invalid, NotFound
from tests.cli.conftest import Run
from tests.cli.test_import import geojson, units
from tests.grids import CELL_DEG, SOUTH, WEST, draw

A = f"{WEST + 0.5 * CELL_DEG},{SOUTH + 0.5 * CELL_DEG}"
B = f"{WEST + 1.5 * CELL_DEG},{SOUTH + 0.5 * CELL_DEG}"
BETWEEN = f"{WEST + CELL_DEG},{SOUTH + 0.5 * CELL_DEG}"
OUTSIDE = "121,31"
HERE = ("--jurisdiction", "located")


@pytest.fixture(scope="module")
def ready() -> list[bool]:
    """Return a mark: the ground is brought in once."""
    return []


@pytest.fixture(autouse=True)
def ground(run: Run, tmp_path: Path, plain_scheme: Path, ready: list[bool]) -> None:
    """Bring in two leaves, A in the west, and a compound in B."""
    if not ready:
        run("schemes", "add", plain_scheme)
        units(run, tmp_path, "located", "A B")
        run("import", "compounds", geojson(tmp_path, draw(". 小区")), *HERE, "--commit")
        ready.append(True)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def points(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file = folder / "points.csv"
    file.write_bytes("\n".join(lines).encode(encoding))
    return file


def test_a_point_is_told_from_the_top_to_the_leaf(run: Run) -> None:
    assert run("locate", A, *HERE).out == "Top\t-\tlocated\nGrid\t-\tA\n"


def test_a_compound_around_the_point_is_told(run: Run) -> None:
    assert run("locate", B, *HERE).out.endswith("Compound: 小区\n")


def test_a_full_width_comma_is_a_comma(run: Run) -> None:
    assert run("locate", A.replace(",", "，"), *HERE).out.endswith("A\n")


def test_a_point_on_a_border_names_both(run: Run) -> None:
    assert "On the border with " in run("locate", BETWEEN, *HERE).out


def test_a_point_in_none_is_said_so(run: Run) -> None:
    assert run("locate", OUTSIDE, *HERE).out == "121.0, 31.0 lies in no unit.\n"


def test_a_point_before_the_ground_was_known_lies_in_none(run: Run) -> None:
    assert run("locate", A, *HERE, "--as-of", "1999-01-01").out.endswith("lies in no unit.\n")


def test_json_holds_one_point(run: Run) -> None:
    answer = json.loads(run("locate", A, *HERE, "--json").out)
    assert (answer["jurisdiction"], answer["names"], answer["remainder"]) == ("located", "located/A", False)


@pytest.mark.parametrize("text", ["here", "120", "1,2,3", "120;30"])
def test_what_is_no_point_is_one_sentence(run: Run, text: str) -> None:
    done = run("locate", text)
    told = f"{text!r} is no point; longitude, comma, latitude would be right: 120.53,36.11.\n"
    assert (done.code, done.out, done.err) == (EXIT_CODES[Invalid], "", told)


def test_an_unknown_jurisdiction_is_one_sentence(run: Run) -> None:
    done = run("locate", A, "--jurisdiction", "nowhere")
    assert (done.code, done.err) == (EXIT_CODES[NotFound], "There is no jurisdiction 'nowhere'.\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_of_offices(run: Run, tmp_path: Path, encoding: str) -> None:
    done = run("locate", points(tmp_path, "名称,经度,纬度", f"东门,{A}", encoding=encoding), *HERE)
    assert [(row["名称"], row["names"], row["fault"]) for row in rows(done.out)] == [("东门", "located/A", "")]


def test_a_table_may_have_semicolons(run: Run, tmp_path: Path) -> None:
    done = run("locate", points(tmp_path, "name;lon;lat", f"gate;{A.replace(',', ';')}"), *HERE)
    assert [row["names"] for row in rows(done.out)] == ["located/A"]


@pytest.mark.parametrize("as_of", [(), ("--as-of", "2099-01-01")])
def test_bad_rows_keep_their_place_and_say_why(run: Run, tmp_path: Path, as_of: tuple[str, ...]) -> None:
    file = points(tmp_path, "id,lon,lat", f"1,{A}", "2,north,30", "3,,", f"4,{OUTSIDE}", f"5,{B}")
    found = rows(run("locate", file, *HERE, *as_of).out)
    assert [row["id"] for row in found] == ["1", "2", "3", "4", "5"]
    assert [row["names"] for row in found] == ["located/A", "", "", "", "located/B"]
    assert ["pair of numbers" in row["fault"] for row in found] == [False, True, False, False, False]
    assert found[2]["fault"] == "The row has no geometry."


def test_points_come_back_in_the_stored_reference_system(run: Run, tmp_path: Path) -> None:
    (row,) = rows(run("locate", points(tmp_path, "lon,lat", A), *HERE, "--crs", "GCJ-02").out)
    assert 0.003 < WEST + 0.5 * CELL_DEG - float(row["lon"]) < 0.008


def test_a_table_without_points_is_one_sentence(run: Run, tmp_path: Path) -> None:
    done = run("locate", points(tmp_path, "name,street", "a,b"), *HERE)
    assert (done.code, done.out, done.err) == (EXIT_CODES[Invalid], "", "The file has no column lon / lat; it has name, street.\n")


def test_a_table_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    done = run("locate", tmp_path / "nowhere.csv")
    assert (done.code, done.err) == (EXIT_CODES[Invalid], "There is no file nowhere.csv.\n")
