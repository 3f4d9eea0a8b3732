"""Units: kinds of ground, and the words for them in files and on screens."""

from __future__ import annotations

from dataclasses import dataclass

from gridsvc.errors import Invalid


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of ground a unit is."""

    name_zh: str
    """What screens and files call it."""
    name_en: str
    """The same in English."""
    has_residents: bool = True
    """Whether limits on households apply."""
    has_code: bool = True
    """Whether it carries a code and appointments."""


KINDS: dict[str, Kind] = {
    "unit": Kind("一般网格", "unit"),
    "remainder": Kind("余地", "remainder", has_residents=False, has_code=False),
    "exclusive": Kind("专属网格", "exclusive grid", has_residents=False),
    "rural": Kind("农村网格", "rural grid"),
    "street_front": Kind("街面网格", "street-front grid", has_residents=False),
    "building": Kind("楼栋", "building"),
    "lane": Kind("巷", "lane"),
    "patch": Kind("片", "patch"),
}
"""The kinds that cities distinguish; a scheme names those that its levels use, `remainder` always being one."""

_ALIASES = {
    "一般": "unit",
    "网格": "unit",
    "社区网格": "unit",
    "基础网格": "unit",
    "剩余": "remainder",
    "专属": "exclusive",
    "农村": "rural",
    "街面单元": "street_front",
    "楼": "building",
    "巷道": "lane",
    "片区": "patch",
}


def kind_of(word: str) -> str:
    """Return the key of the kind that a file calls `word`, in Chinese or English; raise Invalid where there is none."""
    plain = word.strip()
    names = {name: key for key, kind in KINDS.items() for name in (key, kind.name_zh, kind.name_en)} | _ALIASES
    if plain.casefold() in names:
        return names[plain.casefold()]
    raise Invalid(
        "{word!r} is not a kind of unit; the kinds are {kinds}.", word=word, kinds="、".join(kind.name_zh for kind in KINDS.values())
    )
