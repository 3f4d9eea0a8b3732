"""How an instant is written on a page."""

from __future__ import annotations

from datetime import datetime

from gridsvc.domain.instants import SHANGHAI


def local_time(moment: datetime) -> str:
    """Return an instant as the clock in Shanghai shows it, to the minute."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
