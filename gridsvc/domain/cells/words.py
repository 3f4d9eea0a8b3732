"""Names of people, and yes and no, as ledgers hold them."""

from __future__ import annotations

import re

from gridsvc.domain.cells.plain import plain_text
from gridsvc.domain.cells.unread import Unread

_HAN = "㐀-鿿豈-﫿\U00020000-\U0003ffff"
_YES = frozenset({"是", "有", "对", "√", "✓", "✔", "Y", "YES", "TRUE", "1", "T"})
_NO = frozenset({"否", "无", "没有", "不是", "非", "×", "X", "✗", "N", "NO", "FALSE", "0", "F"})


def name_of(cell: object) -> str | None:
    """Return a person's name: 王 伟 is 王伟, the dot of 买买提·艾力 is one sign; None for an empty cell.

    Raises Unread where nothing in it is a letter, or a digit is.
    """
    text = re.sub(r"\s+", " ", plain_text(cell))
    if not text:
        return None
    text = re.sub(rf"(?<=[{_HAN}])\s*[•・‧∙⋅]\s*(?=[{_HAN}])", "·", text)
    text = re.sub(rf"(?<=[{_HAN}]) (?=[{_HAN}])", "", text)
    if not re.search(r"[^\W\d_]", text) or re.search(r"\d", text):
        raise Unread("name-unread", template="Row {row}: {given!r} is no name of a person; 王伟 would be right.", given=text[:40])
    return text


def yes_of(cell: object) -> bool | None:
    """Return what 是, 有, √, 1 or 否, 无, ×, 0 say; None for an empty cell.

    Raises Unread for another word.
    """
    text = plain_text(cell).upper()
    if not text:
        return None
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Unread("yes-unread", template="Row {row}: {given!r} is neither yes nor no; 是 or 否 would be right.", given=text[:40])
