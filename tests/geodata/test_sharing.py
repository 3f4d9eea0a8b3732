"""Households are shared out exactly: nobody left while anybody can take, nobody below the range while anybody is above, then near."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import sharing
from geodata.sharing import Shared, Takers, share_out

Row = list[tuple[int, int]]


def at(*places: float) -> np.ndarray:
    """Return places on a line, in steps of about 100 m."""
    return np.array([(120 + 0.001 * place, 30.0) for place in places]).reshape(-1, 2)


def shared(sites: dict[float, int], takers: list[tuple[float, int, int]]) -> Shared:
    given_ = Takers(at(*(place for place, _, _ in takers)), *(np.array([t[k] for t in takers], dtype=np.int64) for k in (1, 2)))
    return share_out(at(*sites), np.array(list(sites.values()), dtype=np.int64), given_)


def moved(found: Shared) -> set[tuple[int, int, int]]:
    return set(zip(found.taker.tolist(), found.site.tolist(), found.count.tolist(), strict=True))


def test_each_takes_what_is_at_home() -> None:
    found = shared({0: 10, 5: 12}, [(0, 10, 15), (5, 10, 15)])
    assert moved(found) == {(0, 0, 10), (1, 1, 12)}
    assert found.distance_m.tolist() == [0, 0]


def test_what_is_too_much_for_one_goes_to_the_next() -> None:
    assert moved(shared({0: 18}, [(0, 0, 15), (1, 0, 15), (2, 0, 15)])) == {(0, 0, 15), (1, 0, 3)}


def test_nothing_is_left_for_the_sake_of_distance() -> None:
    found = shared({0: 15, 100: 5}, [(0, 0, 15), (1, 0, 5)])
    assert found.left.tolist() == [0, 0]


def test_what_nobody_can_take_is_left() -> None:
    assert shared({0: 40}, [(0, 10, 15), (0, 10, 15)]).left.tolist() == [10]


def test_nobody_lacks_while_another_has_more_than_the_least() -> None:
    found = shared({0: 22}, [(0, 10, 15), (50, 10, 15)])
    assert found.lacking.tolist() == [0, 0]
    assert moved(found) == {(0, 0, 12), (1, 0, 10)}


def test_what_is_missing_to_the_range_is_told() -> None:
    assert shared({0: 12}, [(0, 10, 15), (50, 10, 15)]).lacking.tolist() == [0, 8]


def test_without_takers_everything_is_left() -> None:
    assert shared({0: 3}, []).left.tolist() == [3]


def test_without_sites_everybody_lacks() -> None:
    assert shared({}, [(0, 2, 3)]).lacking.tolist() == [2]


def cheapest(sites: tuple[tuple[int, int], ...], takers: tuple[tuple[int, int, int], ...]) -> tuple[int, int, float]:
    """Return left, lacking and steps of the best way, by trying them all."""

    @cache
    def best(site: int, taken: tuple[int, ...]) -> tuple[int, int, int]:
        if site == len(sites):
            return 0, sum(max(low - have, 0) for (_, low, _), have in zip(takers, taken, strict=True)), 0
        place, count = sites[site]
        return min(dealt(site, place, count, 0, taken))

    def dealt(site: int, place: int, rest: int, taker: int, taken: tuple[int, ...]) -> list[tuple[int, int, int]]:
        if taker == len(takers):
            left, lacking, steps = best(site + 1, taken)
            return [(left + rest, lacking, steps)]
        home, _, high = takers[taker]
        found = []
        for count in range(min(rest, high - taken[taker]) + 1):
            after = (*taken[:taker], taken[taker] + count, *taken[taker + 1 :])
            found += [(a, b, c + count * abs(home - place)) for a, b, c in dealt(site, place, rest - count, taker + 1, after)]
        return found

    return best(0, (0,) * len(takers))


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=3, unique_by=lambda site: site[0]),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=3),
)
def test_it_is_as_good_as_the_best_of_all_ways(sites: Row, takers: list[tuple[int, int, int]]) -> None:
    ranged = [(place, low, low + more) for place, low, more in takers]
    found = shared(dict(sites), ranged)
    step_m = np.diff(sharing._flat(at(0, 1), at(0, 9))[0][:, 0])[0] if len(sites) else 1
    places = np.array([place for place, _ in sites])
    steps = (found.count * np.abs(np.array([t[0] for t in takers])[found.taker] - places[found.site])).sum()
    assert (found.left.sum(), found.lacking.sum(), steps) == cheapest(tuple(sites), tuple(ranged))
    assert np.allclose((found.count * found.distance_m).sum(), steps * step_m, rtol=1e-4)


def test_pairs_beyond_the_nearest_are_found_where_they_are_needed() -> None:
    """Forty takers at one end, forty houses at the other: no pair is among the nearest of both."""
    sites = {float(place): 10 for place in range(40)}
    takers = [(100.0 + place, 10, 10) for place in range(40)]
    found = shared(sites, takers)
    assert (found.left.sum(), found.lacking.sum(), found.count.sum()) == (0, 0, 400)


def test_the_same_input_gives_the_same_answer() -> None:
    random = np.random.default_rng(3)
    sites = random.uniform(0, 0.02, (60, 2)) + (120, 30)
    takers = Takers(random.uniform(0, 0.02, (90, 2)) + (120, 30), np.full(90, 5), np.full(90, 9))
    one, other = (share_out(sites, np.full(60, 10), takers) for _ in range(2))
    assert [one.taker.tolist(), one.site.tolist(), one.count.tolist()] == [other.taker.tolist(), other.site.tolist(), other.count.tolist()]
