"""What of a private field is shown to whoever sees the row and not the field: the one place that says so."""

from __future__ import annotations

from collections.abc import Callable

_SURNAMES = (
    "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐长孙宇文司徒夏侯轩辕端木独孤南宫西门司空闻人澹台公冶淳于单于太史申屠钟离鲜于闾丘"
    "呼延赫连万俟濮阳拓跋百里东郭左丘"
)
COMPOUND_SURNAMES = frozenset(_SURNAMES[at : at + 2] for at in range(0, len(_SURNAMES), 2))
"""Surnames of two letters."""


def mask_name(name: str) -> str:
    """Return a name with its surname kept: 王伟 is 王*, 欧阳修文 is 欧阳**; of a name of one letter nothing is kept."""
    kept = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else int(len(name) > 1)
    return name[:kept] + "*" * (len(name) - kept)


def mask_phone(phone: str) -> str:
    """Return a number with three digits before and four behind: 138****1234; of a shorter one the last two."""
    return _mask(phone, 3, 4) if len(phone) >= 11 else _mask(phone, 0, 2 * (len(phone) > 5))


def mask_id_number(number: str) -> str:
    """Return a number with three characters before and four behind: 140***********1234; of a short one nothing."""
    return _mask(number, 3, 4) if len(number) >= 15 else "*" * len(number)


def mask_address(address: str) -> str:
    """Return an address without its house, entrance and room: what stands before its first number."""
    first = next((at for at, letter in enumerate(address) if letter.isdigit()), len(address) // 2)
    return address[:first] + "***"


MASKS: dict[str, Callable[[str], str]] = {
    "name": mask_name,
    "phone": mask_phone,
    "id_number": mask_id_number,
    "address": mask_address,
    "born_on": lambda day: day[:4] + "-**-**",
}
"""The private fields of a person."""


def _mask(text: str, before: int, behind: int) -> str:
    return text[:before] + "*" * max(0, len(text) - before - behind) + text[max(before, len(text) - behind) :]
