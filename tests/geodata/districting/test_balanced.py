from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.districting.around import NOWHERE, around
from geodata.districting.balanced import balanced
from geodata.districting.certificates import certify_sites
from geodata.districting.few import best_of_few
from geodata.districting.graph import ANY, Graph, Limits
from geodata.districting.refine import Search, refined
from geodata.findings import GeodataError
from geodata.topology.grid import Integers
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
    load = np.bincount(balanced(town, 4, Limits(150, 170)), town.weight)
    assert load.min() >= 150
    assert load.max() <= 170


def test_the_same_seed_gives_the_same_parts() -> None:
    assert (balanced(_town(), 9, None, Search(3)) == balanced(_town(), 9, None, Search(3))).all()


@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_cannot_be_so_many_parts_is_refused(count: int) -> None:
    with pytest.raises(GeodataError, match="4 grounds in 2 pieces"):
        balanced(lattice("1 1 . 1 1"), count)


@given(graphs(), st.integers(1, 8))
@settings(max_examples=15, deadline=None)
def test_there_are_so_many_connected_parts_of_any_ground(drawn: Graph, count: int) -> None:
    few = int(drawn.component.max(initial=-1)) + 1
    count = min(max(count, few), len(drawn))
    label = balanced(drawn, count, None, Search(iterations=2))
    assert np.unique(label).tolist() == list(range(count))
    assert pieces(drawn, label) == count


@st.composite
def few(draw: st.DrawFn) -> Graph:
    """Draw a row, ring, star, tree, lattice or web of a few nodes, with some that weigh nothing."""
    count = draw(st.integers(2, 8))
    row = [(node, node + 1) for node in range(count - 1)]
    shapes = {
        "row": row,
        "ring": [*row, (0, count - 1)] if count > 2 else row,
        "star": [(0, node) for node in range(1, count)],
        "tree": [(draw(st.integers(0, node - 1)), node) for node in range(1, count)],
        "lattice": [(node, node + 2) for node in range(count - 2)] + row[::2],
        "web": [(one, other) for one in range(count) for other in range(one + 1, count)],
    }
    pairs = np.array(shapes[draw(st.sampled_from(sorted(shapes)))])
    weight, load = (np.array(draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)), dtype=np.float64) for _ in range(2))
    length_m = np.array(draw(st.lists(st.integers(1, 50), min_size=len(pairs), max_size=len(pairs))), dtype=np.float64)
    return Graph(weight, pairs[:, 0], pairs[:, 1], length_m, load)


@given(few(), st.integers(1, 4), st.tuples(st.integers(1, 9), st.integers(0, 5)), st.tuples(st.integers(0, 9), st.integers(0, 5)))
@settings(max_examples=60, deadline=None)
def test_of_a_few_grounds_no_division_is_better(drawn: Graph, count: int, of_weight: tuple[int, int], of_load: tuple[int, int]) -> None:
    count = min(count, len(drawn))
    assume(int(drawn.component.max()) < count)
    ranges = [Limits(low, low + more) for low, more in (of_weight, of_load)]
    label = balanced(drawn, count, ranges[0], Search(narrow=ranges[1]))
    assert pieces(drawn, label) == count == len(np.unique(label))
    best = min(_worth(drawn, np.array(each), *ranges) for each in _divisions(len(drawn), count) if pieces(drawn, np.array(each)) == count)
    assert _worth(drawn, label, *ranges) == best


def _divisions(nodes: int, count: int) -> Iterator[list[int]]:
    """Yield every division into so many parts, connected or not."""

    def divide(label: list[int]) -> Iterator[list[int]]:
        if len(label) == nodes:
            if max(label) == count - 1:
                yield label
            return
        for part in range(min(max(label, default=-1) + 2, count)):
            yield from divide([*label, part])

    return divide([])


