"""Dates as ledgers hold them: 1990.5, 1990年5月, 19900503, 1990-05-03, a spreadsheet's count of days."""

from __future__ import annotations

import re
from datetime import date, timedelta

from gridsvc.domain.cells.plain import plain_text
from gridsvc.domain.cells.unread import Unread

_SPLIT = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月?)|年)?(?:[T ]\d{1,2}:\d{2}.*)?")
_JOINED = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_FIRST_COUNTED = date(1899, 12, 30)
"""Day 0 of a spreadsheet; the days from 1900-03-01 on count from it."""
_COUNTED = range(10_000, 80_000)
"""Counts of days that can be meant, 1927 to 2119; smaller ones are years."""


def day_of(cell: object) -> date | None:
    """Return the date that a cell means, of a month or a year the first day; None for an empty cell.

    Raises Unread where it is none. 1990.1 as a number is refused: a spreadsheet writes October so as well.
    """
    text = re.sub(r"\s+", " ", plain_text(cell)).rstrip(".")
    if not text:
        return None
    if isinstance(cell, float) and re.fullmatch(r"\d{4}\.1", text):
        raise Unread(
            "day-ambiguous",
            template="Row {row}: {given} as a number may be January or October; enter it as text, 1990-01 or 1990-10.",
            given=text,
        )
    found = _JOINED.fullmatch(text) or _SPLIT.fullmatch(re.sub(r"(?<=\d)\s*([年月日])\s*", r"\1", text))
    try:
        if text.isdecimal() and int(text) in _COUNTED:
            return _FIRST_COUNTED + timedelta(days=int(text))
        if found is not None and 1850 <= int(found[1]) <= 2150:
            return date(*(int(part or 1) for part in found.groups()))
    except ValueError:
        pass  # the thirteenth month, the thirtieth of February
    raise Unread(
        "day-unread", template="Row {row}: {given!r} is no date; 1990-05-03, 1990-05 or 1990年5月 would be right.", given=text[:40]
    )
