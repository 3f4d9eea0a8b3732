from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box
from shapely.affinity import translate

from geodata.assignment import along, clusters, place
from geodata.measure import length_m
from tests.grids import CELL_DEG, SOUTH, WEST, draw


def footprint(east_cells: float, width_cells: float = 0.2) -> Polygon:
    west = WEST + east_cells * CELL_DEG
    return box(west, SOUTH + 0.4 * CELL_DEG, west + width_cells * CELL_DEG, SOUTH + 0.6 * CELL_DEG)


def arrays(*geometries: Polygon) -> np.ndarray:
    return np.array(geometries, dtype=object)


LEAVES = arrays(*draw("A B").values())


def test_a_footprint_inside_a_leaf_belongs_there_whole() -> None:
    placed = place(LEAVES, arrays(footprint(1.4)))
    assert (placed.leaf[0], placed.share[0], placed.cut_m2[0]) == (1, 1.0, 0.0)


def test_a_footprint_across_a_border_belongs_to_the_larger_part() -> None:
    placed = place(LEAVES, arrays(footprint(0.85)))
    assert placed.leaf[0] == 0
    assert placed.cut_share[0] == pytest.approx(0.25, abs=1e-6)


def test_a_tie_belongs_to_the_first_leaf() -> None:
    assert place(LEAVES[::-1].copy(), arrays(footprint(0.9))).leaf[0] == 0
    assert place(LEAVES, arrays(footprint(0.9))).leaf[0] == 0


def test_a_footprint_outside_every_leaf_belongs_to_none() -> None:
    assert place(LEAVES, arrays(footprint(5))).leaf[0] == -1


def test_a_footprint_that_only_touches_belongs_to_none() -> None:
    assert place(LEAVES, arrays(footprint(2.0))).leaf[0] == -1


def test_overlapping_footprints_stay_together() -> None:
    podium, tower = footprint(0.6, 0.35), footprint(0.9, 0.3)
    together = clusters(arrays(podium, tower), cut_m2=1, cut_share=0.02)
    placed = place(LEAVES, arrays(podium, tower), together=together)
    assert together.tolist() == [0, 0]
    assert placed.leaf.tolist() == [0, 0]


def test_footprints_that_overlap_less_than_the_tolerance_are_apart() -> None:
    one = footprint(0.2)
    assert clusters(arrays(one, translate(one, 0.1999 * CELL_DEG)), cut_m2=1, cut_share=0.02).tolist() == [0, 1]


def test_a_chain_of_overlaps_is_one_cluster() -> None:
    chain = arrays(footprint(0.45), footprint(0.15), footprint(0.3))
    assert clusters(chain, cut_m2=1, cut_share=0.02).tolist() == [0, 0, 0]


def way(*ends: tuple[float, float]) -> LineString:
    """Return a line through points, in cells of the drawing."""
    return LineString([(WEST + right * CELL_DEG, SOUTH + up * CELL_DEG) for right, up in ends])


def runs(*lines: LineString) -> list[tuple[int, int, float]]:
    """Return line, leaf and the share of the line's length there."""
    found = along(LEAVES, np.array(lines, dtype=object))
    shares = found.length_m / length_m(np.array(lines, dtype=object))[found.line]
    return [
        (line, leaf, round(share, 4)) for line, leaf, share in zip(found.line.tolist(), found.leaf.tolist(), shares.tolist(), strict=True)
    ]


def test_a_line_runs_by_length_in_each_leaf() -> None:
    assert runs(way((0.5, 0.5), (0.7, 0.5)), way((0.75, 0.5), (1.75, 0.5))) == [(0, 0, 1.0), (1, 0, 0.25), (1, 1, 0.75)]


def test_a_line_along_a_border_counts_once_to_the_first_leaf() -> None:
    assert runs(way((1, 0), (1, 1)), way((0.5, 0.5), (1, 0.5), (1, 1))) == [(0, 0, 1.0), (1, 0, 1.0)]


def test_what_runs_outside_all_leaves_counts_nowhere() -> None:
    assert runs(way((1.5, 0.5), (2.5, 0.5)), way((3, 0), (4, 0))) == [(0, 1, 0.5)]


def test_a_line_that_only_touches_a_leaf_does_not_run_there() -> None:
    assert runs(way((0.5, 0.5), (1.0, 0.5))) == [(0, 0, 1.0)]


@pytest.mark.parametrize("seed", range(5))
def test_lengths_add_up_to_the_line_inside_all_leaves(seed: int) -> None:
    random = np.random.default_rng(seed)
    lines = np.array([way(*ends) for ends in random.uniform(-0.2, 2.2, (50, 4, 2))], dtype=object)
    found = along(LEAVES, lines)
    inside = length_m(shapely.intersection(lines, shapely.union_all(LEAVES)))
    assert np.bincount(found.line, weights=found.length_m, minlength=50) == pytest.approx(inside, abs=0.03)
