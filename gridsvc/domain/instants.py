"""Dates and instants as people write them; a bare date is the start of that day in Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from gridsvc.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")


def instant(text: str) -> datetime:
    """Return the instant that an ISO 8601 date or time names; without a zone it is Shanghai's."""
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("{text!r} is no date; 2026-11-22 or 2026-11-22T08:00:00+08:00 would be right.", text=text) from None
    return given if given.tzinfo else given.replace(tzinfo=SHANGHAI)


def day(given: datetime) -> date:
    """Return the day in Shanghai on which an instant falls."""
    return given.astimezone(SHANGHAI).date()
