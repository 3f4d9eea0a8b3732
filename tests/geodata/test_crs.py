import json
from contextlib import suppress

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.crs import STORED, from_stored, gauss_kruger, mean_the_same, parse_crs, point_to_stored, snapped, to_stored
from geodata.findings import GeodataError
from geodata.measure import distance_m

lon_of_china, lat_of_china = st.floats(73.5, 135), st.floats(16, 54)


@pytest.mark.parametrize(
    "text",
    [
        "EPSG:4547",
        "epsg:4547",
        " 4547 ",
        "EPSG 4547",
        "epsg4547",
        "CGCS2000 / 3-degree Gauss-Kruger CM 114E",
        "CGCS2000_3_Degree_GK_CM_114E",
        "urn:ogc:def:crs:EPSG::4547",
        parse_crs("4547").projection.to_wkt(),
    ],
)
def test_a_zone_is_known_by_code_name_and_text(text: str) -> None:
    assert parse_crs(text).name == "EPSG:4547"


@pytest.mark.parametrize("text", ["GCJ-02", "gcj02", "GCJ02", "gcj_02", "火星坐标", "火星坐标系"])
def test_gcj02_is_known_however_it_is_spelt(text: str) -> None:
    assert parse_crs(text).name == "GCJ-02"


@pytest.mark.parametrize("text", ["BD-09", "bd09", "BD09LL", "百度坐标"])
def test_bd09_is_known_however_it_is_spelt(text: str) -> None:
    assert parse_crs(text).name == "BD-09"


@pytest.mark.parametrize("text", ["CGCS2000", "cgcs 2000", "EPSG:4490", "国家2000"])
def test_the_national_system_is_known_however_it_is_spelt(text: str) -> None:
    assert parse_crs(text).name == "EPSG:4490"


@pytest.mark.parametrize("text", ["", "nowhere", "EPSG:1", "CGCS2000 / 3-degree Gauss-Kruger", "\0", "\ud800", "[", "+", "{", "EPSG:"])
def test_a_text_that_names_nothing_is_refused_with_examples(text: str) -> None:
    with pytest.raises(GeodataError, match="EPSG:4547"):
        parse_crs(text)


@pytest.mark.parametrize("text", ["EPSG:4978", "EPSG:5773"])
def test_a_system_without_a_plane_is_refused(text: str) -> None:
    with pytest.raises(GeodataError, match="map's system"):
        parse_crs(text)


@settings(max_examples=20)  # each unknown name costs PROJ a third of a second
@given(st.text(max_size=20))
def test_any_text_is_known_or_refused(text: str) -> None:
    with suppress(GeodataError):
        assert parse_crs(text).name


def test_the_golden_point_of_yuci_is_easting_then_northing() -> None:
    assert parse_crs("EPSG:4547").from_degrees(112.72, 37.69) == pytest.approx((387100.448, 4173861.115), abs=1e-3)


def test_the_golden_point_of_yuci_comes_back_snapped() -> None:
    assert point_to_stored(387100.448, 4173861.115, parse_crs("EPSG:4547")) == (112.72, 37.69)


def test_the_zone_form_carries_its_number_in_front() -> None:
    assert parse_crs("EPSG:4526").from_degrees(112.72, 37.69) == pytest.approx((38387100.448, 4173861.115), abs=1e-3)


@pytest.mark.parametrize(
    ("lon", "name"),
    [(112.72, "EPSG:4547"), (120.38, "EPSG:4549"), (106.1, "EPSG:4544"), (107, "EPSG:4545"), (73.5, "EPSG:4534"), (136.5, "EPSG:4554")],
)
def test_a_longitude_finds_its_zone(lon: float, name: str) -> None:
    assert gauss_kruger(lon).name == name


@pytest.mark.parametrize("lon", [73.4, 136.6, -104, float("nan")])
def test_a_longitude_outside_china_has_no_zone(lon: float) -> None:
    with pytest.raises(GeodataError, match=r"73\.5 to 136\.5"):
        gauss_kruger(lon)


