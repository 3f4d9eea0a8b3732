"""How far somebody walks to visit every place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import minimum_spanning_tree

from geodata.measure import distance_m
from geodata.rounds import round_m

STEP_M = 110.85
"""0.001° northwards at 30° north."""


@pytest.mark.parametrize(("lat", "steps"), [([], 0), ([0], 0), ([0, 1], 1), ([2, 0, 1], 2), ([0, 1, 2, 3, 5], 5)])
def test_places_on_a_line_are_visited_along_it(lat: list[float], steps: int) -> None:
    places = np.array(lat, dtype=np.float64)
    assert round_m(np.full(len(lat), 120.0), 30 + 0.001 * places) == pytest.approx(steps * STEP_M, rel=1e-3)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=30, unique=True))
def test_it_is_the_shortest_net_of_all(places: list[tuple[int, int]]) -> None:
    lon, lat = 120 + 1e-4 * np.array(places, dtype=np.float64).T[0], 30 + 1e-4 * np.array(places, dtype=np.float64).T[1]
    every = distance_m(lon[:, None], lat[:, None], lon, lat)
    assert round_m(lon, lat) == pytest.approx(minimum_spanning_tree(every).sum(), rel=1e-6)
