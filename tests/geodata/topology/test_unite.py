import numpy as np
import pytest
import shapely

from geodata.topology import unite
from geodata.topology.grid import as_array
from tests.geodata.topology.partitions import cells, drawn, partition


def test_an_ancestor_is_the_ground_of_its_children() -> None:
    assert cells(unite(drawn("A A B", "A C B")).ground) == 6


def test_a_void_between_children_stays_a_void() -> None:
    assert len(unite(drawn("A A B", "A . B", "C C C")).ground.interiors) == 1


@pytest.mark.parametrize("seed", range(10))
def test_uniting_step_by_step_gives_the_same_bytes(seed: int) -> None:
    leaves = partition(np.random.default_rng(seed), 40)
    parents = as_array([unite(half).ground for half in np.array_split(leaves, 3)])
    assert unite(parents).ground.wkb == unite(leaves[::-1]).ground.wkb


def test_children_that_do_not_tile_are_united_with_a_warning() -> None:
    ground, findings = unite(as_array([shapely.box(120, 30, 120.002, 30.001), shapely.box(120.001, 30, 120.003, 30.001)]))
    assert cells(ground) == 3
    assert [finding.code for finding in findings] == ["not-a-coverage"]


def test_no_children_have_no_ground() -> None:
    assert unite(as_array([])).ground.is_empty
