import numpy as np
import pytest
import shapely

from geodata.measure import length_m
from geodata.topology import components, is_contiguous, neighbours
from tests.geodata.topology.partitions import drawn, partition


def test_leaves_that_meet_in_a_point_are_no_neighbours() -> None:
    assert neighbours(drawn("A B", "C D")).pairs.tolist() == [[0, 1], [0, 2], [1, 3], [2, 3]]


def test_the_border_of_two_leaves_has_its_geodesic_length() -> None:
    borders = neighbours(drawn("A A", "A B"))
    expected = length_m([shapely.LineString([(120.001, 30), (120.001, 30.001), (120.002, 30.001)])])
    assert borders.length_m == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_neighbours_are_those_whose_common_border_is_a_line(seed: int) -> None:
    leaves = partition(np.random.default_rng(seed), 40)
    one, two = shapely.STRtree(leaves).query(leaves, predicate="intersects")
    lines = shapely.length(shapely.intersection(shapely.boundary(leaves[one]), shapely.boundary(leaves[two]))) > 0
    assert neighbours(leaves).pairs.tolist() == sorted([int(a), int(b)] for a, b in zip(one[lines], two[lines], strict=True) if a < b)


def test_pieces_are_numbered_in_order_of_appearance() -> None:
    assert components(drawn("A . C", "B . D", ". . D")).tolist() == [0, 0, 1, 1]


def test_a_point_does_not_connect() -> None:
    assert components(drawn("A .", ". B")).tolist() == [0, 1]


def test_a_long_chain_is_one_piece() -> None:
    assert set(components(drawn(" ".join(chr(200 + place) for place in range(150))))) == {0}


def test_a_leaf_of_two_parts_connects_its_neighbours_but_is_not_one_piece_of_ground() -> None:
    leaves = drawn("A B . B C")
    assert components(leaves).tolist() == [0, 0, 0]
    assert not is_contiguous(leaves)


def test_ground_around_a_void_is_contiguous() -> None:
    assert is_contiguous(drawn("A A B", "A . B", "C C C"))
