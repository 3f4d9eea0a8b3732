import numpy as np
import pytest
import shapely
from shapely import STRtree

from geodata.findings import GeodataError
from geodata.topology import Geometries, check, holders, merge, named_error, outer_after, rearrange, transfer, unite
from tests.geodata.topology.partitions import assert_sound, cells, drawn, line, partition


def keep(leaves: Geometries):  # noqa: ANN201 - an owner
    return lambda points, _faces: holders(leaves, points)


def test_lines_that_move_nothing_rewrite_nothing() -> None:
    leaves = drawn("A B", "C D")
    result = rearrange(leaves, np.array([line((0.5, 0.2), (0.8, 0.9))]), keep(leaves))
    assert (dict(result.geometries), dict(result.moved_m2)) == ({}, {})


def test_a_line_across_a_border_leaves_a_seam() -> None:
    leaves = drawn("A B", "C D")
    result = rearrange(leaves, np.array([line((0.5, 0.5), (1.5, 0.7))]), keep(leaves))
    assert set(result.geometries) == result.seams == {2, 3}
    assert_sound(leaves, unite(leaves).ground, result, set())


def test_a_face_goes_to_its_owner() -> None:
    leaves = drawn("A B")
    result = rearrange(leaves, np.array([line((1.5, 0), (1.5, 1))]), lambda points, _faces: (shapely.get_x(points) > 120.0015).astype(int))
    assert [cells(result.applied_to(leaves)[index]) for index in (0, 1)] == [1.5, 0.5]
    assert list(result.moved_m2) == [(1, 0)]


def test_ground_can_be_given_up_and_the_outer_border_follows() -> None:
    leaves = drawn("A B")
    given_up = rearrange(leaves, np.array([line((1.5, 0), (1.5, 1))]), lambda points, _faces: np.minimum(holders(leaves, points), 0))
    assert given_up.emptied == {1}
    dropped = rearrange(leaves, np.array([line((1, 0), (1, 1))]), lambda points, _faces: np.where(holders(leaves, points) == 1, -1, 0))
    assert list(dropped.moved_m2) == [(1, -1)]
    assert cells(outer_after(unite(leaves).ground, leaves, dropped)) == 1


def test_free_ground_can_be_taken_around_a_leaf_that_stands_in_it() -> None:
    leaves = drawn("A . . .", "A . B .", "A . . .")
    frame = line((1, 0), (4, 0), (4, 3), (1, 3))
    result = rearrange(leaves, np.array([frame]), lambda points, _faces: np.where(holders(leaves, points) == 1, 1, 0))
    after = result.applied_to(leaves)
    assert [cells(ground) for ground in after] == [11, 1]
    assert check(after, outer=outer_after(unite(leaves).ground, leaves, result)) == []


def test_only_the_neighbourhood_is_rewritten() -> None:
    leaves = drawn(*(" ".join(chr(300 + 12 * row + column) for column in range(12)) for row in range(12)))
    result = transfer(leaves, line((0, 0), (0.5, 0.5)).buffer(2e-4), 11 * 12, 11 * 12 + 1)
    assert set(result.geometries) <= {11 * 12, 11 * 12 + 1}


def test_a_leaf_far_away_can_take_ground() -> None:
    leaves = drawn("A B C D E F G")
    result = transfer(leaves, leaves[0], 0, 6)
    assert result.emptied == {0}
    assert cells(result.geometries[6]) == 2


def test_a_transfer_leaves_the_ground_of_others_alone() -> None:
    leaves = drawn("A B C")
    result = transfer(leaves, line((0.5, 0.5), (2.5, 0.5)).buffer(1e-4), 0, 1)
    assert set(result.moved_m2) == {(0, 1)}
    assert_sound(leaves, unite(leaves).ground, result, {0, 1})


def test_a_transfer_can_make_a_new_unit() -> None:
    leaves = drawn("A B")
    result = transfer(leaves, line((0.2, 0.5), (0.4, 0.5)).buffer(1e-4), 0, 2)
    assert set(result.geometries) == {0, 2}


def test_a_transfer_of_nothing_is_refused_by_name() -> None:
    leaves = drawn("A B C")
    with pytest.raises(GeodataError) as refused:
        transfer(leaves, leaves[2], 0, 1)
    assert str(named_error(refused.value, ["Elm", "Oak", "Ash"])) == "Unit Elm has no ground there that could pass to unit Oak."


def test_a_part_under_one_square_metre_is_refused() -> None:
    leaves = drawn("A B")
    crumb = shapely.box(120.0005, 30.0005, 120.000505, 30.000505)
    with pytest.raises(GeodataError, match="least is 1 m²") as refused:
        transfer(leaves, crumb, 0, 1)
    assert refused.value.findings[0].where is not None


def test_merging_keeps_the_vertices_that_third_leaves_have() -> None:
    leaves = drawn("A B", "C C", "D E")
    result = merge(leaves, [0, 1])
    assert_sound(leaves, unite(leaves).ground, result, {0, 1})
    assert (set(result.geometries), result.emptied) == ({0}, {1})


def test_merging_leaves_apart_is_told() -> None:
    assert [finding.code for finding in merge(drawn("A B C"), [0, 2]).findings] == ["parts"]


@pytest.mark.parametrize("indices", [[1], [1, 1], []])
def test_a_merge_needs_two_leaves(indices: list[int]) -> None:
    with pytest.raises(GeodataError, match="two different units"):
        merge(drawn("A B C"), indices)


@pytest.mark.parametrize("seed", range(30))
def test_ground_of_any_shape_passes_between_any_leaves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    leaves = partition(rng, 40)
    outer, tree = unite(leaves).ground, STRtree(leaves)
    giver, taker = map(int, rng.choice(len(leaves), 2, replace=False))
    corner = shapely.Point(shapely.get_coordinates(leaves[giver])[0])
    ground = corner.buffer(float(rng.choice([1e-4, 5e-4, 3e-3])), quad_segs=int(rng.integers(1, 9)))
    result = transfer(leaves, ground, giver, taker, tree=tree)
    assert_sound(leaves, outer, result, {giver, taker})
