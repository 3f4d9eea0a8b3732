from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.districting import refine
from geodata.districting.graph import Graph, Limits, graph
from geodata.districting.grouping import group
from geodata.districting.refine import Search
from geodata.findings import GeodataError
from geodata.topology.grid import Integers
from tests.geodata.districting.lattices import graphs, lattice, pieces

LIMITS = Limits(30, 70)


def _town(seed: int = 1, side: int = 24) -> Graph:
    """Return a lattice of buildings with 0 to 20 households."""
    return lattice(*[" ".join(map(str, row)) for row in np.random.default_rng(seed).integers(0, 21, (side, side))])


def _outside(label: Integers, weight: Integers) -> int:
    households = np.bincount(label, weight)[np.unique(label)]
    return int(((households < LIMITS.low) | (households > LIMITS.high)).sum())


def test_all_parts_of_a_town_are_in_range() -> None:
    assert group(_town(), LIMITS).reasons == {}


def test_parts_are_as_many_as_it_takes() -> None:
    assert len(np.unique(group(lattice("40 40 40 40"), LIMITS).label)) == 4
    assert len(np.unique(group(lattice("15 15 15 15"), Limits(30, 60)).label)) <= 2


def test_short_borders_are_preferred_to_long_ones() -> None:
    found = group(lattice("10 10 10 10", "10 10 10 10", "10 10 10 10", "10 10 10 10"), Limits(40, 40)).label
    assert sorted(np.bincount(found)) == [4, 4, 4, 4]
    town = lattice("10 10 10 10", "10 10 10 10", "10 10 10 10", "10 10 10 10")
    assert (found[town.one] != found[town.other]).sum() == 8


def test_the_same_seed_gives_the_same_parts_and_another_one_others() -> None:
    town = _town()
    assert (group(town, LIMITS, Search(3)).label == group(town, LIMITS, Search(3)).label).all()
    assert (group(town, LIMITS, Search(3)).label != group(town, LIMITS, Search(4)).label).any()


def test_a_tower_is_a_part_by_itself_with_that_reason() -> None:
    found = group(lattice("20 20 20", "20 95 20", "20 20 20"), LIMITS)
    (part,) = found.reasons
    assert np.flatnonzero(found.label == part).tolist() == [4]
    assert str(found.finding(part, "塔楼")) == "塔楼 alone has 95 households, more than the 70 of one unit; it is a unit by itself."


def test_a_park_behind_a_tower_goes_with_it() -> None:
    assert group(lattice("0 95 40"), LIMITS).label.tolist() == [0, 0, 1]


def test_two_that_fit_with_nobody_are_one_part_where_less_is_out_of_range_then() -> None:
    assert group(lattice("26 38"), Limits(45, 55)).label.tolist() == [0, 0]
    assert group(lattice("30 38"), Limits(40, 45)).label.tolist() == [0, 1]


def test_what_was_not_found_is_not_called_impossible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.districting.least.SETS", 0)  # as where too many sets are possible
    comb = lattice("20 20 20", ". 20 .")
    found = group(comb, Limits(40, 40))
    part = next(part for part, reason in found.reasons.items() if reason is None)
    assert "none is proven impossible" in str(found.finding(part, "这里"))


def test_a_map_in_range_stays_as_it_is() -> None:
    town = _town()
    today = group(town, LIMITS).label
    assert (group(town, LIMITS, Search(9), start=today).label == today).all()


def test_a_map_is_rebalanced_with_few_moves() -> None:
    town, random = _town(side=40), np.random.default_rng(2)
    today = group(town, LIMITS).label
    changed = np.where(random.random(len(town)) < 0.16, np.rint(town.weight * random.uniform(0.3, 1.9, len(town))), town.weight)
    later = Graph(changed, town.one, town.other, town.length_m)
    found = group(later, LIMITS, start=today)
    assert _outside(today, changed) > 10
    assert found.reasons == {}
    assert changed[found.label != today].sum() < 0.08 * changed.sum()


