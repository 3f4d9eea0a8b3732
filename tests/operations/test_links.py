from __future__ import annotations

import numpy as np
import shapely
from shapely import Point, box

from gridsvc.operations.links import holders

YARD, WITHIN = box(120, 30, 120.002, 30.002), box(120.0005, 30.0005, 120.001, 30.001)
"""About 190 by 220 m, and one inside."""
ROW_M = 1 / 111_000
"""Some degrees of latitude to a metre."""


def held(outlines: list[shapely.Geometry], *things: shapely.Geometry, near_m: float = 0.0) -> list[int]:
    return [int(each) for each in holders(np.array(outlines, dtype=object), np.array(things, dtype=object), near_m)]


def test_a_thing_is_held_by_the_first_of_the_outlines_around_it() -> None:
    spot = Point(120.0007, 30.0007)
    assert held([WITHIN, YARD], spot, Point(120.0015, 30.0015)) == [0, 1]
    assert held([YARD, WITHIN], spot) == [0]


def test_ground_is_held_where_a_point_of_it_lies() -> None:
    assert held([YARD], box(120.001, 30.001, 120.0015, 30.0015), box(121, 30, 121.001, 30.001)) == [0, -1]


def test_what_stands_just_outside_is_held_by_the_nearest_within_reach() -> None:
    before_the_gate = Point(120.001, 30 - 15 * ROW_M)
    assert held([YARD], before_the_gate, near_m=20) == [0]
    assert held([YARD], before_the_gate, near_m=10) == [-1]
    assert held([YARD], before_the_gate) == [-1]


def test_reach_counts_metres_the_same_in_every_direction() -> None:
    east = Point(120.002 + 18 * ROW_M / np.cos(np.radians(30)), 30.001)
    assert held([YARD], east, near_m=20) == [0]


def test_what_stands_far_away_is_held_by_nobody() -> None:
    assert held([YARD], Point(121, 31), near_m=20) == [-1]
