from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geodata.mvt import clusters

LONLAT = arrays(np.float64, st.tuples(st.integers(1, 40), st.just(2)), elements=st.floats(20, 40))


def test_points_near_each_other_are_one_in_their_middle() -> None:
    found = clusters(np.array([[120.0001, 36.0001], [120.0003, 36.0001], [121.0, 36.5]]), 10)
    assert found.count.tolist() == [2, 1]
    assert found.lonlat[0].round(4).tolist() == [120.0002, 36.0001]


def test_closer_to_the_ground_each_point_is_alone() -> None:
    assert clusters(np.array([[120.0001, 36.0001], [120.0003, 36.0001]]), 20).count.tolist() == [1, 1]


@given(LONLAT, st.integers(0, 18))
def test_no_point_is_lost(lonlat: np.ndarray, zoom: int) -> None:
    assert clusters(lonlat, zoom).count.sum() == len(lonlat)