def test_new_ground_joins_the_parts_of_today() -> None:
    assert group(lattice("40 5 40"), LIMITS, start=np.array([4, -1, 7])).label.tolist() in ([4, 4, 7], [4, 7, 7])


def test_a_part_that_has_come_apart_keeps_its_name_where_most_of_it_is() -> None:
    assert group(lattice("35 40 50"), LIMITS, start=np.array([0, 1, 0])).label.tolist() == [2, 1, 0]


def test_what_is_locked_stays_and_is_the_reason() -> None:
    town = lattice("20 40 40")
    found = group(town, LIMITS, start=np.array([0, 1, 1]), locked=np.array([False, False, True]))
    assert found.label.tolist() == [0, 1, 1]
    assert {part: reason and reason.kind for part, reason in found.reasons.items()} == {0: "cut-off", 1: None}


def test_a_lock_without_a_map_of_today_is_refused() -> None:
    with pytest.raises(GeodataError, match="unit of today"):
        group(lattice("40"), LIMITS, locked=np.array([True]))


@pytest.mark.parametrize("limits", [Limits(0, 70), Limits(70, 30), Limits(30, np.inf)])
def test_a_range_that_fits_nothing_is_refused(limits: Limits) -> None:
    with pytest.raises(GeodataError, match="fits no unit"):
        group(lattice("40"), limits)


@pytest.mark.parametrize("households", ["nan", "inf", "-1"])
def test_households_that_are_no_number_of_them_are_refused(households: str) -> None:
    with pytest.raises(GeodataError, match="Ground 1 has"):
        group(lattice(f"40 {households} 40"), LIMITS)


def test_no_ground_makes_no_parts() -> None:
    assert group(graph(np.empty(0, dtype=object), np.empty(0)), LIMITS).label.tolist() == []


@given(graphs(), st.integers(0, 3), st.booleans())
@settings(max_examples=80)
def test_parts_are_connected_and_in_range_or_have_a_reason(drawn: Graph, seed: int, from_today: bool) -> None:
    start = np.arange(len(drawn)) // 3 if from_today else None
    found = group(drawn, LIMITS, Search(seed), start=start)
    assert pieces(drawn, found.label) == len(np.unique(found.label))
    assert found.weight.sum() == drawn.weight.sum()
    wrong = np.unique(found.label[(found.weight[found.label] < 30) | (found.weight[found.label] > 70)])
    assert sorted(found.reasons) == wrong.tolist()
    assert all(found.finding(part, "x").template for part in found.reasons)
    assert (group(drawn, LIMITS, Search(seed), start=start).label == found.label).all()


@given(graphs())
@settings(max_examples=80)
def test_a_division_in_range_is_found_where_there_is_one(drawn: Graph) -> None:
    few = drawn.only(np.arange(len(drawn)) < 8)
    if _can_be_divided(few, frozenset(range(len(few)))):
        assert group(few, LIMITS).reasons == {}


def _can_be_divided(of: Graph, nodes: frozenset[int]) -> bool:
    """Say whether some division of the nodes has connected parts in range only, all divisions being tried."""
    first, *rest = sorted(nodes) or [-1]
    if first < 0:
        return True
    parts = (frozenset([first, *more]) for count in range(len(rest) + 1) for more in combinations(rest, count))
    return any(
        LIMITS.low <= of.weight[list(part)].sum() <= LIMITS.high
        and of.of(np.array(sorted(part))).component.max() == 0
        and _can_be_divided(of, nodes - part)
        for part in parts
    )


def test_a_search_that_is_told_of_gives_what_one_in_silence_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    silent, told = group(_town(), LIMITS).label, []
    monkeypatch.setattr(refine, "CHUNK", 50)
    label = group(_town(), LIMITS, Search(tell=lambda _, values: told.append(values["done"]))).label
    assert (label == silent).all()
    assert told == sorted(told)
    assert len(told) > 3


def test_a_search_stops_where_whoever_is_told_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refine, "CHUNK", 50)

    def stop(template: str, values: dict[str, object]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        group(_town(), LIMITS, Search(tell=stop))
