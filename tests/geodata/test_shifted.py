import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from geodata import shifted
from geodata.measure import distance_m
from geodata.shifted import CHINA, Lonlat, Shift, bd09, gcj02, unshifted
from tests.conftest import shared_data

BY_LAT_LON = "vectors/gcj/eviltransform-vectors.json"
BY_LON_LAT = "vectors/gcj/gcoord-china-cities.json"

somewhere_in_china = st.tuples(st.floats(CHINA[0], CHINA[2]), st.floats(CHINA[1], CHINA[3]))
both_shifts = pytest.mark.parametrize("shift", [gcj02, bd09])


def cities(system: str) -> NDArray[np.float64]:
    return np.array([city["coords"][system] for city in json.loads(shared_data(BY_LON_LAT).read_text("utf-8"))]).T


def triples(name: str) -> tuple[Lonlat, Lonlat]:
    rows = np.array(json.loads(shared_data(BY_LAT_LON).read_text("utf-8"))[name])
    return (rows[:, 1], rows[:, 0]), (rows[:, 3], rows[:, 2])


def furthest_deg(here: ArrayLike, there: ArrayLike) -> float:
    return float(np.abs(np.array(here) - np.array(there)).max())


def test_the_published_example_of_gcj02_comes_out_to_the_last_digit() -> None:
    assert gcj02(116.404, 39.915) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-13)


def test_the_published_example_of_bd09_comes_out_to_the_last_digit() -> None:
    lon, lat = unshifted(gcj02, 116.404, 39.915)
    assert bd09(lon, lat) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-12)


@pytest.mark.parametrize(("shift", "system"), [(gcj02, "GCJ02"), (bd09, "BD09")])
def test_664_cities_of_another_library_agree_within_a_metre_forwards(shift: Shift, system: str) -> None:
    assert distance_m(*shift(*cities("WGS84")), *cities(system)).max() < 1


@pytest.mark.parametrize(("shift", "system"), [(gcj02, "GCJ02"), (bd09, "BD09")])
def test_664_cities_of_another_library_agree_within_a_metre_backwards(shift: Shift, system: str) -> None:
    assert distance_m(*unshifted(shift, *cities(system)), *cities("WGS84")).max() < 1


def test_vectors_written_latitude_first_agree_forwards() -> None:
    true, moved = triples("wgs2gcj")
    assert furthest_deg(gcj02(*true), moved) < 1e-6


def test_vectors_written_latitude_first_agree_backwards_within_half_a_metre() -> None:
    true, moved = triples("wgs2gcj")
    assert distance_m(*unshifted(gcj02, *moved), *true).max() < 0.5


def test_the_baidu_vectors_of_that_file_carry_its_old_error_of_pi_for_baidus_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    moved, true = triples("bd2wgs")
    assert distance_m(*unshifted(bd09, *moved), *true).min() > 5
    monkeypatch.setattr(shifted, "_BAIDU", np.pi)
    assert distance_m(*unshifted(bd09, *moved), *true).max() < 2


@both_shifts
@given(somewhere_in_china)
def test_there_and_back_loses_nothing_anywhere_in_china(shift: Shift, place: tuple[float, float]) -> None:
    assert furthest_deg(unshifted(shift, *shift(*place)), place) < 1e-10


@both_shifts
@given(somewhere_in_china)
def test_a_shift_moves_between_ten_metres_and_three_kilometres(shift: Shift, place: tuple[float, float]) -> None:
    assert 10 < distance_m(*place, *shift(*place)) < 3000


@both_shifts
@pytest.mark.parametrize("place", [(-104.9903, 39.7392), (153.0251, -27.4698), (7.42, 43.73), (37.6, 55.9), (180, 90), (-180, -90)])
def test_nothing_moves_outside_china(shift: Shift, place: tuple[float, float]) -> None:
    assert shift(*place) == place
    assert unshifted(shift, *place) == place


@both_shifts
def test_arrays_keep_their_shape(shift: Shift) -> None:
    lon, lat = np.full((2, 3), 112.72), np.full((2, 3), 37.69)
    assert shift(lon, lat)[0].shape == unshifted(shift, lon, lat)[1].shape == (2, 3)


@both_shifts
def test_what_is_no_number_stays_no_number(shift: Shift) -> None:
    lon, lat = unshifted(shift, [np.nan, np.inf], [37.0, -np.inf])
    assert np.isnan(lon[0])
    assert np.isinf(lat[1])
