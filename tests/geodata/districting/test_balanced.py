import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.districting.around import NOWHERE, around
from geodata.districting.balanced import balanced
from geodata.districting.graph import Graph, Limits
from geodata.findings import GeodataError
from tests.geodata.districting.lattices import graphs, lattice, pieces


def _town(side: int = 24) -> Graph:
    return lattice(*[" ".join(map(str, row)) for row in np.random.default_rng(1).integers(0, 21, (side, side))])


@pytest.mark.parametrize("count", [2, 7, 60])
def test_a_town_is_divided_into_so_many_connected_parts_of_like_weight(count: int) -> None:
    town = _town()
    label = balanced(town, count)
    load = np.bincount(label, town.weight)
    assert len(load) == count == pieces(town, label)
    assert load.std() / load.mean() < 0.04


def test_limits_may_be_given() -> None:
    town = _town(8)
    load = np.bincount(balanced(town, 4, limits=Limits(150, 170)), town.weight)
    assert load.min() >= 150
    assert load.max() <= 170


def test_the_same_seed_gives_the_same_parts() -> None:
    assert (balanced(_town(), 9, seed=3) == balanced(_town(), 9, seed=3)).all()


@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_cannot_be_so_many_parts_is_refused(count: int) -> None:
    with pytest.raises(GeodataError, match="4 grounds in 2 pieces"):
        balanced(lattice("1 1 . 1 1"), count)


@given(graphs(), st.integers(1, 8))
@settings(max_examples=15, deadline=None)
def test_there_are_so_many_connected_parts_of_any_ground(drawn: Graph, count: int) -> None:
    few = int(drawn.component.max(initial=-1)) + 1
    count = min(max(count, few), len(drawn))
    label = balanced(drawn, count, iterations=2)
    assert np.unique(label).tolist() == list(range(count))
    assert pieces(drawn, label) == count


@given(st.lists(st.integers(1, 9), min_size=6, max_size=6), st.integers(2, 3))
@settings(max_examples=15, deadline=None)
def test_a_small_row_is_divided_as_evenly_as_can_be(weights: list[int], count: int) -> None:
    row = lattice(" ".join(map(str, weights)))
    label = balanced(row, count)
    cuts = [(one,) for one in range(1, 6)] if count == 2 else [(one, two) for one in range(1, 6) for two in range(one + 1, 6)]
    off = lambda loads: sum(max(0.0, abs(load - sum(weights) / count) - 0.05 * sum(weights) / count) for load in loads)  # noqa: E731
    best = min(off([sum(part) for part in np.split(np.array(weights), cut)]) for cut in cuts)
    assert off(np.bincount(label, weights)) <= best + 1e-9


def test_each_place_gets_a_connected_part_around_it_within_the_limits() -> None:
    town, sites = _town(), np.array([0, 30, 200, 410, 570])
    mean = town.weight.sum() / 5
    label = around(town, sites, town.length_m, Limits(0.9 * mean, 1.1 * mean))
    load = np.bincount(label, town.weight)
    assert label[sites].tolist() == [0, 1, 2, 3, 4]
    assert pieces(town, label) == 5
    assert load.min() >= 0.9 * mean
    assert load.max() <= 1.1 * mean


def test_everybody_goes_to_the_nearest_place_where_that_is_balanced() -> None:
    row = lattice("10 10 10 10 10 10")
    assert around(row, np.array([1, 4]), row.length_m, Limits(30, 30)).tolist() == [0, 0, 0, 1, 1, 1]


def test_ground_that_no_place_reaches_is_nowhere() -> None:
    assert around(lattice("10 10 . 10"), np.array([0]), np.array([10.0]), Limits(10, 30)).tolist() == [0, 0, NOWHERE]


def test_two_places_on_one_ground_are_refused() -> None:
    with pytest.raises(GeodataError, match="Two stations"):
        around(_town(4), np.array([3, 3]), _town(4).length_m, Limits(1, 1000))
