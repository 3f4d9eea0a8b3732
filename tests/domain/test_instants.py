from datetime import UTC, date, datetime, timedelta

import pytest

from gridsvc.domain.instants import day, instant
from gridsvc.errors import Invalid


def test_a_bare_date_is_the_start_of_that_day_in_shanghai() -> None:
    assert instant("2024-04-19") == datetime(2024, 4, 18, 16, tzinfo=UTC)


def test_a_time_without_a_zone_is_shanghais() -> None:
    assert instant(" 2024-04-19T08:30 ") == datetime(2024, 4, 19, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2024-04-19T08:00:00+02:00", "2024-04-19T06:00:00Z"])
def test_a_time_with_a_zone_keeps_it(text: str) -> None:
    assert instant(text) == datetime(2024, 4, 19, 6, tzinfo=UTC)


def test_shanghai_had_summer_time_until_1991() -> None:
    assert instant("1990-07-01").utcoffset() == timedelta(hours=9)


@pytest.mark.parametrize("text", ["", "19.4.2024", "2024-02-30", "2024", "昨天"])
def test_what_is_no_date_is_answered_with_one(text: str) -> None:
    with pytest.raises(Invalid, match="is no date; 2026-11-22 or 2026-11-22T08:00:00"):
        instant(text)


def test_the_day_of_an_instant_is_that_in_shanghai() -> None:
    assert day(datetime(2024, 5, 31, 16, tzinfo=UTC)) == date(2024, 6, 1)
