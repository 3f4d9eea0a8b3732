"""Addresses as people write them (龙泽书苑3号楼2单元501, 3-2-501, 3号楼501室): read into building, entrance and room, and matched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gridsvc.domain.ledger.building_names import BuildingName, one_name
from gridsvc.domain.ledger.numerals import arabic, plain
from gridsvc.domain.ledger.register import Register, compound_key


@dataclass(frozen=True, slots=True)
class Address:
    """A place to live or to trade, as far as a text says where."""

    stem: str
    """What stands before entrance and room, in plain form: 龙泽书苑3号楼; what an alias is learned by."""
    entrance: str = ""
    """The unit (单元) of the building, without that word; empty where there is none."""
    room: str = ""
    """Empty where the text ends with the building."""

    @property
    def building(self) -> BuildingName:
        """Return what the building is called; its series may begin with the compound and what stands before it."""
        return one_name(self.stem)

    def __str__(self) -> str:
        """Return it as an office writes it."""
        return self.stem + (f"{self.entrance}单元" if self.entrance else "") + self.room


_LETTER = "A-Z甲乙丙丁戊己庚辛壬癸"
_WORDS = "号楼|#楼|#|栋|幢|座"
_ENTRANCE = r"(?P<entrance>\d{1,2}|[东西南北中]|[A-Z甲乙丙丁])(?:单元|门洞|门|梯)"
_ROOM = r"(?P<room>(?:底商|商铺|门面|门市|网点|车库|商|铺|底)?[A-Z]?\d{1,5}[A-Z甲乙丙丁]?|[东西南北中]{1,2}户)(?:室|号房|号|户|房)?"
_FLOOR = r"(?:\d{1,2}(?:层|楼|F))?"
_TAIL = rf"-?(?:{_ENTRANCE})?-?{_FLOOR}-?(?:{_ROOM})?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # 3号楼2单元501, 3号楼501室, A座1203; the last building word counts: 海尔路88号3号楼.
        rf"(?P<stem>.*(?:(?<!\d)\d{{1,4}}[{_LETTER}]?|[{_LETTER}东西南北中])(?:{_WORDS})){_TAIL}",
        # 3号楼2-501
        rf"(?P<stem>.*(?:(?<!\d)\d{{1,4}}[{_LETTER}]?|[{_LETTER}东西南北中])(?:{_WORDS}))-?(?P<entrance>\d{{1,2}})-{_ROOM}",
        # 3-2-501, 3-501
        rf"(?P<stem>(?:[^-]*[^\d-])?\d{{1,4}}[{_LETTER}]?)-(?:(?P<entrance>\d{{1,2}}|[{_LETTER}])(?:单元)?-)?{_ROOM}",
        # 3楼2单元501, 幸福路12号501室
        rf"(?P<stem>.*(?<!\d)\d{{1,4}}[{_LETTER}]?(?:号|楼)){_TAIL}",
        # 综合楼501
        rf"(?P<stem>.*[^\d号\W]{{2}}楼){_TAIL}",
        # 海晏府2单元501
        rf"(?P<stem>.*?\D)-?{_ENTRANCE}-?{_FLOOR}-?(?:{_ROOM})?",
    )
)


def parse(text: str) -> Address | None:
    """Return the parts of an address, digits and marks in plain form, 三号楼 as 3号楼; None where it cannot be understood."""
    whole = re.sub(r"(?<=\d)\s+(?=\d)", "-", arabic(plain(text)))
    whole = re.sub(r"\s+|[,,、。.]", "", whole).replace("/", "-")
    for form in _FORMS:
        if found := form.fullmatch(whole):
            parts = found.groupdict()
            return Address(_stem(parts["stem"]), parts.get("entrance") or "", parts.get("room") or "")
    return None


def spelled(text: str) -> str:
    """Return the plain form by which an alias is learned and found; the whole text where its parts cannot be understood."""
    found = parse(text)
    return found.stem if found else re.sub(r"\s+", "", arabic(plain(text)))


def entrance_of(text: str | None) -> str:
    """Return an entrance as it is kept: 2单元, 02 and 二单元 are 2."""
    bare = re.sub(r"单元|门洞|门|梯|\s", "", arabic(plain(text or "")))
    return str(int(bare)) if bare.isdecimal() else bare


def room_of(text: str | None) -> str:
    """Return a room as it is kept: 501室 is 501; what is no usual number stays as written."""
    bare = re.sub(r"\s", "", plain(text or ""))
    found = re.fullmatch(_ROOM, bare)
    return found["room"] if found else bare


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody looks for in a list of households; None asks for all."""

    place: str | None = None
    """Part of what compound and building are called together."""
    names: tuple[str, ...] | None = None
    """What the building may be called."""
    entrance: str | None = None
    room: str | None = None
    """The beginning of the room."""


