"""The nearest points are those that measuring every distance finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.measure import distance_m
from geodata.nearest import Nearest


def brute(lons: np.ndarray, lats: np.ndarray, lon: float, lat: float, count: int) -> list[tuple[float, int]]:
    distances = distance_m(lon, lat, lons, lats)
    return sorted(zip(distances.tolist(), range(len(lons)), strict=True))[:count]


@pytest.mark.parametrize("count", [1, 5, 50])
@pytest.mark.parametrize(("lat", "spread"), [(0.0, 0.1), (37.7, 0.1), (53.5, 5.0), (89.9, 0.1)])
def test_the_nearest_are_those_that_measuring_all_finds(lat: float, spread: float, count: int) -> None:
    random = np.random.default_rng(count)
    lons, lats = random.uniform(120 - spread, 120 + spread, 500), np.minimum(random.uniform(lat - spread, lat + spread, 500), 90)
    stations = Nearest(lons, lats)
    asked = np.stack(
        [random.uniform(120 - spread, 120 + spread, 20), np.minimum(random.uniform(lat - spread, lat + spread, 20), 90)], axis=1
    )
    for lon, asked_lat in asked.tolist():
        assert stations.find(lon, asked_lat, count) == brute(lons, lats, lon, asked_lat, count)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12), st.integers(0, 6))
def test_points_at_one_distance_come_by_their_number(cells: list[tuple[int, int]], count: int) -> None:
    """On a lattice many stand equally far, and several on one spot."""
    lons, lats = np.array([[120 + x / 1000, 30 + y / 1000] for x, y in cells]).reshape(-1, 2).T
    assert Nearest(lons, lats).find(120.0015, 30.0015, count) == brute(lons, lats, 120.0015, 30.0015, count)


def test_degrees_would_rank_otherwise() -> None:
    """At 60° north a degree of longitude is half as long as one of latitude."""
    assert [at for _, at in Nearest([120.0, 120.015], [60.01, 60.0]).find(120.0, 60.0, 2)] == [1, 0]