@given(lon_of_china, lat_of_china)
def test_the_zone_of_a_longitude_keeps_its_points_within_two_hundred_kilometres_of_its_meridian(lon: float, lat: float) -> None:
    easting, _ = gauss_kruger(lon).from_degrees(lon, lat)
    assert abs(easting - 500_000) < 200_000


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:4490"])
@given(lon_of_china, lat_of_china)
def test_wgs84_and_cgcs2000_are_the_same_numbers(code: str, lon: float, lat: float) -> None:
    assert point_to_stored(lon, lat, parse_crs(code)) == (snapped(lon), snapped(lat))


@pytest.mark.parametrize("name", ["GCJ-02", "BD-09", "EPSG:4547", "EPSG:4526", "EPSG:3857", "EPSG:2435"])
@given(st.lists(st.tuples(st.floats(112.5, 115.5), lat_of_china), min_size=1, max_size=20))
def test_stored_points_survive_there_and_back_in_every_system(name: str, places: list[tuple[float, float]]) -> None:
    crs, points = parse_crs(name), shapely.points(snapped(places))
    assert to_stored(from_stored(points, crs), crs).tolist() == points.tolist()


@given(lon_of_china, lat_of_china)
def test_a_stored_coordinate_is_what_its_eight_decimals_spell(lon: float, lat: float) -> None:
    stored = point_to_stored(lon, lat, parse_crs("GCJ-02"))
    assert stored == tuple(float(f"{degrees:.8f}") for degrees in stored)


def test_a_stored_coordinate_is_never_a_negative_zero() -> None:
    assert not np.signbit(snapped(-1e-12))


def test_heights_go_and_missing_geometries_stay() -> None:
    geometries = to_stored([shapely.Point(112.72, 37.69, 800), None], parse_crs("EPSG:4490"))
    assert geometries.tolist() == [shapely.Point(112.72, 37.69), None]
    assert not shapely.has_z(geometries[0])


def test_neighbours_keep_their_shared_corners() -> None:
    tiles = [shapely.box(387100, 4173800, 387200, 4173900), shapely.box(387200, 4173800, 387300, 4173900)]
    west, east = (set(shapely.get_coordinates(tile).view("c16").ravel()) for tile in to_stored(tiles, parse_crs("EPSG:4547")))
    assert len(west & east) == 2


@pytest.mark.parametrize("place", [(38387100.448, 4173861.115), (float("nan"), 1), (float("inf"), 1)])
def test_a_place_that_is_none_is_refused_with_its_numbers(place: tuple[float, float]) -> None:
    with pytest.raises(GeodataError, match="is no place in EPSG:4547"):
        point_to_stored(*place, parse_crs("EPSG:4547"))


def test_degrees_beyond_the_pole_are_refused() -> None:
    with pytest.raises(GeodataError, match="is no place"):
        point_to_stored(37.69, 112.72, parse_crs("EPSG:4490"))


@pytest.mark.parametrize(("name", "rough"), [("Xian 1980", True), ("EPSG:2435", True), ("EPSG:4547", False), ("GCJ-02", False)])
def test_old_datums_are_known_to_be_rough(name: str, rough: bool) -> None:
    assert parse_crs(name).is_rough is rough


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("EPSG:4490", "EPSG:4326", True),
        ("OGC:CRS84", "EPSG:4490", True),
        ("EPSG:4547", parse_crs("EPSG:4547").projection.to_wkt("WKT1_ESRI"), True),
        ("EPSG:4547", "EPSG:4526", False),
        ("GCJ-02", "BD-09", False),
        ("GCJ-02", "EPSG:4490", False),
        ("Xian 1980", "EPSG:4490", False),
        ("EPSG:4547", "EPSG:4490", False),
    ],
)
def test_systems_are_the_same_that_put_the_same_numbers_at_the_same_place(one: str, other: str, same: bool) -> None:
    assert mean_the_same(parse_crs(one), parse_crs(other)) is same


def test_another_datum_takes_its_published_way() -> None:
    lon, lat = parse_crs("EPSG:27700").to_degrees(651_409.903, 313_177.270)  # Caister water tower, the Ordnance Survey's example
    assert distance_m(lon, lat, 1.716052, 52.657979) < 10


def test_the_stored_system_is_what_the_law_asks_for() -> None:
    assert json.loads(parse_crs(f"EPSG:{STORED}").projection.to_json())["datum"]["name"] == "China 2000"
