from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import box

from geodata.assignment import place
from geodata.districting.blocks import blocks
from geodata.districting.draw import draw
from geodata.districting.parcels import Parcels, parcels
from geodata.measure import area_m2
from geodata.topology import Geometries, check
from geodata.topology.grid import Integers, as_array
from tests.geodata.districting.streetside import placed, quarter

FIELD = placed(box(0, 0, 120, 60))[0]
ROWS = placed(*(box(5 + 20 * n, south, 17 + 20 * n, south + 15 + n % 2 * 5) for n in range(6) for south in (5, 32)))


def ground(footprints: Geometries) -> Parcels:
    return parcels(FIELD, footprints, blocks=as_array([FIELD]))


def south_and_north(found: Parcels) -> Integers:
    """Label the parcels by the row of their houses."""
    return np.asarray(shapely.get_y(shapely.centroid(found.ground)) > shapely.centroid(FIELD).y, dtype=np.int64)


def test_units_are_the_parcels_of_a_label_in_its_order() -> None:
    found = ground(ROWS)
    units = draw(found, 1 - south_and_north(found), ROWS)
    assert len(units) == 2
    assert units[0].centroid.y > units[1].centroid.y


def test_a_border_between_rows_is_nearly_straight() -> None:
    found = ground(ROWS)
    rough, units = draw(found, south_and_north(found), ROWS, tolerance_m=0), draw(found, south_and_north(found), ROWS)
    assert shapely.get_num_coordinates(units[0]) < 16 < shapely.get_num_coordinates(rough[0])


def test_the_outer_border_stays_to_the_vertex() -> None:
    found = ground(ROWS)
    corners = set(map(tuple, shapely.get_coordinates(FIELD)))
    drawn = set(map(tuple, shapely.get_coordinates(draw(found, south_and_north(found), ROWS))))
    assert corners <= drawn
    assert shapely.equals(shapely.union_all(draw(found, south_and_north(found), ROWS)), FIELD)


def test_no_tolerance_draws_a_border_through_a_house() -> None:
    found = ground(ROWS)
    units = draw(found, south_and_north(found), ROWS, tolerance_m=40)
    assert check(units) == []
    assert place(units, ROWS).cut_m2.max() < 1


def test_a_house_in_another_units_courtyard_keeps_its_ground() -> None:
    houses = placed(box(20, 5, 80, 55).difference(box(30, 15, 70, 45)), box(45, 25, 55, 35))
    units = draw(ground(houses), np.array([0, 1]), houses)
    assert check(units) == []
    assert place(units, houses).leaf.tolist() == [0, 1]


def test_a_label_without_parcels_is_an_empty_unit() -> None:
    found = ground(ROWS)
    units = draw(found, 2 * south_and_north(found), ROWS)
    assert shapely.is_empty(units).tolist() == [False, True, False]


def test_no_parcels_give_no_units() -> None:
    nothing = Parcels(as_array([]), np.empty(0, np.int64), np.empty(0, np.int64), FIELD)
    assert len(draw(nothing, np.empty(0, np.int64), as_array([]))) == 0


@pytest.mark.parametrize("tolerance_m", [2.0, 10.0])
def test_units_of_a_real_quarter_tile_and_hold_each_building_whole(tolerance_m: float) -> None:
    here = quarter("moscow")
    found = parcels(here.boundary, here.footprints, blocks=blocks(here.boundary, here.streets, here.footprints))
    label = np.asarray(shapely.get_x(shapely.centroid(found.ground)) * 400, dtype=np.int64)
    label = np.unique(label, return_inverse=True)[1]
    units = draw(found, label, here.footprints, tolerance_m=tolerance_m)
    assert check(units) == []
    assert area_m2(units).sum() == pytest.approx(area_m2([here.boundary])[0], rel=1e-7)
    placing = place(units, here.footprints)
    assert (placing.leaf == label[found.of_building]).all()
    assert not ((placing.cut_m2 > 1) & (placing.cut_share > 0.02)).any()
