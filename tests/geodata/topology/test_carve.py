import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geodata.topology import Geometries, Rearranged, build, carve, check, holders, outer_after, snap, unite
from geodata.topology.carve import Keep
from geodata.topology.grid import as_array
from tests.conftest import shared_data
from tests.geodata.topology.partitions import bend_m2, cells, drawn, flat_m2, partition

KEEPS: list[Keep] = [None, "parent", "child"]


def names(polygons: Geometries) -> list[str]:
    return [f"{index:03}" for index in range(len(polygons))]


def carved(leaves: Geometries, *polygons: shapely.Geometry, keep: Keep = None, parents: list[int] | None = None) -> Rearranged:
    children = as_array(polygons)
    return carve(leaves, children, names(children), keep=keep, parents=None if parents is None else np.array(parents))


def sizes(leaves: Geometries, result: Rearranged) -> list[float]:
    after = result.applied_to(leaves)
    assert check(after, outer=outer_after(unite(leaves).ground, leaves, result)) == []
    return [cells(ground) for ground in after]


def test_a_child_takes_its_ground_and_the_rest_remains() -> None:
    leaves = drawn("A A A", "A A A", "B B B")
    assert sizes(leaves, carved(leaves, box(120.001, 30.0015, 120.002, 30.0025))) == [5, 3, 1]


def test_a_parent_that_is_covered_completely_has_no_remainder() -> None:
    leaves = drawn("A A B")
    result = carved(leaves, box(120, 30, 120.001, 30.001), box(120.001, 30, 120.002, 30.001))
    assert result.emptied == {0}
    assert sizes(leaves, result) == [0, 1, 1, 1]


def test_children_that_tile_their_parents_edge_by_edge_are_taken_as_they_are() -> None:
    children = drawn("A A B", "C C B")
    leaves = as_array([unite(children[:2]).ground, children[2]])
    result = carve(leaves, children, names(children), parents=np.array([0, 0, 1]))
    assert shapely.equals_identical(as_array([result.geometries[2 + index] for index in range(3)]), children).all()
    assert (result.emptied, result.seams, result.findings) == ({0, 1}, frozenset(), ())
    assert sizes(leaves, result) == [0, 0, 2, 2, 2]


def test_children_that_tile_but_stand_under_the_wrong_parent_are_asked_about() -> None:
    children = drawn("A B C C")
    leaves = as_array([unite(children[:2]).ground, children[2]])
    result = carve(leaves, children, names(children), parents=np.array([0, 1, 1]))
    assert {finding.code for finding in result.findings} == {"outside", "emptied"}


def test_children_that_leave_a_hole_in_their_parent_leave_a_remainder() -> None:
    children = drawn("A A A", "A B A", "A A A")
    leaves = as_array([unite(children).ground])
    assert sizes(leaves, carve(leaves, children[:1], ["A"], parents=np.array([0]))) == [1, 8]


def test_a_child_reaching_out_is_asked_about() -> None:
    result = carved(drawn("A A B B"), box(120.001, 30, 120.0025, 30.001), parents=[0])
    (finding,) = result.findings
    assert (finding.code, finding.severity, finding.row) == ("outside", "error", 1)
    assert finding.where == pytest.approx((120.002, 30, 120.0025, 30.001))


def test_the_parents_border_can_be_kept() -> None:
    leaves = drawn("A A B B")
    result = carved(leaves, box(120.001, 30, 120.0025, 30.001), parents=[0], keep="parent")
    assert sizes(leaves, result) == [1, 2, 1]
    assert [finding.severity for finding in result.findings] == ["warning"]


def test_the_childs_border_can_be_kept() -> None:
    leaves = drawn("A A B B")
    assert sizes(leaves, carved(leaves, box(120.001, 30, 120.0025, 30.001), parents=[0], keep="child")) == [1, 1.5, 1.5]


def test_a_child_can_grow_over_free_ground() -> None:
    leaves = drawn("A A .")
    assert sizes(leaves, carved(leaves, box(120.001, 30, 120.003, 30.001), keep="child")) == [1, 2]


