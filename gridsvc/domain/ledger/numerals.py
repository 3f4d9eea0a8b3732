"""Text as ledgers write it made plain: full-width signs, every kind of dash, Chinese numerals before a counting word; names in order."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {word: digit for digit, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100}
_DASHES = re.compile(r"\s*[-‐‑‒–—―−~〜～﹣]+\s*")
_NUMERAL = re.compile(
    f"[{''.join(_DIGITS)}{''.join(_TENS)}]+(?=号|#|栋|幢|座|排|单元|期|区|院|弄|楼|[-、,;/和及与至到]|$|(?<=[东西南北甲乙丙丁])$)"
)

_NUMBER = re.compile(f"([0-9]+|[{''.join(_DIGITS)}{''.join(_TENS)}]+)")


def plain(text: str) -> str:
    """Return a text with plain letters in capitals, digits and brackets, one kind of dash, no space around it."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip().upper()


def arabic(text: str) -> str:
    """Return a plain text with Chinese numerals in digits where they count something: 三号楼 is 3号楼, 三味书屋 stays."""
    return _NUMERAL.sub(lambda found: str(_value(found[0])), text)


def in_order(name: str) -> list[str | int]:
    """Return what names are sorted by, so that they stand as people count: 二网格 after 一网格, 10号楼 after 2号楼."""
    parts = _NUMBER.split(plain(name))
    return [(int(part) if part.isascii() else _value(part)) if at % 2 else part for at, part in enumerate(parts)]


def _value(numeral: str) -> int:
    """Return the number that 十二, 二十一, 一百零三 or 一二 (digit by digit) mean."""
    if not any(sign in _TENS for sign in numeral):
        return int("".join(str(_DIGITS[sign]) for sign in numeral))
    total, digit = 0, 0
    for sign in numeral:
        if sign in _TENS:
            total, digit = total + (digit or 1) * _TENS[sign], 0
        else:
            digit = _DIGITS[sign]
    return total + digit