def terms(text: str) -> Terms:
    """Return what a search text asks for: an address as far as it goes, a room alone (501), or part of a name."""
    bare = re.sub(r"\s+", "", plain(text))
    found = parse(bare)
    if found is None:
        return Terms(room=bare) if re.fullmatch(r"\d{3,5}", bare) else Terms(place=bare or None)
    name = found.building
    if name.number is None:
        return Terms(found.stem.removesuffix("座"), None, found.entrance or None, found.room or None)
    number = f"{name.number}{name.letter}"
    written = [f"{number}{word}" for word in ("号楼", "#", "#楼", "栋", "幢", "座", "号", "楼", "")]
    names = (*written, *(f"{name.series}{each}" for each in written))
    return Terms(name.series or None, names, found.entrance or None, found.room or None)


def _stem(text: str) -> str:
    """Return compound and building in one spelling: 3#, 3栋 and 3 are 3号楼."""
    return str(one_name(text))


class Places:
    """The buildings of a jurisdiction, to be found by address."""

    def __init__(self, register: Register, aliases: Mapping[str, int]) -> None:
        self.register = register
        self._aliases = aliases
        """Spelling -> place in the register, as learned."""
        self._found: dict[tuple[str, str], list[int]] = {}

    def find(self, stem: str, compound: str = "") -> list[int]:
        """Return the places in the register of the buildings that may be meant: one, several, or none.

        `compound` is what stands beside the address, if anything. A learned alias comes first; else the longest name of a compound
        in the text decides; a text that names none means the only building of that name, wherever it stands.
        """
        asked = (stem, compound)
        if asked not in self._found:
            alias = self._aliases.get(stem if stem.startswith(compound) else spelled(f"{compound}{stem}"))
            self._found[asked] = self._by_name(stem, compound_key(compound)) if alias is None else [alias]
        return self._found[asked]

    def _by_name(self, stem: str, compound: str) -> list[int]:
        if compound:
            return self._in(compound, stem.removeprefix(compound))
        for known, rest in self._named_in(stem):
            if found := self._in(known, rest):
                return found
        name = one_name(stem)
        return self.register.find([], name) if _LOCAL.fullmatch(name.series) else []

    def _named_in(self, stem: str) -> list[tuple[str, str]]:
        """Return the compounds that a text names, with what follows each, the longest names first."""
        parts = [(stem[start:end], stem[end:]) for end in range(2, len(stem)) for start in range(end - 1)]
        return sorted(((known, rest) for known, rest in parts if known in self.register.names), key=lambda part: -len(part[0]))

    def _in(self, compound: str, rest: str) -> list[int]:
        name = one_name(rest.removeprefix("小区"))
        return self.register.find([compound], name) if name in self.register.names_in(compound) else []


_LOCAL = re.compile(rf"(?:\d+期|[东西南北中]{{1,2}}区?|[{_LETTER}]区?)*|[^\d]*楼")
"""What may stand before a building's number without naming a compound; or the name of a building that has no number."""
