import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from geodata.findings import GeodataError
from geodata.topology import Built, Geometries, build, check, overlaps, unite
from geodata.topology.grid import as_array
from tests.conftest import shared_data
from tests.geodata.topology.partitions import cells, drawn, partition

METRE_DEG = 1e-5
"""About a metre here."""


def made(*polygons: shapely.Geometry, gap_m: float = 1.0) -> Built:
    return build(as_array(polygons), [chr(97 + index) for index in range(len(polygons))], gap_m=gap_m)


def codes(built: Built) -> list[tuple[str, str]]:
    return sorted({(finding.code, finding.severity) for finding in built.findings})


def noisy(leaves: Geometries, rng: np.random.Generator, noise_deg: float) -> Geometries:
    """Draw every ring anew, each point a little off: gaps, overlaps, slivers and unmatched vertices everywhere."""

    def shaken(part: Polygon) -> Polygon:
        points = shapely.get_coordinates(shapely.segmentize(part.exterior, 5e-4 * rng.uniform(0.5, 2)))[:-1]
        return Polygon(points + rng.uniform(-noise_deg, noise_deg, points.shape))

    return as_array([shapely.make_valid(shapely.union_all([shaken(part) for part in shapely.get_parts(leaf)])) for leaf in leaves])


def test_a_coverage_stays_as_it_is_byte_for_byte() -> None:
    leaves = partition(np.random.default_rng(3), 60)
    built = build(leaves, [f"{index:03}" for index in range(len(leaves))])
    assert shapely.equals_identical(built.coverage, leaves).all()
    assert built.changes == built.findings == []


def test_a_vertex_of_the_neighbour_is_taken_up() -> None:
    built = made(box(120, 30, 120.001, 30.002), box(120.001, 30, 120.002, 30.001), box(120.001, 30.001, 120.002, 30.002))
    assert check(built.coverage, outer=unite(built.coverage).ground) == []
    assert built.changes == []


def test_a_narrow_closed_gap_is_filled() -> None:
    gap = box(120.001, 30.0002, 120.001 + 0.5 * METRE_DEG, 30.0008)
    built = made(box(120, 30, 120.001, 30.001), shapely.difference(box(120.001, 30, 120.002, 30.001), gap))
    assert unite(built.coverage).ground.equals(box(120, 30, 120.002, 30.001))
    assert codes(built) == [("ground-changed", "warning")]


@pytest.mark.parametrize(("gap_m", "voids"), [(4.0, 1), (8.0, 0)])
def test_a_gap_wider_than_stated_is_a_void(gap_m: float, voids: int) -> None:
    courtyard = box(120.0004, 30.0004, 120.0004 + 6 * METRE_DEG, 30.0006)
    built = made(shapely.difference(box(120, 30, 120.001, 30.001), courtyard), gap_m=gap_m)
    assert len(built.coverage[0].interiors) == voids


def test_an_open_street_between_compounds_stays_open() -> None:
    built = made(box(120, 30, 120.001, 30.001), box(120.0011, 30, 120.002, 30.001))
    assert built.changes == []


def test_contested_ground_goes_to_the_smaller() -> None:
    built = made(box(120, 30, 120.003, 30.001), box(120.002, 30, 120.004, 30.001))
    assert [cells(ground) for ground in built.coverage] == [2, 2]


def test_who_lost_ground_to_whom_is_told() -> None:
    built = made(box(120, 30, 120.003, 30.001), box(120.002, 30, 120.004, 30.001))
    (change,) = built.changes
    assert change.key == "a"
    assert change.lost_to == pytest.approx({"b": change.lost_m2})
    assert change.share == pytest.approx(1 / 3, rel=1e-4)


def test_a_large_change_needs_consent() -> None:
    built = made(box(120, 30, 120.003, 30.001), box(120.002, 30, 120.004, 30.001))
    assert codes(built) == [("ground-changed", "error"), ("overlap", "warning")]


def test_a_nested_unit_is_cut_out_and_told() -> None:
    built = made(box(120, 30, 120.01, 30.01), box(120.001, 30.001, 120.002, 30.002))
    assert [cells(ground) for ground in built.coverage] == [99, 1]
    assert codes(built) == [("ground-changed", "warning"), ("nested", "warning")]


