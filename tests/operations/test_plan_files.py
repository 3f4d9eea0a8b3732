"""A draft that was edited in another program comes back as moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from gridsvc.database.queries.plans import moves
from gridsvc.errors import Invalid
from gridsvc.operations.plan_files import export_draft, import_draft
from tests.operations.desk import Desk
from tests.operations.redrawing import holds


@pytest.fixture
def file(desk: Desk, tmp_path: Path) -> Path:
    export_draft(desk.session, desk.plan, tmp_path / "draft.gpkg")
    return tmp_path / "draft.gpkg"


def edited(file: Path, **grounds: Any) -> Path:
    """Give units of the file other ground, as somebody with another program would."""
    frame = geopandas.read_file(file, engine="pyogrio")
    for name, ground in grounds.items():
        frame.loc[frame["name"] == name, "geometry"] = ground
    frame.to_file(file, layer="draft", driver="GPKG", engine="pyogrio")
    return file


def brought(desk: Desk, file: Path, **terms: Any) -> list[str]:
    made = import_draft(desk.session, desk.actor, desk.plan, file, **terms)
    holds(desk.at.after)
    kinds = {move.serial: move.kind for move in moves(desk.session, desk.plan.id)}
    return [kinds[each.serial] for each in made]


def test_what_nobody_edited_makes_no_move(desk: Desk, file: Path) -> None:
    assert brought(desk, file) == []


def test_a_border_drawn_elsewhere_is_a_move(desk: Desk, file: Path) -> None:
    west, east = shapely.box(120, 30, 120.0012, 30.002), shapely.box(120.0012, 30, 120.002, 30.002)
    before = desk.bytes()
    assert brought(desk, edited(file, A=west, B=east)) == ["redraw"]
    assert desk.unit("A").ground.equals(west)
    assert desk.bytes()[desk.key("D")] == before[desk.key("D")]


def test_a_gap_is_named_and_closed_on_request(desk: Desk, file: Path) -> None:
    edited(file, A=shapely.box(120, 30, 120.0008, 30.002))
    with pytest.raises(Invalid) as refused:
        brought(desk, file)
    assert [finding.code for finding in refused.value.findings] == ["gap"]
    assert refused.value.findings[0].where == pytest.approx((120.0008, 30, 120.001, 30.002))
    assert brought(desk, file, repair=True) == []  # nobody but A is near enough to take it


def test_an_overlap_is_named_and_goes_to_the_smaller(desk: Desk, file: Path) -> None:
    wide = shapely.box(120.0008, 30, 120.002, 30.002)
    edited(file, B=wide)
    with pytest.raises(Invalid) as refused:
        brought(desk, file)
    assert [finding.code for finding in refused.value.findings] == ["overlap"]


def test_a_unit_cut_elsewhere_has_a_new_part(desk: Desk, file: Path) -> None:
    frame = geopandas.read_file(file, engine="pyogrio")
    part = frame[frame["name"] == "A"].copy()
    part["geometry"] = shapely.box(120, 30, 120.001, 30.0004)
    frame.loc[frame["name"] == "A", "geometry"] = shapely.box(120, 30.0004, 120.001, 30.002)
    geopandas.GeoDataFrame(geopandas.pd.concat([frame, part]), crs=frame.crs).to_file(file, layer="draft", driver="GPKG", engine="pyogrio")
    assert brought(desk, file) == ["redraw"]
    assert desk.at.was[-1].code == "370212001003"


def test_names_and_units_above_are_moves_too(desk: Desk, file: Path) -> None:
    frame = geopandas.read_file(file, engine="pyogrio")
    frame.loc[frame["name"] == "A", "name"] = "Apple"
    frame.loc[frame["name"] == "B", "parent"] = desk.key("E")
    frame.to_file(file, layer="draft", driver="GPKG", engine="pyogrio")
    assert sorted(brought(desk, file)) == ["rename", "reparent"]
