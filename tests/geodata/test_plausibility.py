import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.crs import gauss_kruger, parse_crs
from geodata.findings import GeodataError
from geodata.plausibility import believe

DEGREES = ["EPSG:4490", "EPSG:4326", "GCJ-02"]
places_of_china = st.tuples(st.floats(74, 135), st.floats(18, 53))


@pytest.mark.parametrize("crs", DEGREES)
@pytest.mark.parametrize(
    "place", [(112.72, 37.69), (7.42, 43.73), (37.6, 55.7), (-104.99, 39.74), (24.94, 60.17), (15.64, 78.22), (-180, -90), (55.5, -21.1)]
)
def test_a_possible_place_is_believed_wherever_it_lies(place: tuple[float, float], crs: str) -> None:
    assert believe(*place, parse_crs(crs), "buildings.csv") == []


@pytest.mark.parametrize("crs", DEGREES)
@given(places_of_china)
def test_latitude_before_longitude_is_refused_all_over_china(crs: str, place: tuple[float, float]) -> None:
    lon, lat = place
    if lon <= 90 and not 26 <= lat <= 50:
        return
    with pytest.raises(GeodataError, match="latitude before longitude"):
        believe(lat, lon, parse_crs(crs), "buildings.csv")


@given(places_of_china)
def test_metres_with_a_zone_number_declared_as_degrees_are_refused_with_their_zone(place: tuple[float, float]) -> None:
    zone = int(gauss_kruger(place[0]).name[5:]) - 21
    easting, northing = parse_crs(f"EPSG:{zone}").from_degrees(*place)
    with pytest.raises(GeodataError, match=f"--crs EPSG:{zone}"):
        believe(float(easting), float(northing), parse_crs("EPSG:4490"), "buildings.csv")


def test_metres_without_a_zone_number_declared_as_degrees_are_refused_with_the_codes_to_choose_from() -> None:
    with pytest.raises(GeodataError, match=r"central meridian.*EPSG:4534.*EPSG:4554"):
        believe(387100.4, 4173861.1, parse_crs("EPSG:4490"), "buildings.csv")


def test_metres_of_a_web_map_declared_as_degrees_are_refused_with_their_system() -> None:
    with pytest.raises(GeodataError, match="--crs EPSG:3857"):
        believe(13525000.0, 3660000.0, parse_crs("EPSG:4326"), "buildings.csv")


@pytest.mark.parametrize("place", [(4173861.1, 387100.4), (4173861.1, 38387100.4)])
def test_metres_northing_first_declared_as_degrees_are_refused_as_such(place: tuple[float, float]) -> None:
    with pytest.raises(GeodataError, match="northing before easting"):
        believe(*place, parse_crs("EPSG:4490"), "buildings.csv")


def test_other_numbers_declared_as_degrees_are_refused_plainly() -> None:
    with pytest.raises(GeodataError, match="are no degrees"):
        believe(1234.5, 99999.0, parse_crs("EPSG:4490"), "buildings.csv")


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526", "EPSG:3857", "EPSG:2232"])
@pytest.mark.parametrize("place", [(112.72, 37.69), (37.69, 112.72)])
def test_degrees_declared_as_metres_are_refused(place: tuple[float, float], crs: str) -> None:
    with pytest.raises(GeodataError, match="look like degrees"):
        believe(*place, parse_crs(crs), "buildings.csv")


@given(places_of_china)
def test_metres_of_their_own_zone_are_believed(place: tuple[float, float]) -> None:
    crs = gauss_kruger(place[0])
    easting, northing = crs.from_degrees(*place)
    assert believe(float(easting), float(northing), crs, "buildings.csv") == []


@given(places_of_china)
def test_northing_before_easting_is_refused_all_over_china(place: tuple[float, float]) -> None:
    crs = gauss_kruger(place[0])
    easting, northing = crs.from_degrees(*place)
    with pytest.raises(GeodataError, match="northing before easting"):
        believe(float(northing), float(easting), crs, "buildings.csv")


def test_a_zone_number_too_much_is_refused_with_the_zone_that_has_it() -> None:
    with pytest.raises(GeodataError, match="--crs EPSG:4526"):
        believe(38387100.4, 4173861.1, parse_crs("EPSG:4547"), "buildings.csv")


def test_a_zone_number_missing_is_refused_with_the_system_without_it() -> None:
    with pytest.raises(GeodataError, match="--crs EPSG:4547"):
        believe(387100.4, 4173861.1, parse_crs("EPSG:4526"), "buildings.csv")


def test_a_six_degree_zone_is_told_by_its_number() -> None:
    easting, northing = parse_crs("EPSG:4497").from_degrees(112.72, 37.69)
    with pytest.raises(GeodataError, match="--crs EPSG:4497"):
        believe(float(easting), float(northing), parse_crs("EPSG:4490"), "buildings.csv")


def test_a_place_far_from_where_its_projection_is_made_for_is_believed_with_a_warning() -> None:
    easting, northing = parse_crs("EPSG:32650").from_degrees(100.0, 30.0)
    (finding,) = believe(float(easting), float(northing), parse_crs("EPSG:32650"), "buildings.csv")
    assert finding.code == "far-from-home"


def test_the_sentence_names_the_file_and_the_numbers() -> None:
    with pytest.raises(GeodataError, match=r"^buildings\.csv: 37\.69, 112\.72 look"):
        believe(37.69, 112.72, parse_crs("EPSG:4490"), "buildings.csv")
