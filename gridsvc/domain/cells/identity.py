"""Citizen identity numbers (公民身份号码) by GB 11643: 17 digits and a check digit."""

from __future__ import annotations

import re
from datetime import date

from gridsvc.domain.cells.plain import digits_lost, plain_text
from gridsvc.domain.cells.unread import Unread

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
"""GB 11643-1999: ISO 7064 MOD 11-2, by the remainder of the weighted sum."""


def id_number_of(cell: object) -> str | None:
    """Return an identity number of 18 characters; one of the old 15 digits in its new form; None for an empty cell.

    Raises Unread where its digits were lost, its date is none, or its check digit does not fit.
    """
    text = re.sub(r"[\s-]", "", plain_text(cell)).upper()
    if not text:
        return None
    if digits_lost(text) or isinstance(cell, float) or (isinstance(cell, int) and len(text) > 15) or _is_rounded(text):
        raise Unread(
            "id-number-rounded",
            template="Row {row}: the identity number {given} was kept as a number, so its last digits are lost; "
            "set the column to text and enter it again.",
            given=text[:40],
        )
    if re.fullmatch(r"\d{15}", text):
        text = f"{text[:6]}19{text[6:]}"
        text += check_digit(text)
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", text) or _born(text) is None or text[17] != check_digit(text):
        raise Unread(
            "id-number-unfit",
            template="Row {row}: {given} is no identity number: 18 characters with the date of birth and a check digit that fits "
            "would be right.",
            given=f"{text[:4]}…{text[-2:]}",
        )
    return text


def _is_rounded(text: str) -> bool:
    """Say whether the last three of 18 digits are the noughts that a spreadsheet puts there, and fit the others by no chance."""
    return re.fullmatch(r"\d{15}000", text) is not None and text[17] != check_digit(text)


def check_digit(number: str) -> str:
    """Return the last character that belongs to the first 17 digits of an identity number."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11]


def born_on(number: str) -> date:
    """Return the date of birth in an identity number of 18 characters."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _born(number: str) -> date | None:
    try:
        return born_on(number)
    except ValueError:
        return None
