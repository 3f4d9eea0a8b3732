from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from geodata.assignment import place
from geodata.districting.blocks import blocks
from geodata.districting.draw import draw
from geodata.districting.parcels import Parcels, parcels
from geodata.measure import area_m2
from geodata.topology import Geometries, Ground, check
from geodata.topology.grid import as_array
from geodata.topology.mend import mend
from tests.geodata.districting.streetside import Quarter, placed, quarter, shanghai, streets

FIELD = placed(box(0, 0, 100, 60))[0]
TWO = placed(box(10, 20, 30, 40), box(70, 20, 90, 40))


def divided(footprints: Geometries, boundary: Ground = FIELD, **terms: Geometries) -> Parcels:
    """Return the parcels in one block, which tile it."""
    found = parcels(boundary, footprints, **({"blocks": as_array([boundary])} | terms))
    assert check(found.ground) == []
    assert area_m2(found.ground).sum() == pytest.approx(area_m2([boundary])[0], rel=1e-6)
    return found


def sizes(found: Parcels) -> list[float]:
    return [round(size, -1) for size in area_m2(found.ground)]


def cut(found: Parcels, footprints: Geometries) -> float:
    """Return the most m² of a footprint that lie outside its own parcel."""
    return float(area_m2(shapely.difference(footprints, found.ground[found.of_building])).max())


def test_two_houses_share_the_ground_midway() -> None:
    found = divided(TWO)
    assert sizes(found) == pytest.approx([3000, 3000], abs=30)
    assert found.building.tolist() == found.of_building.tolist() == [0, 1]


def test_one_house_has_the_whole_block() -> None:
    assert sizes(divided(TWO[:1])) == [6000]


def test_ground_without_houses_stays_whole() -> None:
    found = divided(TWO[:0])
    assert (sizes(found), found.building.tolist()) == ([6000], [-1])


def test_houses_wall_to_wall_part_at_the_wall() -> None:
    row = placed(*(box(10 + 15 * n, 20, 25 + 15 * n, 40) for n in range(4)))
    assert cut(divided(row), row) < 0.1


def test_houses_that_overlap_share_a_parcel() -> None:
    found = divided(placed(box(10, 20, 30, 40), box(25, 20, 50, 40), box(70, 20, 90, 40)))
    assert (found.of_building.tolist(), found.building.tolist()) == ([0, 0, 1], [0, 2])


def test_a_house_in_a_courtyard_has_its_own_ground() -> None:
    court = box(20, 5, 80, 55).difference(box(30, 15, 70, 45))
    houses = placed(court, box(45, 25, 55, 35))
    found = divided(houses)
    assert len(found.ground[0].interiors) == 1
    assert cut(found, houses) < 0.1


def test_a_wall_is_a_border() -> None:
    wall = placed(LineString([(60, -5), (60, 65)]))
    assert sizes(divided(TWO, walls=wall)) == [3600, 2400]


def test_a_wall_with_a_gate_is_a_border_but_for_the_gate() -> None:
    wall = placed(LineString([(60, -5), (60, 28)]), LineString([(60, 32), (60, 65)]))
    assert sizes(divided(TWO, walls=wall)) == pytest.approx([3600, 2400], abs=60)


def test_a_house_across_blocks_takes_its_ground_along() -> None:
    halves = placed(box(0, 0, 50, 60), box(50, 0, 100, 60))
    houses = placed(box(20, 20, 60, 40))
    found = divided(houses, blocks=halves)
    assert sizes(found) == [3200, 2800]
    assert cut(found, houses) < 0.1


def test_a_house_larger_than_its_block_takes_it_in() -> None:
    rows = placed(box(0, 0, 100, 20), box(0, 20, 100, 40), box(0, 40, 100, 60))
    houses = placed(box(-5, 15, 105, 45))
    found = divided(houses, blocks=rows)
    assert sizes(found) == [3000, 1500, 1500]
    assert found.of_building.tolist() == [0]


