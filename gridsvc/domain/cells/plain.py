"""Cells made plain before anything is read from them."""

from __future__ import annotations

import re
from decimal import Decimal

from gridsvc.domain.columns import text_of

_POWER = re.compile(r"\d(?:\.(\d+))?[eE]\+?(\d+)")


def plain_text(cell: object) -> str:
    """Return a cell as text with plain letters, digits and marks; an empty one as ''."""
    return text_of(cell) or ""


def digits_lost(text: str) -> bool:
    """Say whether a text is a number to a power of ten that shows fewer digits than the number has (1.38E+10)."""
    found = _POWER.fullmatch(text)
    return found is not None and len(found[1] or "") < int(found[2])


def whole_number(text: str) -> str:
    """Return the digits of what a spreadsheet made a float or a power of ten (13812345678.0, 1.3812345678E+10); other text as it is."""
    if re.fullmatch(r"\d+\.0+", text):
        return text.partition(".")[0]
    return f"{Decimal(text):.0f}" if _POWER.fullmatch(text) else text
