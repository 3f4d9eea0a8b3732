"""What stands in the grid, from the command line: import, assign, ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely.geometry import LineString, Point, mapping

from tests.cli.conftest import Run
from tests.cli.test_import import geojson, units
from tests.grids import CELL_DEG, SOUTH, WEST


def at(right: float, up: float) -> tuple[float, float]:
    return round(WEST + right * CELL_DEG, 8), round(SOUTH + up * CELL_DEG, 8)


@pytest.fixture(scope="module")
def slug() -> str:
    return "standing"


@pytest.fixture
def here(run: Run, plain_scheme: Path, tmp_path: Path, slug: str) -> str:
    """Give a jurisdiction with two grids, two stations (one outside), a space and a fire lane."""
    run("schemes", "add", plain_scheme)
    units(run, tmp_path, slug, "A B")
    things = {
        "stations": ({"name": "红驿站", "kind": "红驿站"}, Point(at(0.5, 0.5))),
        "parking-spaces": ({"name": "A-1", "层": "地面", "性质": "共有"}, Point(at(0.5, 0.2))),
        "fire-lanes": ({"name": "north", "净宽": 4}, LineString([at(0.5, 0.5), at(1.5, 0.5)])),
    }
    for noun, (properties, shape) in things.items():
        file = tmp_path / f"{noun}.geojson"
        file.write_text(json.dumps({"type": "Feature", "properties": properties, "geometry": mapping(shape)}), encoding="utf-8")
        done = run("import", noun, file, "--jurisdiction", slug, "--commit")
        assert done.code == 0, done.err
    return slug


def test_the_command_line_brings_in_counts_lists_and_assigns(run: Run, here: str, tmp_path: Path) -> None:
    assert json.loads(run("parking", "count", here, "--json").out) == {
        "parking_lots": 0, "capacity": None, "parking_spaces": 1, "spaces_by_kind": {"shared": 1}, "spaces_by_level": {"ground": 1},
        "fire_lanes": 1, "fire_lanes_m": pytest.approx(96.5, abs=0.1),
    }  # fmt: skip
    assert "1 fire lanes, 96 m" in run("parking", "count", here).out
    assert run("parking", "list", here).out == ""
    assert run("fire-lanes", "list", here).out.split("\t")[:3] == ["north", "other", "4.0"]
    assert run("stations", "list", here).out.startswith("rest station\t红驿站\tA")
    lon, lat = at(0.6, 0.5)
    nearest = json.loads(run("stations", "nearest", f"{lon},{lat}", "--json", "--kind", "暖心驿站").out)
    assert [item["name"] for item in nearest["items"]][:1] == ["红驿站"]
    assert "In a straight line:\n10 m\t" in run("stations", "nearest", f"{lon},{lat}").out
    outside = geojson(tmp_path, {"far": Point(at(9, 9))}, id="far")
    assert run("import", "stations", outside, "--jurisdiction", here, "--commit").code == 0
    for arguments in ([here], [here, "--changed"], ["--changed"], []):
        said = run("assign", *arguments)
        assert (said.code, f"# {here}" in said.out, "stations: 0 moved, 1 in no unit\n  ? far\t" in said.out) == (0, True, True), said


def test_an_unknown_jurisdiction_is_not_assigned(run: Run) -> None:
    assert run("assign", "nowhere").code == 6
    assert "There is no jurisdiction" in run("assign", "nowhere", "--changed").err


def test_an_unknown_kind_of_station_is_answered_with_the_known_ones(run: Run) -> None:
    assert "the kinds are party_centre" in run("stations", "nearest", "120,30", "--kind", "pub").err
