import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from geodata.findings import GeodataError
from geodata.topology import Geometries, Rearranged, neighbours, shift, split, unite
from tests.geodata.topology.partitions import assert_sound, cells, drawn, line, partition, random_line

METRE = 0.00902
"""A metre north in cells."""


def sizes(leaves: Geometries, result: Rearranged, concerned: set[int]) -> list[float]:
    after, _ = assert_sound(leaves, unite(leaves).ground, result, concerned)
    return [cells(ground) for ground in after]


def test_a_line_right_across_is_the_new_border() -> None:
    leaves = drawn("A A B B", "A A B B")
    assert sizes(leaves, shift(leaves, 0, 1, line((1, -1), (1, 3))), {0, 1}) == [2, 6]


def test_each_unit_keeps_the_side_that_moves_least_ground() -> None:
    leaves = drawn("A A B B", "A A B B")
    assert sizes(leaves, shift(leaves, 1, 0, line((3, 3), (3, -1))), {0, 1}) == [6, 2]


def test_a_border_can_move_far_into_one_unit() -> None:
    leaves = drawn("A A A A A A A A A B")
    assert sizes(leaves, shift(leaves, 0, 1, line((2, -1), (2, 2))), {0, 1}) == [2, 8]


def test_a_piece_that_the_line_cuts_off_changes_hands() -> None:
    leaves = drawn("A A B B", "A A B B")
    assert sizes(leaves, shift(leaves, 0, 1, line((2, 0.5), (3, 0.5), (3, 1.5), (2, 1.5))), {0, 1}) == [5, 3]


def test_a_line_that_weaves_through_the_border_gives_pieces_both_ways() -> None:
    leaves = drawn("A A B B", "A A B B", "A A B B")
    result = shift(leaves, 0, 1, line((2, 0.2), (1.5, 0.7), (2.5, 1.7), (2, 2.2)))
    assert set(result.moved_m2) == {(0, 1), (1, 0)}
    assert_sound(leaves, unite(leaves).ground, result, {0, 1})


def test_third_units_get_vertices_only() -> None:
    leaves = drawn("A A B B", "C C C C")
    result = shift(leaves, 0, 1, line((1.5, 0.5), (1.5, 2.5)))
    assert result.seams == {2}
    assert sizes(leaves, result, {0, 1}) == [1.5, 2.5, 4]


def test_a_line_drawn_on_into_third_units_counts_only_between_the_two() -> None:
    leaves = drawn("E E E E", "A A B B", "C C D D")
    assert sizes(leaves, shift(leaves, 0, 1, line((1.5, -1), (1.5, 4))), {0, 1}) == [1.5, 2.5, 2, 2, 4]


@pytest.mark.parametrize("short_m", [0.01, 0.5, 2.9])
def test_an_end_just_short_of_a_border_is_drawn_on_to_it(short_m: float) -> None:
    leaves = drawn("A A B B", "A A B B")
    short = short_m * METRE
    assert sizes(leaves, shift(leaves, 0, 1, line((1, short), (1, 2 - short))), {0, 1}) == [2, 6]


def test_an_end_far_short_of_a_border_moves_none() -> None:
    leaves = drawn("A A B B", "A A B B")
    with pytest.raises(GeodataError, match="short of the border"):
        shift(leaves, 0, 1, line((1, 0.05), (1, 1.95)))


def test_a_line_within_a_tenth_of_a_metre_of_a_vertex_runs_through_it() -> None:
    leaves = drawn("A A B B", "C D D D")
    near = 0.08 * METRE
    result = shift(leaves, 0, 1, line((1 + near, 2.5), (1 + near, 0.5)))
    assert [120.001, 30.001] in shapely.get_coordinates(result.geometries[1]).tolist()
    assert result.seams == frozenset()


def test_a_line_along_the_border_moves_none() -> None:
    leaves = drawn("A A B B", "A A B B")
    with pytest.raises(GeodataError, match="moves no border"):
        shift(leaves, 0, 1, line((2, -0.5), (2, 2.5)))


@pytest.mark.parametrize(
    ("drawing", "sentence"),
    [
        (line((1, 0.5), (3, 1.5), (3, 0.5), (1, 1.5)), "crosses or touches itself"),
        (line((1, 0.5), (3, 0.5), (2, 1.5), (1, 0.5)), "closes"),
        (line((1, 1), (1, 1)), "closes"),
        (LineString(), "two points or more"),
        (shapely.Point(120, 30), "two points or more"),
        (line((8, 8), (9, 9)), "does not run through"),
    ],
)
def test_a_line_that_cannot_be_a_border_is_refused(drawing: LineString, sentence: str) -> None:
    with pytest.raises(GeodataError, match=sentence):
        shift(drawn("A A B B", "A A B B"), 0, 1, drawing)


def test_units_without_common_border_have_none_to_move() -> None:
    with pytest.raises(GeodataError, match="no common border"):
        shift(drawn("A B", "C D"), 0, 3, line((0, 0), (2, 2)))


def test_a_unit_has_no_border_with_itself() -> None:
    with pytest.raises(GeodataError, match="named twice"):
        shift(drawn("A B", "C D"), 0, 0, line((0, 0), (2, 2)))


def test_a_part_under_one_square_metre_is_refused() -> None:
    leaves = drawn("A B")
    with pytest.raises(GeodataError, match="least is 1 m²"):
        split(leaves, 0, line((0, 0.002), (0.004, 0)))


def test_the_larger_side_of_a_split_keeps_the_index() -> None:
    leaves = drawn("A A A A", "A A A A")
    assert sizes(leaves, split(leaves, 0, line((1, -1), (1, 3))), {0, 1}) == [6, 2]


def test_a_split_through_two_arms_is_told() -> None:
    leaves = drawn("A . A", "A A A")
    result = split(leaves, 0, line((-1, 1.5), (4, 1.5)))
    assert [finding.code for finding in result.findings] == ["line-overshoots", "parts"]
    assert sizes(leaves, result, {0, 1}) == [4, 1]


def test_parts_away_from_the_line_stay_with_their_unit() -> None:
    leaves = drawn("A A . A", "A A . A")
    assert sizes(leaves, split(leaves, 0, line((0.5, -1), (0.5, 3))), {0, 1}) == [5, 1]


def test_an_enclave_keeps_its_ground_when_the_unit_around_it_is_split() -> None:
    leaves = drawn("A A A", "A B A", "A A A")
    result = split(leaves, 0, line((1.5, -1), (1.5, 4)))
    assert sizes(leaves, result, {0, 2})[1] == 1


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_any_line_moves_ground_between_its_two_units_only(seed: int) -> None:
    rng = np.random.default_rng(seed)
    leaves = partition(rng, 25)
    pairs = neighbours(leaves).pairs
    a, b = map(int, rng.permutation(pairs[rng.integers(len(pairs))]))
    border = shapely.intersection(shapely.boundary(leaves[a]), shapely.boundary(leaves[b]))
    try:
        result = shift(leaves, a, b, random_line(rng, border))
    except GeodataError:
        return
    assert set(result.moved_m2) <= {(a, b), (b, a)}
    assert_sound(leaves, unite(leaves).ground, result, {a, b})
