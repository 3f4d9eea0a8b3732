"""Figures and dates as people read them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from gridsvc.domain.instants import SHANGHAI


class Size(NamedTuple):
    """A figure with its unit of measure."""

    figure: str
    unit: str


def grouped(count: int) -> str:
    """Return a whole number with its thousands set apart: 3,290."""
    return f"{count:,}"


def ground(area_m2: float) -> Size:
    """Return ground in square metres, from a million on in square kilometres."""
    return Size(f"{area_m2:,.0f}", "m²") if area_m2 < 1e6 else Size(f"{area_m2 / 1e6:,.2f}", "km²")


def code_groups(code: str) -> str:
    """Return a 12-digit area code, and what extends it, in its parts: county, street, community, serial."""
    if not (code.isdecimal() and len(code) >= 12):
        return code
    return " ".join(filter(None, (code[:6], code[6:9], code[9:12], code[12:])))


def local_date(instant: datetime) -> str:
    """Return the date on screens: 2026-11-22, Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d")