def test_a_house_across_the_boundary_is_told_and_clipped() -> None:
    found = divided(placed(box(90, 20, 110, 40), box(120, 20, 140, 40)))
    assert found.of_building.tolist() == [0, -1]
    assert [(str(each), each.values["building"]) for each in found.findings] == [
        ("Building 0: 50 % of it lies outside the boundary.", 0),
        ("Building 1: 100 % of it lies outside the boundary.", 1),
    ]


def test_a_house_without_ground_has_no_parcel() -> None:
    assert divided(np.array([TWO[0], None, Polygon()], dtype=object)).of_building.tolist() == [0, -1, -1]


def test_a_hut_shares_the_ground_of_its_neighbour() -> None:
    found = divided(placed(box(10, 20, 30, 40), box(31, 20, 31.5, 20.5), box(32, 19, 60, 21)))
    assert (area_m2(found.ground) >= 1).all()
    assert (found.of_building >= 0).all()


def test_a_broken_outline_is_mended_first() -> None:
    bow = placed(Polygon([(20, 20), (40, 40), (40, 20), (20, 40)]))
    assert divided(bow).of_building.tolist() == [0]


def test_halves_of_a_house_that_is_one_footprint_belong_together() -> None:
    found = divided(placed(MultiPolygon([box(10, 20, 30, 40), box(35, 20, 50, 40)]), box(70, 20, 90, 40)))
    assert len(found.ground) == 2
    assert shapely.get_num_geometries(found.ground).max() == 1


def test_work_can_be_stopped_between_steps() -> None:
    told: list[str] = []

    def stop(template: str, values: dict[str, object]) -> None:
        told.append(template.format(**values))
        if len(told) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        parcels(FIELD, TWO, blocks=as_array([FIELD]), tell=stop)
    assert told[2] == "Dividing the ground of 1 blocks."


@pytest.mark.parametrize("real", [shanghai, lambda: quarter("moscow"), lambda: quarter("monaco-tilemaker")])
def test_the_parcels_of_real_quarters_tile_and_cut_no_building(real: type[Quarter]) -> None:
    here = real()
    given = blocks(here.boundary, here.streets, here.footprints, barriers=here.water)
    found = divided(here.footprints, here.boundary, blocks=given)
    inside = shapely.intersection(here.footprints, here.boundary)
    placing = place(found.ground, inside)
    assert (placing.leaf == found.of_building).all()
    assert not ((placing.cut_m2 > 1) & (placing.cut_share > 0.02)).any()
    assert shapely.get_num_geometries(found.ground).max() == 1


Line = list[tuple[float, float]]
lengths = st.floats(1, 40)
houses = st.builds(
    lambda west, south, width, depth, turn: rotate(box(west, south, west + width, south + depth), turn),
    st.floats(-20, 190), st.floats(-20, 140), lengths, lengths, st.sampled_from([0, 0, 13, 45]),
)  # fmt: skip
points = st.tuples(st.floats(-50, 250), st.floats(-50, 200))
roads = st.lists(points, min_size=2, max_size=4)


@settings(max_examples=40)
@given(st.lists(houses, max_size=25), st.lists(roads, max_size=4), st.integers(0, 5))
def test_whatever_is_drawn_tiles_and_cuts_no_building(
    drawn: list[BaseGeometry], lines: list[list[tuple[float, float]]], parts: int
) -> None:
    boundary = placed(box(0, 0, 200, 150))[0]
    footprints = placed(*drawn)
    given_blocks = blocks(boundary, streets(*lines), footprints)
    assert check(given_blocks) == []
    found = divided(footprints, boundary, blocks=given_blocks)
    label = np.arange(len(found.ground)) % (parts + 1)
    units = draw(found, label, footprints)
    assert check(units) == []
    assert area_m2(units).sum() == pytest.approx(area_m2([boundary])[0], rel=1e-6)
    inside = shapely.intersection(mend(footprints), boundary)
    there = area_m2(inside) > 3
    for grounds, own in ((found.ground, found.of_building), (units, label[found.of_building])):
        placing = place(grounds, inside)
        assert (placing.leaf == own)[there].all()
        assert not ((placing.cut_m2 > 1) & (placing.cut_share > 0.02)).any()
