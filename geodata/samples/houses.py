"""The dwellings of made-up buildings: entrance and room of each household, and how people write the address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from geodata.samples import stock
from geodata.samples.parts import Part
from geodata.samples.slicing import Laid
from geodata.samples.town import Town


class House(NamedTuple):
    """A residential building."""

    ref: str
    address: str
    """Compound and number: 龙泽书苑3号楼."""
    leaf: str
    """The code of the lowest unit that it stands in."""
    households: int
    entrances: int
    storeys: int
    compound: str | None = None
    shops: int = 0

    def rooms(self) -> Iterator[tuple[str, str]]:
        """Yield entrance and room of each household, from the lowest floor of the first entrance on."""
        a_floor = max(1, -(-self.households // (self.entrances * self.storeys)))
        held = [self.households // self.entrances + (turn < self.households % self.entrances) for turn in range(self.entrances)]
        for entrance, count in enumerate(held, start=1):
            yield from ((str(entrance), f"{1 + turn // a_floor}{1 + turn % a_floor:02}") for turn in range(count))


class Dwelling(NamedTuple):
    """Where a household lives."""

    house: House
    entrance: str
    room: str

    @property
    def address(self) -> str:
        """Return it as people write it: 龙泽书苑3号楼2单元501."""
        return f"{self.house.address}{self.entrance}单元{self.room}"

    @property
    def ref(self) -> str:
        """Return its number: that of the building, entrance and room."""
        return f"{self.house.ref}-{self.entrance}-{self.room}"


def dwellings(houses: Sequence[House]) -> Iterator[Dwelling]:
    """Yield the dwellings, building by building."""
    return (Dwelling(house, *place) for house in houses for place in house.rooms())


def houses(town: Town) -> list[House]:
    """Return the buildings of a town that households live in, in the order of its table of buildings."""
    table, unit = stock.buildings(town), town.layout.laid
    leaves = [_leaf(unit, place) for place in town.built.laid.tolist()]
    told = zip(*(table[header] for header in ("编号", "小区", "楼号", "户数", "单元数", "层数")), strict=True)
    rows = zip(leaves, list(told)[: len(leaves)], strict=True)
    return [
        House(ref, f"{compound or ''}{name}", leaf, held, entrances, storeys, compound)
        for leaf, (ref, compound, name, held, entrances, storeys) in rows
        if held
    ]


def _leaf(laid: Sequence[Laid], place: int) -> str:
    here = laid[place]
    while not here.part.level:
        if here.parent is None:
            raise LookupError(here.part.name)
        here = laid[here.parent]
    return here.part.code or ""


def by_unit(houses: Sequence[House], parents: Mapping[str, str | None]) -> dict[str, list[House]]:
    """Return the buildings at or below each unit by its code, and in each compound by its name; `parents` gives the unit above each."""
    found: dict[str, list[House]] = defaultdict(list)
    for house in houses:
        if house.compound:
            found[house.compound].append(house)
        code: str | None = house.leaf
        while code is not None:
            found[code].append(house)
            code = parents[code]
    return found


class Homes:
    """The dwellings of a town, handed out unit by unit, each once."""

    def __init__(self, town: Town, random: np.random.Generator) -> None:
        self._units = town.units()
        self._random = random
        self.parents = {unit.part.code or "": None if unit.parent is None else town.part(unit.parent).code for unit in self._units}
        self.houses = houses(town)
        self.below = by_unit(self.houses, self.parents)
        self._waiting: dict[str, list[Dwelling]] = {}
        self._taken: set[str] = set()

    def units(self, level: str) -> list[Part]:
        """Return the units of a level that has this word, in the order of the plan."""
        return [unit.part for unit in self._units if unit.part.level == level]

    def take(self, code: str) -> Dwelling:
        """Return a dwelling at or below a unit, or in the compound of this name, that nobody has been given yet."""
        if code not in self._waiting:
            found = list(dwellings(self.below[code]))
            self._waiting[code] = [found[place] for place in self._random.permutation(len(found)).tolist()]
        while (home := self._waiting[code].pop()).ref in self._taken:
            pass
        self._taken.add(home.ref)
        return home
