from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon, box
from shapely.affinity import translate

from geodata.assignment import clusters, place
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
