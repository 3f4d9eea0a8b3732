import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.crs import gauss_kruger, to_stored
from geodata.measure import ELLIPSOID, area_m2, distance_m, length_m
from geodata.readers import read
from tests.conftest import shared_data
from tests.grids import draw


def geodesic_m2(polygon: shapely.Geometry) -> float:
    return float(abs(ELLIPSOID.geometry_area_perimeter(shapely.force_2d(polygon))[0]))


places = st.tuples(st.floats(73, 135), st.floats(16, 54))


@given(places, st.floats(1e-4, 1e-2))
def test_a_block_has_its_geodesic_area_within_two_hundred_thousandth_parts(place: tuple[float, float], size_deg: float) -> None:
    block = shapely.box(*place, place[0] + size_deg, place[1] + size_deg)
    rotated = shapely.affinity.rotate(block, 30)
    assert area_m2([block, rotated]) == pytest.approx([geodesic_m2(block), geodesic_m2(rotated)], rel=2e-5)


def test_a_hectare_surveyed_on_the_central_meridian_is_a_hectare() -> None:
    surveyed = shapely.box(500_000, 4_000_000, 500_100, 4_000_100)
    assert area_m2(to_stored(surveyed, gauss_kruger(114))) == pytest.approx(10_000, abs=0.5)


def test_real_buildings_have_their_geodesic_area() -> None:
    features = json.loads(shared_data("shanghai/shanghai_buildings.geojson").read_text("utf-8"))["features"]
    buildings = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    assert area_m2(buildings) == pytest.approx([geodesic_m2(building) for building in buildings], rel=1e-5)


def test_a_county_with_edges_of_half_a_degree_stays_within_a_thousandth_part() -> None:
    county = shapely.Polygon([(112, 37), (112.5, 37.2), (112.6, 37.7), (112.1, 37.5)])
    assert area_m2(county) == pytest.approx(geodesic_m2(county), rel=1e-3)


def test_units_that_tile_add_up_to_their_union() -> None:
    units = list(draw("A A B", "A C C", "D D C").values())
    assert area_m2(units).sum() == pytest.approx(area_m2(shapely.union_all(units)), rel=1e-12)


@given(places, st.lists(st.tuples(st.floats(0.001, 0.009), st.floats(0.001, 0.009)), min_size=1, max_size=5))
def test_any_cut_of_a_block_adds_up_to_the_block(place: tuple[float, float], bends: list[tuple[float, float]]) -> None:
    west, south = place
    block = shapely.box(west, south, west + 0.01, south + 0.01)
    line = shapely.LineString([(west, south), *((west + x, south + y) for x, y in sorted(bends)), (west + 0.01, south + 0.01)])
    left = shapely.Polygon([*line.coords, (west, south + 0.01)])
    right = shapely.Polygon([*line.coords, (west + 0.01, south)])
    assert area_m2([left, right]).sum() == pytest.approx(area_m2(block), rel=1e-10)


def test_holes_are_taken_out() -> None:
    ring = draw("A A A", "A . A", "A A A")["A"]
    assert area_m2(ring) == pytest.approx(geodesic_m2(ring), rel=1e-6)


def test_the_winding_of_a_ring_does_not_matter() -> None:
    unit = draw("A")["A"]
    assert area_m2(unit.reverse()) == area_m2(unit)


def test_points_and_lines_have_no_area_and_what_is_missing_has_none_to_tell() -> None:
    areas_m2 = area_m2([shapely.Point(120, 30), shapely.LineString([(120, 30), (121, 31)]), None])
    assert areas_m2[:2].tolist() == [0, 0]
    assert np.isnan(areas_m2[2])


def test_a_degree_of_the_equator_is_as_long_as_the_radius_says() -> None:
    assert distance_m(0, 0, 1, 0) == pytest.approx(np.radians(1) * 6378137)


def test_beijing_to_shanghai_is_as_far_as_another_library_says() -> None:
    (row,) = json.loads(shared_data("vectors/gcj/eviltransform-vectors.json").read_text("utf-8"))["distance_m"]
    lat1, lon1, lat2, lon2, metres = row
    assert distance_m(lon1, lat1, lon2, lat2) == pytest.approx(metres, rel=3e-3)  # that library measures on a sphere


def test_one_place_is_measured_to_many() -> None:
    assert distance_m(120, 30, [120, 120.001, 120.002], [[30], [31]]).shape == (2, 3)


def test_a_distance_to_nowhere_is_no_number() -> None:
    assert np.isnan(distance_m(120, 30, np.nan, 30))


def test_lines_are_as_long_as_their_geodesic_steps() -> None:
    lines = [shapely.LineString([(120, 30), (120.01, 30), (120.01, 30.02)]), shapely.LineString([(112, 37), (113, 38)])]
    assert length_m(lines) == pytest.approx([ELLIPSOID.geometry_length(line) for line in lines])


def test_the_gap_between_the_parts_of_a_line_does_not_count() -> None:
    parts = shapely.MultiLineString([[(120, 30), (120.01, 30)], [(121, 30), (121.01, 30)]])
    assert length_m(parts) == pytest.approx(2 * distance_m(120, 30, 120.01, 30))


def test_polygons_are_measured_along_all_their_rings() -> None:
    ring = draw("A A A", "A . A", "A A A")["A"]
    expected = ELLIPSOID.geometry_length(ring.exterior) + ELLIPSOID.geometry_length(ring.interiors[0])
    assert length_m([ring]) == pytest.approx([expected])


def test_points_and_what_is_missing_have_no_length() -> None:
    assert length_m([shapely.Point(120, 30), None]).tolist() == [0, 0]


def test_nothing_measures_nothing() -> None:
    assert length_m([]).size == area_m2([]).size == 0


def test_a_vertex_put_upon_an_edge_changes_no_area() -> None:
    block = shapely.box(120, 36, 120.02, 36.01)
    assert area_m2([shapely.segmentize(block, 0.0003)])[0] == pytest.approx(area_m2([block])[0], rel=1e-13)


def test_every_block_of_a_city_has_its_geodesic_area_within_a_thousandth_part() -> None:
    blocks = read(shared_data("districting/DenverCo_blocks.zip")).geometry
    geodesic_m2 = [abs(ELLIPSOID.geometry_area_perimeter(block)[0]) for block in shapely.orient_polygons(blocks)]
    assert area_m2(blocks) == pytest.approx(np.array(geodesic_m2), rel=1e-3)