def test_of_two_equal_units_one_is_emptied_and_that_is_an_error() -> None:
    built = made(box(120, 30, 120.001, 30.001), box(120, 30, 120.001, 30.001))
    assert codes(built) == [("emptied", "error"), ("same", "warning")]
    assert sorted(cells(ground) for ground in built.coverage) == [0, 1]


def test_a_unit_without_ground_is_an_error_with_its_row() -> None:
    built = made(box(120, 30, 120.001, 30.001), Point(120, 30), LineString([(120, 30), (121, 30)]), None, Polygon())
    assert [(finding.code, finding.row) for finding in built.findings] == [("no-ground", row) for row in (2, 3, 4, 5)]


def test_a_bow_tie_is_mended_and_told() -> None:
    built = made(Polygon([(120, 30), (120.001, 30.001), (120.001, 30), (120, 30.001)]))
    assert codes(built) == [("mended", "warning")]
    assert check(built.coverage) == []


def test_a_sliver_under_a_square_metre_joins_the_neighbour() -> None:
    crumb = box(120.001, 30.0005, 120.001 + 0.5 * METRE_DEG, 30.0005 + METRE_DEG)
    right = shapely.difference(box(120.001, 30, 120.002, 30.001), crumb)
    built = made(shapely.MultiPolygon([box(119.99, 30, 119.991, 30.001), crumb]), right)
    assert cells(built.coverage[1]) == 1
    assert len(shapely.get_parts(built.coverage[0])) == 1


def test_holes_and_parts_are_kept() -> None:
    leaves = drawn("A A A . B", "A C A . .", "A A A . A")
    built = made(*leaves)
    assert shapely.equals_identical(built.coverage, leaves).all()


def test_each_unit_needs_a_name() -> None:
    with pytest.raises(GeodataError, match="2 units have 1 names"):
        build(drawn("A B"), ["a"])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), noise_deg=st.sampled_from([0.0, 1e-8, 1e-7, 1e-6, 5e-6]))
def test_noisy_polygons_become_a_coverage_whatever_their_order(seed: int, noise_deg: float) -> None:
    rng = np.random.default_rng(seed)
    claims = noisy(partition(rng, 30), rng, noise_deg)
    keys = [f"{index:03}" for index in range(len(claims))]
    built = build(claims, keys)
    assert check(built.coverage) == []
    order = rng.permutation(len(keys))
    again = build(claims[order], [keys[index] for index in order])
    assert shapely.equals_identical(again.coverage, built.coverage[order]).all()


def test_every_overlapping_pair_of_hangzhou_is_named() -> None:
    compounds, keys = hangzhou()
    found = overlaps(compounds, keys)
    assert len(found) == 47
    assert all(overlap.finding.where and overlap.overlap_m2 > 1 for overlap in found)


def test_hangzhou_becomes_a_coverage_that_empties_nobody() -> None:
    compounds, keys = hangzhou()
    built = build(compounds, keys)
    assert check(built.coverage) == []
    assert not [change for change in built.changes if change.emptied]


def test_denver_becomes_a_coverage_that_moves_less_than_a_square_metre() -> None:
    meta, _, wkb, _ = pyogrio.raw.read(f"/vsizip/{shared_data('districting/DenverCo_precincts2020_repaired.zip')}")
    to_stored = pyproj.Transformer.from_crs(meta["crs"], 4490, always_xy=True)
    precincts = shapely.transform(shapely.from_wkb(wkb), lambda xy: np.stack(to_stored.transform(*xy.T), axis=1))
    built = build(precincts, [f"{index:03}" for index in range(len(precincts))])
    assert len(precincts) == 356
    assert check(built.coverage, outer=unite(built.coverage).ground) == []
    assert sum(change.lost_m2 + change.gained_m2 for change in built.changes) < 1


def hangzhou() -> tuple[Geometries, list[str]]:
    _, _, wkb, _ = pyogrio.raw.read(shared_data("hangzhou_residential.gpkg"))
    return shapely.from_wkb(wkb), [f"{index:04}" for index in range(len(wkb))]