def test_a_child_without_ground_where_it_may_is_an_error() -> None:
    result = carved(drawn("A B ."), box(120.001, 30, 120.002, 30.001), parents=[0], keep="parent")
    assert result.emptied == {2}
    assert ("emptied", "error") in {(finding.code, finding.severity) for finding in result.findings}


def test_contested_ground_goes_to_the_smaller_child() -> None:
    leaves = drawn("A A A A")
    result = carved(leaves, box(120, 30, 120.003, 30.001), box(120.002, 30, 120.004, 30.001))
    assert sizes(leaves, result) == [0, 2, 2]
    assert [finding.code for finding in result.findings] == ["overlap"]


@pytest.mark.parametrize("off_m", [-0.4, -0.01, 0.01, 0.4])
def test_a_border_within_noise_of_the_parents_is_laid_upon_it(off_m: float) -> None:
    leaves = drawn("A A B", "A A B")
    off = off_m / 96_000
    result = carved(leaves, box(120.001, 30.0005, 120.002 + off, 30.0015), parents=[0])
    assert sizes(leaves, result) == [3, 2, 1]
    assert result.findings == ()


def test_a_remainder_wider_than_noise_stays() -> None:
    leaves = drawn("A A B", "A A B")
    after = carved(leaves, box(120, 30, 120.00199, 30.002), parents=[0]).applied_to(leaves)
    assert 150 < flat_m2(after[0]) < 300


def test_a_crooked_parent_border_leaves_no_slivers() -> None:
    wave = np.linspace(0, 0.002, 60)
    top = np.column_stack([120 + wave, 30.001 + 3e-6 * np.sin(wave * 2e4)])
    leaves = build(as_array([shapely.Polygon([(120, 30), (120.002, 30), *top[::-1]])]), ["a"]).coverage
    children = as_array([box(120, 30, 120.001, 30.001), box(120.001, 30, 120.002, 30.001)])
    result = carve(leaves, children, names(children))
    assert result.emptied == {0}
    assert sizes(leaves, result)[0] == 0


@pytest.mark.parametrize("keep", KEEPS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_children_and_remainders_tile(keep: Keep, seed: int) -> None:
    rng = np.random.default_rng(seed)
    leaves, children = partition(rng, 8, voids=1, multiparts=1, enclaves=1), partition(rng, 20)
    outer, parents = unite(leaves).ground, holders(leaves, shapely.point_on_surface(children))
    result = carve(leaves, children, names(children), parents=parents, keep=keep)
    after = result.applied_to(leaves)
    assert check(after, outer=outer_after(outer, leaves, result)) == []
    if keep != "child":
        for leaf in range(len(leaves)):
            family = unite(after[[leaf, *(len(leaves) + np.flatnonzero(parents == leaf))]]).ground
            assert flat_m2(shapely.symmetric_difference(family, leaves[leaf])) <= bend_m2(leaves[leaf])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), noise_deg=st.sampled_from([1e-8, 1e-7, 1e-6, 2e-6]))
def test_children_drawn_beside_their_parents_border_fill_it(seed: int, noise_deg: float) -> None:
    rng = np.random.default_rng(seed)
    children = partition(rng, 20, voids=0, multiparts=0, enclaves=0)
    ring = shapely.get_coordinates(shapely.segmentize(unite(children).ground.exterior, 3e-4))[:-1]
    leaves = snap(as_array([shapely.normalize(shapely.Polygon(ring + rng.uniform(-noise_deg, noise_deg, ring.shape)))]))
    result = carve(leaves, children, names(children))
    assert result.emptied == {0}
    assert flat_m2(unite(result.applied_to(leaves)).ground) == pytest.approx(flat_m2(leaves[0]), abs=bend_m2(leaves[0]))


def test_moscows_residential_areas_and_what_remains_between_tile() -> None:
    _, _, wkb, _ = pyogrio.raw.read(shared_data("osm/moscow.gpkg"), layer="landuse_residential")
    areas = build(shapely.from_wkb(wkb), names(wkb)).coverage
    hull = snap(as_array([shapely.normalize(shapely.convex_hull(shapely.union_all(areas)))]))
    result = carve(hull, areas, names(areas))
    after = result.applied_to(hull)
    assert len(after) == 19
    assert result.findings == ()
    assert check(after, outer=outer_after(hull[0], hull, result)) == []
