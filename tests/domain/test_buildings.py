from __future__ import annotations

import pytest

from geodata.samples import scheme_text
from gridsvc.domain.buildings import Estimate, Size, estimate_households, use_of
from gridsvc.domain.schemes import parse_scheme

SCHEME = parse_scheme(scheme_text("longze"), name="longze")


@pytest.mark.parametrize(
    ("word", "use"),
    [
        ("住宅", "residential"),
        ("apartments", "residential"),
        ("Retail", "commercial"),
        ("幼儿园", "school"),
        ("yes", None),
        (None, None),
        ("塔", "other"),
    ],
)
def test_files_call_uses_by_chinese_names_or_those_of_openstreetmap(word: str | None, use: str | None) -> None:
    assert use_of(word) == use


def test_an_estimate_has_a_range_of_a_factor_of_two() -> None:
    # 800 m² x 16 storeys x 0.8 = 10,240 m² of dwellings
    assert estimate_households(Size(800, storeys=16), "residential", SCHEME) == Estimate(108, 85, 171, 16)


def test_storeys_come_from_the_height_where_nobody_counted_them() -> None:
    assert estimate_households(Size(800, height_m=47.9), None, SCHEME) == estimate_households(Size(800, storeys=16), None, SCHEME)


@pytest.mark.parametrize(
    ("size", "use"),
    [
        (Size(800, storeys=16), "school"),
        (Size(800), "residential"),
        (Size(800, height_m=101.0), "residential"),
        (Size(29, storeys=2), None),
        (Size(99, storeys=0), None),
    ],
)
def test_nothing_is_guessed_where_a_guess_would_mislead(size: Size, use: str | None) -> None:
    assert estimate_households(size, use, SCHEME) is None


def test_at_most_forty_storeys_are_counted() -> None:
    estimate = estimate_households(Size(500, storeys=60), "residential", SCHEME)
    assert estimate is not None
    assert estimate.storeys == 40
