"""The buildings that stand, under every name that a ledger may call them by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from geodata.findings import Box
from gridsvc.domain.ledger.building_names import BuildingName, one_name, written
from gridsvc.domain.ledger.numerals import arabic, plain

CLOSE = 0.6
"""How alike two names of compounds are, 0 to 1, before one may be the other misspelt; 龙泽书院 and 龙泽书苑 are 0.75."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A building as the tables know it."""

    id: int
    name: str | None
    compound: str | None
    """The name of the compound that it stands in."""
    where: Box
    within: int | None = None
    """Which of the areas that the ledger divides it stands in; None where in none."""
    learned: tuple[str, ...] = ()
    """What it is called besides."""
    compound_learned: tuple[str, ...] = ()
    """What its compound is called besides."""


class Register:
    """Buildings by compound and name; both in plain form, aliases too."""

    def __init__(self, standing: Sequence[Standing]) -> None:
        self.standing = standing
        self.names: dict[str, str] = {}
        """The name of each compound as the tables write it, by its plain form and those of its aliases."""
        self._of: dict[str, dict[BuildingName, list[int]]] = {}
        for place, building in enumerate(standing):
            for compound, name in set(_called(building)):
                self._of.setdefault(compound, {}).setdefault(name, []).append(place)

        for building in standing:
            for alias in (*_aliases(building.compound or ""), *building.compound_learned):
                self.names[compound_key(alias)] = building.compound or ""
        for key in self._of:
            self.names.setdefault(key, key)

    def buildings(self, compound: str) -> list[int]:
        """Return the places of all buildings of a compound by its plain name."""
        return sorted({place for places in self._of.get(compound, {}).values() for place in places})

    def names_in(self, compound: str) -> list[BuildingName]:
        """Return what the buildings of a compound are called."""
        return list(self._of.get(compound, {}))

    def find(self, compounds: Sequence[str], name: BuildingName) -> list[int]:
        """Return the places of the buildings that a name may mean, in these compounds first; with none given, anywhere."""
        whole = name.whole
        for compound in compounds:
            if found := self._of.get(compound, {}).get(whole):
                return found
        if name.series:
            for compound in self._of:
                rest = name.series.removeprefix(compound) if compound else name.series
                if compound and rest != name.series and (found := self._of[compound].get(replace(whole, series=rest))):
                    return found
        if compounds and not name.series:
            return []
        elsewhere = [""] if compounds else list(self._of)
        return sorted({place for compound in elsewhere for place in self._of.get(compound, {}).get(whole, ())})

    def compound_of(self, place: int) -> str:
        """Return the name of the compound of a building with a name."""
        compound, _ = next(iter(_called(self.standing[place])))
        return self.names[compound]

    def name_of(self, place: int) -> BuildingName:
        """Return what a building with a name is called within its compound."""
        _, name = next(iter(_called(self.standing[place])))
        return name

    def told(self, places: Iterable[int]) -> str:
        """Return what to call some buildings: 龙泽书苑1-3号楼、海晏花园2号楼; those without a name are left out."""
        named: dict[str, list[BuildingName]] = {}
        for place in places:
            for compound, name in list(_called(self.standing[place]))[:1]:
                named.setdefault(self.names[compound], []).append(name)
        return "、".join(compound + (written(names) if any(map(str, names)) else "") for compound, names in named.items())

    def box(self, places: Iterable[int]) -> Box | None:
        """Return the box around some buildings."""
        boxes = [self.standing[place].where for place in places]
        if not boxes:
            return None
        west, south, east, north = zip(*boxes, strict=True)
        return min(west), min(south), max(east), max(north)

    def alike(self, compound: str) -> list[str]:
        """Return the plain names of compounds that this one may be, misspelt, the likeliest first."""
        ratios = {other: SequenceMatcher(None, compound, other).ratio() for other in self._of if other}
        return sorted((other for other, ratio in ratios.items() if ratio >= CLOSE), key=lambda other: (-ratios[other], other))


def compound_key(text: str) -> str:
    """Return the plain form of a compound's name: without spaces, brackets and the word 小区 at its end."""
    bare = re.sub(r"\([^()]*\)|[\s·•.]+", "", arabic(plain(text)))
    return bare.removesuffix("小区") or bare


def _called(building: Standing) -> Iterator[tuple[str, BuildingName]]:
    """Yield compound and name within it for every way to call a building."""
    compounds = [compound_key(alias) for alias in (*_aliases(building.compound or ""), *building.compound_learned)]
    for alias in (*_aliases(building.name or ""), *building.learned):
        name = one_name(alias)
        for compound in compounds:
            yield compound, replace(name, series=name.series.removeprefix(compound))
        if not compounds:
            yield _split(name)


_QUALIFIER = re.compile(r"(?P<compound>.{2,}?)(?P<local>(?:\d+期|[东西南北中]{1,2}区?|[A-Z]区?|[甲乙丙丁戊己庚辛壬癸])*)")


def _split(name: BuildingName) -> tuple[str, BuildingName]:
    """Return the compound that a name begins with, and the rest: 海晏花园东1号楼 is 东1号楼 of 海晏花园."""
    found = _QUALIFIER.fullmatch(name.series)
    if found is None:
        return "", name
    return compound_key(found["compound"]), replace(name, series=found["local"])


def _aliases(text: str) -> Iterable[str]:
    """Return the names in a text: several may be parted by a stroke, one may stand in brackets."""
    outer = re.sub(r"[((][^()()]*[))]", "", text)
    inner = re.findall(r"[((]([^()()]*)[))]", text)
    return [part.strip() for each in (outer, *inner) for part in re.split(r"[/;;|]", each) if part.strip()]
