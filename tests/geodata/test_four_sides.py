from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString

from geodata.four_sides import EAST, NORTH, SOUTH, WEST, FourSides, Lines, four_sides, near_sides
from geodata.topology import NOBODY
from tests.grids import draw

GRIDS = draw("A A B", "A A B", "C C C")
NAMES = sorted(GRIDS)
GROUND = np.array([GRIDS[name] for name in NAMES], dtype=object)
METRE = 1 / 111_320


def lines(*drawn: LineString, lesser: bool = False) -> Lines:
    shapes = np.empty(len(drawn), dtype=object)
    shapes[:] = drawn
    return Lines(shapes, np.arange(len(drawn)), np.full(len(drawn), lesser))


def of_a(*drawn: LineString, lesser: bool = False) -> FourSides:
    return four_sides(GROUND[:1], lines(*drawn, lesser=lesser), GROUND)


def up(lon: float, share: float = 1.0) -> LineString:
    """Return a street beside A, from its south on."""
    return LineString([(lon, 30.001), (lon, 30.001 + 0.002 * share)])


def test_without_lines_the_neighbours_bound_and_nobody_does_at_the_edge() -> None:
    sides = of_a().neighbour[0]
    assert [None if side == NOBODY else NAMES[side] for side in sides] == ["B", "C", None, None]


def test_a_street_along_most_of_a_side_bounds_it() -> None:
    assert of_a(up(120.002 + 20 * METRE, 0.6)).line[0].tolist() == [0, NOBODY, NOBODY, NOBODY]


def test_a_street_along_less_of_it_or_farther_away_does_not() -> None:
    assert (of_a(up(120.002 + 20 * METRE, 0.3)).line == NOBODY).all()
    assert (of_a(up(120.002 + 60 * METRE)).line == NOBODY).all()


def test_of_two_streets_the_nearer_bounds() -> None:
    assert of_a(up(120.002 + 25 * METRE), up(120.002 + 5 * METRE)).line[0, EAST] == 1


def test_a_street_deep_inside_bounds_nothing_and_one_just_inside_does() -> None:
    assert of_a(up(120.002 - 25 * METRE)).line[0, EAST] == NOBODY
    assert of_a(up(120.002 - 6 * METRE)).line[0, EAST] == 0


def test_a_lane_bounds_only_where_no_street_does() -> None:
    both = lines(up(120.002 + 2 * METRE), up(120.002 + 25 * METRE))._replace(lesser=np.array([True, False]))
    assert four_sides(GROUND[:1], both, GROUND).line[0, EAST] == 1
    assert of_a(up(120.002 + 2 * METRE), lesser=True).line[0, EAST] == 0


def test_pieces_of_one_street_count_together() -> None:
    halves = lines(up(120.0, 0.45), LineString([(120.0, 30.0019), (120.0, 30.003)]))._replace(number=np.array([7, 7]))
    assert four_sides(GROUND[:1], halves, GROUND).line[0].tolist() == [NOBODY, NOBODY, 7, NOBODY]


def test_a_court_that_opens_east_does_not_make_an_east_side_of_its_west_wall() -> None:
    u = np.array([shapely.Polygon([(0, 0), (3, 0), (3, 1), (0.4, 1), (0.4, 2), (3, 2), (3, 3), (0, 3)])], dtype=object)
    ground = shapely.transform(u, lambda xy: xy * 0.001 + [120, 30])
    inside = draw("X", cell_deg=0.001, west=120.001, south=30.001)["X"]
    assert four_sides(ground, lines(), np.array([inside], dtype=object)).neighbour[0].tolist() == [NOBODY] * 4


def test_every_side_of_many_grounds_is_found_at_once() -> None:
    around = four_sides(GROUND, lines(), GROUND).neighbour
    assert NAMES[around[1, WEST]] == "A"
    assert NAMES[around[2, NORTH]] == "A"
    assert around[2, SOUTH] == NOBODY


def test_what_comes_near_a_side_is_named_with_it() -> None:
    street = np.array([up(120.002 + 80 * METRE)], dtype=object)
    assert (0, EAST, 5) in near_sides(GROUND[:1], street, np.array([5]), 100)
    assert near_sides(GROUND[:1], street, np.array([5]), 50) == set()
