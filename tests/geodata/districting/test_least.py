"""What has to move at the least, and what no division puts in range, held to all divisions there are."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.districting.certificates import certify
from geodata.districting.covering import Settled, proven
from geodata.districting.graph import Graph, Limits
from geodata.districting.grouping import group
from geodata.districting.least import least, least_moved
from tests.geodata.districting.lattices import graphs, lattice
from tests.geodata.districting.test_rebalance import LIMITS, _divisions, _moved


def test_a_whole_building_moves_though_less_would_do() -> None:
    row = lattice("40 40 . 60")
    assert least_moved(np.array([80.0, 60.0]), LIMITS) == 10
    assert least(row, LIMITS, np.array([0, 0, 1])) == 40


def test_what_is_with_a_tower_leaves_it_or_the_tower_leaves() -> None:
    assert least(lattice("75 10 40"), LIMITS, np.array([0, 0, 1])) == 10


def test_a_locked_part_gives_nothing() -> None:
    town, today = lattice("20 15 40"), np.array([0, 1, 1])
    assert least(town, LIMITS, today) == 15
    assert least(town, LIMITS, today, np.array([False, False, True])) == 0


@given(graphs(), st.integers(0, 5))
@settings(max_examples=15, deadline=None)
def test_where_all_can_be_in_range_the_bound_is_the_smallest_change_there_is(drawn: Graph, parts: int) -> None:
    few = drawn.only((np.arange(len(drawn)) < 7) & (drawn.weight > 0))
    assume(len(few) > 0)
    start = np.unique(few.where(np.arange(len(few.one)) % (parts + 2) > 0).component, return_inverse=True)[1]
    best = min((_moved(few, start, label) for label in _divisions(few)), default=None)
    assume(best is not None)
    assert least(few, LIMITS, start) == best


def test_ground_that_no_division_puts_in_range_is_proven_so() -> None:
    (proof,) = [proof for proof in group(lattice("20 40 23"), Limits(30, 65)).reasons.values() if proof]
    assert str(proof.finding("Here")).startswith("Here and all that hangs together with it have 83 households on 3 grounds; however")


@given(graphs())
@settings(max_examples=40, deadline=None)
def test_nothing_that_can_be_divided_is_proven_not_to_be(drawn: Graph) -> None:
    few, every = drawn.only(np.arange(len(drawn)) < 7), np.zeros(min(len(drawn), 7), dtype=np.int64)
    found = proven(few, LIMITS, every, {0: None}, Settled(every > 0, certify(few, LIMITS)))[0]
    assert found is None or next(_divisions(few), None) is None
