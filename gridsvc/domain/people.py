"""People and members: kinds of member, exemptions, and how files write numbers and days."""

from __future__ import annotations

import re
from datetime import date

from gridsvc.domain.code_tables import Code

MEMBER_KINDS: dict[str, Code] = {
    "in_service": Code("在职党员", "in-service member", frozenset({"在职"})),
    "retired": Code("离退休党员", "retired member", frozenset({"离退休", "退休党员", "退休"})),
    "floating": Code("流动党员", "floating member", frozenset({"流动"})),
    "resident": Code("无职党员", "member without office", frozenset({"无职", "无职(居民)", "居民党员"})),
    "bluebird": Code("青鸟党员", "returning young member", frozenset({"青鸟", "“青鸟”党员"})),
    "other": Code("其他", "other"),
}
"""Kinds of member (四类党员 has no published definition: a table to be changed)."""

STANDINGS: dict[str, Code] = {
    "full": Code("正式党员", "full member", frozenset({"正式", "是"})),
    "probationary": Code("预备党员", "probationary member", frozenset({"预备", "否"})),
}
"""Whether a member is a full one."""

EXEMPTIONS: dict[str, Code] = {
    "age70": Code("年满70周岁", "70 or older", frozenset({"70岁以上", "高龄", "年满70岁"})),
    "frail": Code("年老体弱", "frail", frozenset({"体弱", "病残", "患病"})),
    "away": Code("长期外出", "away for long", frozenset({"外出", "流动外出"})),
}
"""Why no household is contracted to a member, as the district of 宁海 wrote in 2020."""

_DAY = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月?)?|年?)(?:[ T]00:00(?::00)?(?:\.0+)?)?")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def phone_of(text: str | None) -> str | None:
    """Return the digits of a number as people dial it, +86 and marks between left out; None where there are none."""
    digits = re.sub(r"\D", "", re.sub(r"\.0+$", "", text or ""))
    return digits.removeprefix("86") if len(digits) == 13 and digits.startswith("861") else digits or None


def id_number_of(text: str | None) -> str | None:
    """Return an identity number without blanks, its last letter large; None where there is none."""
    return re.sub(r"\s", "", text or "").upper() or None


def is_id_number(number: str) -> bool:
    """Say whether the last sign of an identity number of 18 is the one that the others make (GB 11643-1999)."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11] == number[17]


def day_of(text: str | None) -> date | None:
    """Return a day from 2024-03-01, 2024/3/1, 2024年3月 or 1990.5, the first one where the file says less; None for anything else."""
    match = _DAY.fullmatch((text or "").strip())
    if match is None:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def person_name(text: str | None) -> str | None:
    """Return a name without the blanks that tables put between its letters (王 伟); Latin names keep theirs."""
    name = re.sub(r"\s+", " ", text or "").strip()
    return (re.sub(r"\s", "", name) if re.search(r"[\u4e00-\u9fff]", name) else name) or None
