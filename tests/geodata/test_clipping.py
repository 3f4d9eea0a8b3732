from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import rotate, scale, translate

from geodata import assignment
from geodata.assignment import place
from geodata.clipping import common_m2
from geodata.measure import area_m2
from tests.grids import CELL_DEG, SOUTH, WEST, draw

LEAVES = np.array(list(draw("A A B", "C D B").values()), dtype=object)
FORMS = [
    Polygon([(0, 0), (1, 0), (1, 0.4), (0.4, 0.4), (0.4, 1), (0, 1)]),
    Polygon([(0, 0), (0, 1), (1, 1), (0.5, 0.5), (1, 0)]),
    Polygon(box(0, 0, 1, 1).exterior, [box(0.2, 0.2, 0.7, 0.9).exterior.coords]),
    MultiPolygon([box(0, 0, 0.3, 1), box(0.5, 0.1, 1, 0.6)]),
]


def footprint(form: Polygon | MultiPolygon, east: float, north: float, turned_deg: float, size: float) -> Polygon | MultiPolygon:
    """Return the form with a corner so many cells from that of the grid, its sides `size` cells long."""
    scaled = scale(rotate(form, turned_deg, origin=(0, 0)), size * CELL_DEG, size * CELL_DEG, origin=(0, 0))
    return translate(scaled, WEST + east * CELL_DEG, SOUTH + north * CELL_DEG)


footprints = st.builds(
    footprint, st.sampled_from(FORMS), st.floats(-0.5, 3.5), st.floats(-0.5, 2.5), st.floats(0, 360), st.sampled_from([0.01, 0.3, 1.0, 2.5])
)


def shared(leaves: np.ndarray, buildings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what every pair shares, compiled and as GEOS clips it."""
    leaf, building = (each.ravel() for each in np.meshgrid(np.arange(len(leaves)), np.arange(len(buildings))))
    return common_m2(leaves, buildings, leaf, building), area_m2(shapely.intersection(leaves[leaf], buildings[building]))


@given(st.lists(footprints, min_size=1, max_size=8))
def test_any_form_shares_what_its_intersection_covers(buildings: list[Polygon]) -> None:
    footprint = np.array(buildings, dtype=object)
    ours, theirs = shared(LEAVES, footprint)
    assert ours == pytest.approx(theirs, abs=1e-8 * area_m2(footprint).max() + 1e-6)


def test_a_leaf_with_a_hole_and_an_island_in_it_shares_no_ground_twice() -> None:
    west, south = WEST, SOUTH
    ring = Polygon(
        box(west, south, west + 4e-3, south + 4e-3).exterior, [box(west + 1e-3, south + 1e-3, west + 3e-3, south + 3e-3).exterior.coords]
    )
    leaves = np.array([ring.union(box(west + 1.5e-3, south + 1.5e-3, west + 2e-3, south + 2e-3))], dtype=object)
    ours, theirs = shared(leaves, np.array([box(west, south, west + 2.5e-3, south + 2.5e-3)], dtype=object))
    assert ours == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("turned", [False, True], ids=["counter-clockwise", "clockwise"])
def test_the_direction_of_a_ring_does_not_matter(turned: bool) -> None:
    building = footprint(FORMS[0], 0.6, 0.6, 20, 1.0)
    ours, theirs = shared(LEAVES, np.array([building.reverse() if turned else building], dtype=object))
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_empty_ground_shares_nothing() -> None:
    assert common_m2(LEAVES[:1], np.array([Polygon(), FORMS[0]], dtype=object), np.array([0]), np.array([0])).tolist() == [0.0]


def test_many_are_placed_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    spots = rng.uniform((-0.2, -0.2, 0), (3.2, 2.2, 360), (400, 3))
    many = np.array([footprint(FORMS[turn % 4], *spot, 0.2) for turn, spot in enumerate(spots)], dtype=object)
    few = place(LEAVES, many)
    monkeypatch.setattr(assignment, "MANY", 1)
    compiled = place(LEAVES, many)
    assert compiled.leaf.tolist() == few.leaf.tolist()
    assert compiled.share == pytest.approx(few.share, abs=1e-9)
    assert compiled.cut_m2 == pytest.approx(few.cut_m2, abs=1e-5)
