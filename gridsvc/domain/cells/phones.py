"""Phone numbers as ledgers hold them, floats of a spreadsheet among them."""

from __future__ import annotations

import re

from gridsvc.domain.cells.plain import digits_lost, plain_text, whole_number
from gridsvc.domain.cells.unread import Unread

_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1\d{10})")
_LANDLINE = re.compile(r"(?:\+?86)?\(?(0(?:10|2\d|[3-9]\d{2}))\)?-?(\d{7,8})(?:(?:-|转|EXT\.?)(\d{1,6}))?", re.IGNORECASE)
_SHORT = re.compile(r"[48]00\d{7}|[2-9]\d{6,7}|[19]\d{2,5}")
"""400 and 800 numbers, landlines without area code, service numbers such as 12345."""
_ABROAD = re.compile(r"(?:\+|00)(?!86)([1-9]\d{6,14})")
"""ITU-T E.164: up to 15 digits with the code of the country."""
_NONE = frozenset({"", "无", "没有", "-", "--", "—", "——", "/"})
"""What is written where there is no telephone."""


def phone_of(cell: object) -> str | None:
    """Return a phone number in one form: 13812345678, 0532-88881234, 0532-88881234-801, +85221234567; None for 无 or an empty cell.

    Raises Unread where it is none, or a spreadsheet lost its digits.
    """
    text = plain_text(cell)
    if text in _NONE:
        return None
    if digits_lost(text):
        raise Unread(
            "phone-rounded",
            template="Row {row}: the phone number {given} was shortened by a spreadsheet, its last digits are lost; "
            "enter it again as text.",
            given=text[:40],
        )
    bare = re.sub(r"(?<=\d)[\s-]+(?=\d)", "-", whole_number(text)).replace(" ", "")
    joined = bare.replace("-", "")
    if found := _MOBILE.fullmatch(joined):
        return found[1]
    if found := _LANDLINE.fullmatch(bare) or _LANDLINE.fullmatch(joined):
        return "-".join(filter(None, found.groups()))
    if _SHORT.fullmatch(joined):
        return joined
    if found := _ABROAD.fullmatch(joined):
        return f"+{found[1]}"
    raise Unread(
        "phone-unread",
        template="Row {row}: {given!r} is no phone number; 13812345678 or 0532-88881234 would be right.",
        given=text[:40],
    )
