from collections.abc import Iterator

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.districting.graph import Graph, Limits
from geodata.districting.grouping import group
from geodata.districting.least import least, least_moved
from geodata.districting.rebalance import Today, rebalance
from geodata.districting.refine import Search
from geodata.progress import Stop
from geodata.topology.grid import Integers
from tests.geodata.districting.lattices import graphs, lattice, pieces

LIMITS = Limits(30, 70)


def _later(town: Graph, seed: int) -> Graph:
    """Return the town with other households on a sixth of its ground."""
    random = np.random.default_rng(seed)
    changed = np.where(random.random(len(town)) < 1 / 6, np.rint(town.weight * random.uniform(0.3, 1.9, len(town))), town.weight)
    return Graph(changed, town.one, town.other, town.length_m)


def _town(side: int = 24) -> Graph:
    return lattice(*[" ".join(map(str, row)) for row in np.random.default_rng(1).integers(0, 21, (side, side))])


def test_a_third_of_what_a_fresh_partition_moves_is_enough_at_most() -> None:
    town = _town(32)
    today = group(town, LIMITS).label
    later = _later(town, 2)
    found = rebalance(later, LIMITS, Today(today))
    fresh = group(later, LIMITS, Search(1)).label
    common = np.zeros((fresh.max() + 1, today.max() + 1))
    np.add.at(common, (fresh, today), later.weight)
    assert found.reasons == {}
    assert 0 < least(later, LIMITS, today) <= found.moved <= (later.weight.sum() - common.max(axis=1).sum()) / 3


def test_what_is_in_range_stays_as_it_is() -> None:
    today = group(_town(), LIMITS).label
    found = rebalance(_town(), LIMITS, Today(today))
    assert (found.label == today).all()
    assert (found.moved, least(_town(), LIMITS, today)) == (0, 0)


def test_a_locked_part_is_untouched_and_what_cannot_be_is_told_with_it() -> None:
    town = lattice("20 40 40")
    found = rebalance(town, LIMITS, Today(np.array([0, 1, 1]), locked=np.array([False, True, True])))
    assert found.label.tolist() == [0, 1, 1]
    assert found.reasons[0] is not None
    assert found.reasons[0].locked


def test_a_held_node_stays_though_another_one_moves_for_it() -> None:
    town = lattice("20 30 30 40")
    free = rebalance(town, LIMITS, Today(np.array([0, 1, 1, 1])))
    held = rebalance(town, LIMITS, Today(np.array([0, 1, 1, 1]), held=np.array([False, True, False, False])))
    assert free.label[1] == free.label[0]
    assert held.label[1] == 1
    assert held.label[0] != held.label[3]


def test_a_compound_moves_whole_where_it_can() -> None:
    town = lattice("20 10 30 20", "0 10 0 10")
    today, compound = np.array([0, 1, 1, 1, 0, 1, 1, 1]), np.array([-1, 2, -1, -1, -1, 2, -1, -1])
    found = rebalance(town, LIMITS, Today(today, compound)).label
    assert found[1] == found[5] == found[0]


def test_the_same_seed_gives_the_same_parts() -> None:
    today, later = group(_town(), LIMITS).label, _later(_town(), 3)
    first, second = (rebalance(later, LIMITS, Today(today), Search(4)).label for _ in range(2))
    assert (first == second).all()


def test_a_search_that_is_stopped_has_what_it_found() -> None:
    def stop(template: str, values: dict[str, object]) -> None:
        raise Stop

    today, later = group(_town(40), LIMITS).label, _later(_town(40), 3)
    found = rebalance(later, LIMITS, Today(today), Search(iterations=200, tell=stop))
    before = np.bincount(today, later.weight)
    assert pieces(later, found.label) == len(np.unique(found.label))
    assert len(found.reasons) < ((before < 30) | (before > 70)).sum()


@given(graphs(), st.data())
@settings(max_examples=12, deadline=None)
def test_parts_are_connected_and_in_range_or_have_a_reason_and_no_lock_is_broken(drawn: Graph, data: st.DataObject) -> None:
    start = np.unique(drawn.where(np.arange(len(drawn.one)) % 3 > 0).component, return_inverse=True)[1]
    flags = [np.array(data.draw(st.lists(st.booleans(), min_size=len(drawn), max_size=len(drawn)))) for _ in range(2)]
    locked, held = flags[0] & (start % 3 == 0), flags[1] & (start % 3 == 1)
    found = rebalance(drawn, LIMITS, Today(start, None, locked, held), Search(data.draw(st.integers(0, 3)), iterations=3))
    load = np.bincount(found.label, drawn.weight)
    assert pieces(drawn, found.label) == len(np.unique(found.label))
    wrong = np.unique(found.label[(load[found.label] < 30) | (load[found.label] > 70)])
    assert sorted(found.reasons) == wrong.tolist()
    shut = np.isin(start, start[locked])
    assert (found.label[shut] == start[shut]).all()
    assert (found.label[held & (drawn.weight > 0)] == start[held & (drawn.weight > 0)]).all()
    assert least(drawn, LIMITS, start, locked) <= found.moved or found.reasons


@given(graphs(), st.integers(0, 5))
@settings(max_examples=12, deadline=None)
def test_the_bound_lies_below_the_smallest_change_there_is(drawn: Graph, parts: int) -> None:
    few = drawn.only(np.arange(len(drawn)) < 7)
    start = np.unique(few.where(np.arange(len(few.one)) % (parts + 2) > 0).component, return_inverse=True)[1]
    best = min((_moved(few, start, label) for label in _divisions(few)), default=None)
    assume(best is not None)
    found = rebalance(few, LIMITS, Today(start), Search(iterations=5))
    assert least_moved(np.bincount(start, few.weight), LIMITS) <= best
    assert least(few, LIMITS, start) <= best
    assert found.reasons == {}
    assert best <= found.moved


def _divisions(of: Graph) -> Iterator[Integers]:
    """Yield every division of a small graph into connected parts within the limits."""

    def divide(label: list[int]) -> Iterator[list[int]]:
        if len(label) == len(of):
            yield label
            return
        for part in range(max(label, default=-1) + 2):
            yield from divide([*label, part])

    for label in map(np.array, divide([])):
        load = np.bincount(label, of.weight)
        if ((load >= LIMITS.low) & (load <= LIMITS.high)).all() and pieces(of, label) == len(load):
            yield label


def _moved(of: Graph, start: Integers, label: Integers) -> float:
    """Return the weight that leaves its part when the parts keep names as well as can be."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  # for this alone

    common = np.zeros((label.max() + 1, start.max() + 1))
    np.add.at(common, (label, start), of.weight)
    rows, columns = linear_sum_assignment(-common)
    return float(of.weight.sum() - common[rows, columns].sum())
