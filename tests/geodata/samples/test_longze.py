from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import shapely

from geodata.measure import area_m2
from geodata.samples import SYNTHETIC
from geodata.samples.longze import grids, write


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, geopandas.GeoDataFrame]:
    found = {path.stem: geopandas.read_file(path) for path in write(tmp_path_factory.mktemp("longze"))}
    return found | {"units": pandas.concat([found["units"], found["units-grids"]], ignore_index=True)}


def ground(tables: dict[str, geopandas.GeoDataFrame], name: str) -> shapely.Polygon:
    units = tables["units"]
    return units.geometry[units["名称"] == name].item()


def test_the_compound_has_the_land_of_the_account(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    assert area_m2(tables["compounds"].geometry.to_numpy())[0] == pytest.approx(50_491, abs=1)


def test_ten_buildings_of_12_to_16_storeys_hold_875_households_and_75_shops(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    inside = tables["buildings"][tables["buildings"]["小区"] == "龙泽书苑"]
    assert (len(inside), inside["层数"].min(), inside["层数"].max(), inside["户数"].sum(), inside["商户数"].sum()) == (10, 12, 16, 875, 75)


def test_whole_buildings_give_the_grids_438_and_437_households(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    buildings = tables["buildings"]
    held = [buildings[buildings.within(ground(tables, f"龙泽书苑{number}网格"))]["户数"].sum() for number in "一二"]
    assert held == [438, 437]


def test_the_neighbours_households_are_not_known(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    outside = tables["buildings"][tables["buildings"]["小区"].isna()]
    assert len(outside) > 60
    assert outside["户数"].isna().all()


def test_the_grids_make_up_the_compound_vertex_by_vertex(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    west, east = grids()
    assert shapely.coverage_is_valid([west, east])
    assert shapely.equals(shapely.union(west, east), tables["compounds"].geometry.item())


def test_each_unit_lies_in_the_one_above(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    units = tables["units"].set_index("编码")
    below = units[units["上级编码"].notna()]
    above = units.geometry.loc[below["上级编码"]].to_numpy()
    assert shapely.covers(above, below.geometry.to_numpy()).tolist() == [True] * 4


def test_no_border_cuts_a_building(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    borders = shapely.boundary(tables["units"].geometry.to_numpy())
    assert not shapely.intersects(borders[:, None], tables["buildings"].geometry.to_numpy()[None, :]).any()


def test_buildings_stand_apart_from_each_other(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    footprints = tables["buildings"].geometry.to_numpy()
    one, other = shapely.STRtree(footprints).query(footprints, predicate="intersects")
    assert (one == other).all()


def test_no_street_runs_through_a_building(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    crossed, _ = shapely.STRtree(tables["buildings"].geometry.to_numpy()).query(
        tables["streets"].geometry.to_numpy(), predicate="intersects"
    )
    assert len(crossed) == 0


def test_streets_of_five_classes_are_drawn(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    assert set(tables["streets"]["道路等级"]) == {"primary", "secondary", "residential", "service", "footway"}


def test_codes_begin_with_the_code_above(tables: dict[str, geopandas.GeoDataFrame]) -> None:
    assert tables["units"]["编码"].tolist() == ["370212", "370212002", "370212002040", "370212002040001", "370212002040002"]


@pytest.mark.parametrize("noun", ["units", "compounds", "buildings", "streets"])
def test_every_row_says_that_it_is_made_up_and_stands_on_the_stored_grid(tables: dict[str, geopandas.GeoDataFrame], noun: str) -> None:
    table = tables[noun]
    places = shapely.get_coordinates(table.geometry.to_numpy())
    assert (table["来源"] == SYNTHETIC).all()
    assert table.crs.to_epsg() == 4490
    np.testing.assert_array_equal(places, np.round(places, 8))


def test_the_same_files_come_out_each_time(tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in write(tmp_path)}
    assert {path.name: path.read_bytes() for path in write(tmp_path)} == first
