import subprocess
import sys

import numpy as np
import pytest
import shapely

from geodata.districting.graph import STREET_SHARE, graph
from tests.geodata.districting.lattices import lattice
from tests.geodata.districting.streetside import placed

SQUARES = placed(*(shapely.box(x, y, x + 100, y + 100) for y in (0, 100) for x in (0, 100)))
"""Four: 0 and 1 in the south, 2 and 3 in the north."""
WEIGHT = np.array([1.0, 2.0, 3.0, 4.0])


def test_grounds_adjoin_along_borders_and_not_in_points() -> None:
    found = graph(SQUARES, WEIGHT)
    assert list(zip(found.one.tolist(), found.other.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert found.length_m == pytest.approx(100, rel=2e-3)


def test_a_border_between_blocks_lies_in_a_street_and_counts_less() -> None:
    found = graph(SQUARES, WEIGHT, block=np.array([7, 8, 7, 8]))
    assert found.length_m == pytest.approx(np.array([STREET_SHARE, 1, 1, STREET_SHARE]) * 100, rel=2e-3)


def test_a_barrier_parts_what_lies_on_its_two_sides() -> None:
    river = placed(shapely.LineString([(100, -50), (100, 250)]))
    assert graph(SQUARES, WEIGHT, barriers=river).component.tolist() == [0, 1, 0, 1]


def test_a_barrier_along_part_of_a_border_shortens_it() -> None:
    wall = placed(shapely.LineString([(100, -50), (100, 45)]))
    found = graph(SQUARES, WEIGHT, barriers=wall)
    assert found.length_m[0] == pytest.approx(50, abs=11)


def test_a_barrier_may_be_the_ground_of_a_water() -> None:
    water = placed(shapely.box(95, -10, 105, 210))
    assert graph(SQUARES, WEIGHT, barriers=water).component.tolist() == [0, 1, 0, 1]


def test_no_ground_makes_no_graph() -> None:
    assert len(graph(SQUARES[:0], WEIGHT[:0])) == 0


@pytest.mark.parametrize("barriers", [None, placed(shapely.LineString([(-50, 50), (150, 50)])), SQUARES[:0]])
def test_one_piece_of_ground_has_no_neighbour_whatever_barrier_crosses_it(barriers: np.ndarray | None) -> None:
    found = graph(SQUARES[:1], WEIGHT[:1], block=np.array([0]), barriers=barriers)
    assert (len(found), found.one.tolist(), found.component.tolist()) == (1, [], [0])


def test_neighbours_stand_in_rows() -> None:
    net = lattice("1 2", "3 4").net
    assert [net.neighbour[net.start[node] : net.start[node + 1]].tolist() for node in range(4)] == [[1, 2], [0, 3], [0, 3], [1, 2]]


def test_groups_of_nodes_make_a_graph_with_their_weights_and_borders() -> None:
    merged = lattice("1 2 4", "8 16 32").merged(np.array([0, 0, 1, 0, 1, 1]), 2)
    assert merged.weight.tolist() == [11, 52]
    assert (merged.one.tolist(), merged.other.tolist(), merged.length_m.tolist()) == ([0], [1], [30])


def test_a_few_nodes_make_the_same_graph_however_they_are_taken_out() -> None:
    whole = lattice("1 2 4", "8 16 32", "64 128 256")
    nodes = np.array([0, 1, 4, 8])
    small, flagged = whole.of(nodes), whole.only(np.isin(np.arange(9), nodes))
    assert sorted(zip(small.one, small.other, strict=True)) == sorted(zip(flagged.one, flagged.other, strict=True)) == [(0, 1), (1, 2)]
    assert small.weight.tolist() == flagged.weight.tolist() == [1, 2, 16, 256]


def test_what_only_reads_trees_does_not_load_the_compiler() -> None:
    program = "import sys, geodata.districting.tree, gridsvc.domain.schemes; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
