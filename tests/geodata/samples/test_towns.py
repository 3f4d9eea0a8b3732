"""What holds of every made-up town, whatever it consists of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import STRtree

from geodata.samples import SYNTHETIC, city, huating, qingshui, stock, xuancheng, yuci
from geodata.samples.parts import shared
from geodata.samples.town import Town

MAKERS = {
    "qingshui": qingshui.town,
    "huating": huating.town,
    "yuci": yuci.town,
    "xuancheng": xuancheng.town,
    "city": lambda: city.town(400),
}


@pytest.fixture(scope="module", params=MAKERS)
def town(request: pytest.FixtureRequest) -> Town:
    return MAKERS[request.param]()


def test_its_leaves_are_a_coverage(town: Town) -> None:
    leaves = [unit for unit in town.units() if not any(part.level for part in list(unit.part.below())[1:])]
    assert shapely.coverage_is_valid(town.grounds(leaves))


def test_each_unit_lies_in_the_one_above_and_carries_its_code(town: Town) -> None:
    units = stock.units(town, town.units())
    ground = dict(zip(units["编码"], units["geometry"], strict=True))
    for code, parent in zip(units["编码"], units["上级编码"], strict=True):
        if parent is not None:
            assert code.startswith(parent)
            assert shapely.area(shapely.difference(ground[code], ground[parent])) < 1e-15


def test_no_building_stands_in_another_one_or_in_a_street(town: Town) -> None:
    footprints = np.asarray(stock.buildings(town)["geometry"], dtype=object)
    tree = STRtree(footprints)
    one, other = tree.query(footprints, predicate="intersects")
    assert (one == other).all()
    assert len(tree.query(np.asarray(stock.streets(town)["geometry"], dtype=object), predicate="intersects")[0]) == 0


def test_each_compound_holds_its_buildings_and_cars(town: Town) -> None:
    compounds, buildings = stock.compounds(town), stock.buildings(town)
    outline = dict(zip(compounds["小区名称"], compounds["geometry"], strict=True))
    inside = [(outline[name], shape) for name, shape in zip(buildings["小区"], buildings["geometry"], strict=True) if name]
    assert all(shapely.covers(*np.array(inside, dtype=object).T))


def test_parked_cars_stand_beside_each_other_and_not_in_buildings(town: Town) -> None:
    spaces = stock.parking_spaces(town)
    ground = np.array([shape for shape, level in zip(spaces["geometry"], spaces["层"], strict=True) if level == "地面"], dtype=object)
    tree = STRtree(shapely.buffer(ground, -1e-7))
    assert len(tree.query(np.asarray(stock.buildings(town)["geometry"], dtype=object), predicate="intersects")[0]) == 0
    one, other = tree.query(ground, predicate="intersects")
    assert (one == other).all()


def test_households_are_shared_out_whole(town: Town) -> None:
    wanted = sum(part.households for part in town.root.below())
    assert sum(held or 0 for held in stock.buildings(town)["户数"]) == wanted


def test_sharing_out_adds_up() -> None:
    assert shared(10, [1, 1, 1]) == [3, 4, 3]
    assert sum(shared(3570, [0.3, 7, 2.2, 1e-9])) == 3570


def test_the_same_files_come_out_each_time_and_say_that_they_are_made_up(tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in city.write(tmp_path, 60)}
    assert {path.name: path.read_bytes() for path in city.write(tmp_path, 60)} == first
    assert all(SYNTHETIC.encode() in content for content in first.values())


def test_a_city_keeps_the_proportions_of_the_published_one() -> None:
    small = city.town(400)
    assert len(small.built.laid) == 400 * 15
    assert [sum(unit.part.level == level for unit in small.units()) for level in ("小区(网格)", "楼栋(微网格)")] == [20, 400]
    assert (len(stock.parking_spaces(small)["编号"]), len(stock.fire_lane_table(small)["编号"])) == (4000, 400)
    assert len(stock.stations(small)["编号"]) == 40
