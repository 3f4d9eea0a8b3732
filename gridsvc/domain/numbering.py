"""Codes and names for units that a file brings without: serials within the unit above, never a used one again."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

import numpy as np
import shapely

from geodata.measure import area_m2
from gridsvc.domain.codes import next_codes
from gridsvc.domain.coverage import REMAINDER, Coverage
from gridsvc.domain.schemes import Level, Scheme


def number(coverage: Coverage, scheme: Scheme, taken: Collection[str], *, parents: Collection[int] | None = None) -> None:
    """Give the units without a code the next serials of their parent, from the top down, and those without a name a numbered one.

    Serials run as codes.number_serials says (the digits are the level's); where the parent has no code, or the level no
    rule, there is none. `taken` holds every code ever given here. `parents` names those below whom alone it is done.
    """
    used = set(taken) | {unit.code for unit in coverage.units if unit.code}
    for level in scheme.levels:
        for parent, below in coverage.children().items():
            if parents is not None and parent not in parents:
                continue
            real = (place for place in below if coverage.units[place].kind != REMAINDER)
            siblings = [place for place in real if coverage.units[place].level == level.number]
            _number_siblings(coverage, level, parent, [place for place in siblings if coverage.units[place].code is None], used)
            _name_siblings(coverage, level, siblings)


def _number_siblings(coverage: Coverage, level: Level, parent: int | None, places: list[int], used: set[str]) -> None:
    above = None if parent is None else coverage.units[parent]
    if not places or above is None or above.code is None or level.code_digits is None:
        return
    middles = shapely.get_coordinates(shapely.point_on_surface(coverage.ground_of(places)))
    ground_m2 = float(area_m2(np.array([above.ground], dtype=object))[0])
    lonlat = [(float(lon), float(lat)) for lon, lat in middles]
    codes = next_codes(above.code, lonlat, area_m2=ground_m2, digits=level.code_digits, taken=used)
    for place, code in zip(places, codes, strict=True):
        coverage.describe(place, code=code)
        used.add(code)


def _name_siblings(coverage: Coverage, level: Level, places: list[int]) -> None:
    """Name the nameless after their level and their order among the siblings, or the next number that no sibling has."""
    in_order = sorted(places, key=lambda place: (coverage.units[place].code or "", place))
    names = {coverage.units[place].name for place in places}
    for serial, place in enumerate(in_order, start=1):
        if not coverage.units[place].name:
            name = next(name for number in count(serial) if (name := f"{level.name_zh}{number}") not in names)
            coverage.describe(place, name=name)
            names.add(name)
