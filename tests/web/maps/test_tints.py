from __future__ import annotations

from itertools import combinations, product

import pytest

from web.maps.tints import TINTS, tints


def grid(columns: int, rows: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Cells by number, and the pairs that share an edge."""
    place = {cell: at for at, cell in enumerate(product(range(columns), range(rows)))}
    borders = [(at, place[near]) for (x, y), at in place.items() for near in ((x + 1, y), (x, y + 1)) if near in place]
    return [10 * at + 7 for at in place.values()], borders


@pytest.mark.parametrize("columns", [1, 2, 7, 20])
def test_neighbours_never_wear_the_same_tint(columns: int) -> None:
    keys, borders = grid(columns, 9)
    chosen = tints(keys, borders)
    assert all(chosen[one] != chosen[other] for one, other in borders)


def test_a_unit_that_touches_five_mutual_neighbours_finds_the_sixth_tint() -> None:
    assert len(set(tints([1, 2, 3, 4, 5, 6], combinations(range(6), 2)))) == TINTS


def test_the_order_of_units_and_borders_does_not_matter() -> None:
    keys, borders = grid(6, 5)
    backwards = tints(keys[::-1], [(len(keys) - 1 - other, len(keys) - 1 - one) for one, other in borders[::-1]])
    assert backwards[::-1] == tints(keys, borders)


def test_more_mutual_neighbours_than_tints_still_get_one_each() -> None:
    assert set(tints(list(range(8)), combinations(range(8), 2))) == set(range(TINTS))
