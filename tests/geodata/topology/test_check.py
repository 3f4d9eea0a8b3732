import numpy as np
import pytest
import shapely
from shapely import Polygon, STRtree, box

from geodata.findings import Finding
from geodata.topology import check, check_around, unite
from geodata.topology.grid import as_array
from tests.geodata.topology.partitions import drawn, partition


def codes(findings: list[Finding]) -> list[str]:
    return sorted({finding.code for finding in findings})


def test_a_drawn_grid_tiles() -> None:
    leaves = drawn("A A B", "A C B", "D D D")
    assert check(leaves, outer=unite(leaves).ground) == []


@pytest.mark.parametrize("seed", range(20))
def test_a_random_partition_tiles(seed: int) -> None:
    leaves = partition(np.random.default_rng(seed), 60)
    assert check(leaves, outer=unite(leaves).ground) == []


def test_whichever_way_the_rings_run_does_not_matter() -> None:
    leaves = drawn("A B", "C B")
    leaves[0] = shapely.reverse(leaves[0])
    assert check(leaves, outer=unite(leaves).ground) == []


@pytest.mark.parametrize("missing", range(4))
def test_a_removed_leaf_is_noticed(missing: int) -> None:
    leaves = drawn("A A A", "A B C", "A D D")
    outer = unite(leaves).ground
    found = check(np.delete(leaves, missing), outer=outer)
    assert found
    assert all(finding.severity == "error" and finding.where for finding in found)


def test_a_leaf_that_became_empty_is_noticed() -> None:
    leaves = drawn("A A A", "A B C", "A D D")
    outer = unite(leaves).ground
    leaves[1] = Polygon()
    assert "border" in codes(check(leaves, outer=outer))


def test_a_missing_corner_shows_where_ground_is_missing() -> None:
    leaves = drawn("A B", "A A")
    outer = unite(leaves).ground
    found = [finding for finding in check(leaves[:1], outer=outer) if finding.code == "outer"]
    assert found[0].where == pytest.approx((120.001, 30.001, 120.002, 30.002))


@pytest.mark.parametrize("shift_deg", [1e-8, 1e-6, 1e-4])
def test_a_vertex_out_of_place_is_noticed(shift_deg: float) -> None:
    leaves = drawn("A B C")
    corner = shapely.get_coordinates(leaves[1])
    corner[corner[:, 0] < 120.0015] += [shift_deg, 0]
    leaves[1] = Polygon(corner)
    assert "border" in codes(check(leaves, outer=unite(drawn("A B C")).ground))


def test_an_overlap_is_noticed_without_the_outer_border() -> None:
    leaves = as_array([box(120, 30, 120.001, 30.001), box(120.0005, 30, 120.002, 30.001)])
    assert codes(check(leaves)) == ["border"]


def test_a_leaf_inside_another_is_noticed_without_the_outer_border() -> None:
    leaves = as_array([*drawn("A B", "C D"), box(120.0002, 30.0002, 120.0008, 30.0008)])
    assert codes(check(leaves)) == ["border"]


def test_two_equal_leaves_are_noticed() -> None:
    assert codes(check(drawn("A B")[[0, 0, 1]])) == ["border"]


def test_a_vertex_that_only_one_of_two_has_is_noticed() -> None:
    leaves = drawn("A B")
    leaves[0] = shapely.segmentize(leaves[0], 0.0006)
    assert "border" in codes(check(leaves, outer=unite(drawn("A B")).ground))


def test_islands_that_do_not_touch_are_a_coverage() -> None:
    assert check(drawn("A . B", ". . .", "C . D")) == []


def test_a_part_under_one_square_metre_is_refused() -> None:
    crumb = box(120.5, 30.5, 120.50001, 30.500005)
    leaves = as_array([shapely.MultiPolygon([*drawn("A B")[:1], crumb]), drawn("A B")[1]])
    assert codes(check(leaves)) == ["small-part"]


def test_a_ring_that_crosses_itself_is_refused() -> None:
    bow = Polygon([(120, 30), (120.001, 30.001), (120.001, 30), (120, 30.001)])
    assert "ring" in codes(check(as_array([bow])))


def test_after_one_change_only_the_neighbours_are_looked_at() -> None:
    leaves = drawn("A B C D", "E F G H")
    tree = STRtree(leaves)
    leaves[0] = shapely.union(leaves[0], leaves[1])
    leaves[7] = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert {finding.values["unit"] for finding in check_around(leaves, [0], tree=tree)} == {0}


def test_after_a_sound_change_the_neighbourhood_is_sound() -> None:
    leaves = drawn("A B C D", "E F G H")
    outer = unite(leaves).ground
    leaves[0], leaves[1] = unite(leaves[[0, 1]]).ground, Polygon()
    assert check_around(leaves, [0, 1]) == check_around(leaves, [0, 1], outer=outer) == []


def test_a_gap_beside_a_changed_leaf_is_noticed_with_the_outer_border() -> None:
    leaves = drawn("A B C D", "E F G H")
    outer = unite(leaves).ground
    leaves[1] = shapely.transform(leaves[1], lambda xy: np.where(xy == 120.002, 120.0019, xy))
    assert codes(check_around(leaves, [1], outer=outer)) == ["border"]
