from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, box

from geodata.assignment import place
from geodata.districting.blocks import blocks
from geodata.districting.streets import Streets
from geodata.measure import area_m2
from geodata.topology import Geometries, check
from geodata.topology.grid import as_array
from tests.geodata.districting.streetside import Quarter, placed, quarter, shanghai, streets

FIELD = placed(box(0, 0, 400, 200))[0]
NOBODY_HOME = as_array([])


def sizes(found: Geometries) -> list[int]:
    """Return the blocks' grounds in thousands of m²."""
    return sorted(round(size / 1000) for size in area_m2(found))


def test_a_street_parts_the_ground_along_its_middle() -> None:
    found = blocks(FIELD, streets([(150, -10), (150, 210)]), NOBODY_HOME)
    assert check(found, outer=None) == []
    assert sizes(found) == [30, 50]


def test_two_carriageways_are_one_street() -> None:
    assert sizes(blocks(FIELD, streets([(140, -10), (140, 210)], [(160, -10), (160, 210)]), NOBODY_HOME)) == [30, 50]


@pytest.mark.parametrize(("kind", "tunnel"), [("footway", False), ("service", False), ("primary", True)])
def test_paths_yards_and_tunnels_part_nothing(kind: str, tunnel: bool) -> None:
    assert sizes(blocks(FIELD, streets([(150, -10), (150, 210)], kind=kind, tunnel=tunnel), NOBODY_HOME)) == [80]


def test_a_cul_de_sac_parts_nothing() -> None:
    assert sizes(blocks(FIELD, streets([(150, -10), (150, 100)]), NOBODY_HOME)) == [80]


def test_the_middle_of_a_roundabout_is_no_block() -> None:
    ring = [(200 + 20 * np.cos(turn), 100 + 20 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 40)]
    assert len(blocks(FIELD, streets([(200, -10), (200, 80)], [(200, 120), (200, 210)], ring), NOBODY_HOME)) == 2


def test_a_house_over_a_street_stands_in_one_block() -> None:
    house = placed(box(120, 90, 160, 110))
    found = blocks(FIELD, streets([(150, -10), (150, 210)]), house)
    assert place(found, house).cut_m2[0] < 1


def test_a_river_parts_the_ground_in_its_middle() -> None:
    found = blocks(FIELD, streets(), NOBODY_HOME, barriers=placed(box(-10, 100, 410, 160)))
    assert sizes(found) == [28, 52]


def test_a_bridge_joins_no_blocks_across_a_river() -> None:
    found = blocks(FIELD, streets([(200, -10), (200, 210)]), NOBODY_HOME, barriers=placed(box(-10, 90, 410, 110)))
    assert sizes(found) == [20, 20, 20, 20]


def test_without_streets_the_parts_of_the_boundary_are_the_blocks() -> None:
    boundary = MultiPolygon([*placed(box(0, 0, 100, 100).difference(Point(50, 50).buffer(20)), box(200, 0, 300, 100))])
    found = blocks(boundary, streets(), NOBODY_HOME)
    assert shapely.equals(shapely.union_all(found), boundary)
    assert len(found) == 2


def test_ground_that_is_all_street_is_a_block() -> None:
    boundary = placed(box(0, 0, 12, 80))[0]
    assert shapely.equals(shapely.union_all(blocks(boundary, streets([(6, -10), (6, 90)]), NOBODY_HOME)), boundary)


def test_known_widths_count() -> None:
    narrow = streets([(140, -10), (140, 210)], [(170, -10), (170, 210)])
    wide = Streets(narrow.lines, narrow.kind, narrow.tunnel, width_m=np.array([40.0, np.nan]))
    assert (len(blocks(FIELD, narrow, NOBODY_HOME)), len(blocks(FIELD, wide, NOBODY_HOME))) == (3, 2)


@pytest.mark.parametrize("real", [shanghai, lambda: quarter("moscow"), lambda: quarter("monaco-tilemaker")])
def test_the_blocks_of_real_quarters_tile_and_cut_no_building(real: type[Quarter]) -> None:
    here = real()
    found = blocks(here.boundary, here.streets, here.footprints, barriers=here.water)
    assert check(found) == []
    assert area_m2(found).sum() == pytest.approx(area_m2([here.boundary])[0], rel=1e-7)
    assert place(found, here.footprints).cut_m2.max() < 1
    assert 40 < len(found) < 250
