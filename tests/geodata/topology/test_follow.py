from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString, box

from geodata.topology.follow import around, crossing, follow

M = 1e-5
"""About a metre of latitude."""


def line(*points: tuple[float, float]) -> LineString:
    """Return a line through points in about metres around a place."""
    return LineString([(120 + x * M, 30 + y * M) for x, y in points])


def test_a_line_along_a_street_runs_in_it() -> None:
    street = line((0, 0), (50, 0), (50, 50))
    laid = follow(line((2, 1.5), (48.5, 1.5), (48.5, 48)), np.array([street]), 3)
    assert shapely.hausdorff_distance(laid, street) < 3 * M
    assert (120 + 50 * M, 30.0) in [(round(x, 8), round(y, 8)) for x, y in laid.coords]


def test_a_line_across_a_street_stays_as_drawn() -> None:
    drawn = line((0, -30), (0, 30))
    assert follow(drawn, np.array([line((-40, 0), (40, 0))]), 3).equals_exact(drawn, 1e-8)


def test_walls_of_polygons_are_followed_too() -> None:
    wall = box(120, 30, 120 + 50 * M, 30 + 50 * M)
    laid = follow(line((1, -1), (49, -1)), np.array([wall]), 3)
    assert shapely.distance(laid, wall.exterior) < 1e-8
    assert laid.bounds[1] >= 30 - 1e-8


def test_a_building_stays_whole_on_the_side_of_its_larger_part() -> None:
    house = shapely.box(120 - 10 * M, 30 - 5 * M, 120 + 10 * M, 30 + 5 * M)
    led = around(line((6, -30), (6, 30)), np.array([house]))
    assert shapely.length(shapely.intersection(led, shapely.buffer(house, -0.1 * M))) == 0
    assert led.bounds[2] >= 120 + 10 * M - 1e-8
    assert led.is_simple


def test_houses_one_after_the_other_are_passed_one_after_the_other() -> None:
    houses = np.array([box(120 - 10 * M, 30 + y * M, 120 + 10 * M, 30 + (y + 8) * M) for y in (0, 20)])
    led = around(line((6, -30), (6, 60)), houses)
    assert shapely.length(shapely.intersection(led, shapely.buffer(shapely.union_all(houses), -0.1 * M))) == 0


def test_a_line_that_ends_in_a_building_still_does() -> None:
    house = box(120, 30, 120 + 10 * M, 30 + 10 * M)
    drawn = line((-5, 5), (5, 5))
    assert around(drawn, np.array([house])).equals_exact(drawn, 1e-8)


def test_a_loop_is_found_where_it_is() -> None:
    assert crossing(line((0, 0), (20, 0), (20, 20), (10, 20), (10, -20))) == (120 + 10 * M, 30.0)
    assert crossing(line((0, 0), (20, 0))) is None
