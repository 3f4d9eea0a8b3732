from __future__ import annotations

import pytest

from gridsvc.domain.ranges import UNBOUNDED, ranges
from gridsvc.domain.schemes import Scheme, parse_scheme
from gridsvc.errors import Invalid
from tests.builders import PLAIN

LIMIT = """
[thresholds.micro_grid_households]
{ends}
unit = "households"
level = "micro"
severity = "warning"
source = "drawn for a test"
"""


def scheme(ends: str) -> Scheme:
    return parse_scheme(PLAIN + LIMIT.format(ends=ends), name="plain.toml")


def test_a_level_has_the_range_of_its_scheme() -> None:
    plain = scheme("low = 30\nhigh = 70")
    assert ranges(plain, plain.levels[2:], {}) == [(30, 70)]


def test_a_level_without_a_range_has_three_to_eight_of_the_one_below() -> None:
    plain = scheme("low = 30\nhigh = 70")
    assert ranges(plain, plain.levels[1:], {}) == [(90, 560), (30, 70)]


def test_what_is_chosen_wins() -> None:
    plain = scheme("low = 30\nhigh = 70")
    assert ranges(plain, plain.levels[1:], {"grid": (300, 500)}) == [(300, 500), (30, 70)]


def test_without_a_lower_end_half_of_the_upper_one_is_enough() -> None:
    plain = scheme("high = 70")
    assert ranges(plain, plain.levels[2:], {}) == [(35, 70)]


def test_without_an_upper_end_there_is_none() -> None:
    plain = scheme("low = 30")
    assert ranges(plain, plain.levels[2:], {}) == [(30, UNBOUNDED)]


def test_leaves_of_unknown_size_are_asked_for() -> None:
    plain = parse_scheme(PLAIN, name="plain.toml")
    with pytest.raises(Invalid, match="--households micro=30-70"):
        ranges(plain, plain.levels[1:], {})