def _worth(of: Graph, label: Integers, limits: Limits, narrow: Limits) -> tuple[float, int, float, float]:
    """Return what a division is worth as the module says: weight out of range, parts out of it, load out of range, length of borders."""
    out = [max(0.0, limits.low - each, each - limits.high) for each in np.bincount(label, of.weight)]
    beside = [max(0.0, narrow.low - each, each - narrow.high) for each in np.bincount(label, of.loads)]
    return sum(out), sum(each > 0 for each in out), sum(beside), float(of.length_m[label[of.one] != label[of.other]].sum())


@given(few(), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_a_little_more_ground_is_divided_within_the_range_wherever_it_can_be(drawn: Graph, count: int) -> None:
    """The search for more nodes than FEW, held to what is known of fewer."""
    count = min(count, len(drawn))
    assume(int(drawn.component.max()) < count)
    mean = drawn.weight.sum() / count
    limits = Limits(max(mean * 0.6, 0.1), mean * 1.4 + 0.1)
    label = refined(drawn, best_of_few(drawn, count, ANY), limits, Search(), fixed=True)
    best = min(
        _worth(drawn, np.array(each), limits, ANY)[0] for each in _divisions(len(drawn), count) if pieces(drawn, np.array(each)) == count
    )
    assert (_worth(drawn, label, limits, ANY)[0] == 0) == (best == 0)


def test_each_place_gets_a_connected_part_around_it_within_the_limits() -> None:
    town, sites = _town(), np.array([0, 30, 200, 410, 570])
    mean = town.weight.sum() / 5
    label = around(town, sites, town.length_m, Limits(0.9 * mean, 1.1 * mean))
    load = np.bincount(label, town.weight)
    assert label[sites].tolist() == [0, 1, 2, 3, 4]
    assert pieces(town, label) == 5
    assert load.min() >= 0.9 * mean
    assert load.max() <= 1.1 * mean


def test_around_places_weights_stay_in_range_while_loads_are_shared_out() -> None:
    town, sites = _town(), np.array([0, 30, 200, 410, 570])
    loaded = replace(town, load=np.random.default_rng(2).integers(0, 9, len(town)).astype(np.float64))
    mean, load = town.weight.sum() / 5, loaded.loads.sum() / 5
    label = around(loaded, sites, town.length_m, Limits(0.9 * mean, 1.1 * mean), Search(narrow=Limits(0.97 * load, 1.03 * load)))
    for limits, each in ((Limits(0.9 * mean, 1.1 * mean), loaded.weight), (Limits(0.97 * load, 1.03 * load), loaded.loads)):
        found = np.bincount(label, each)
        assert limits.low <= found.min()
        assert found.max() <= limits.high
    assert pieces(town, label) == 5


def test_parts_around_places_are_recut_where_single_nodes_do_not_help() -> None:
    row = lattice("1 9 9 1 9 1 1 9")
    label = around(row, np.array([0, 7]), row.length_m, Limits(20, 20))
    assert label.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_place_that_can_have_no_part_in_range_is_proven() -> None:
    row = lattice("5 30 5 20 80")
    assert {at: proof.kind for at, proof in certify_sites(row, Limits(20, 60), np.array([0, 1, 4])).items()} == {0: "cut-off", 2: "above"}
    assert certify_sites(row, Limits(31, 34), np.array([1, 3]))[0].kind == "no-set"


def test_everybody_goes_to_the_nearest_place_where_that_is_balanced() -> None:
    row = lattice("10 10 10 10 10 10")
    assert around(row, np.array([1, 4]), row.length_m, Limits(30, 30)).tolist() == [0, 0, 0, 1, 1, 1]


def test_ground_that_no_place_reaches_is_nowhere() -> None:
    assert around(lattice("10 10 . 10"), np.array([0]), np.array([10.0]), Limits(10, 30)).tolist() == [0, 0, NOWHERE]


def test_two_places_on_one_ground_are_refused() -> None:
    with pytest.raises(GeodataError, match="Two stations"):
        around(_town(4), np.array([3, 3]), _town(4).length_m, Limits(1, 1000))
