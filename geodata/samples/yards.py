"""What lies in the yards of compounds: gates, fire lanes along the buildings, parked cars in front of them, garages below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from geodata.samples.filling import BACK_M, SHALLOW_M, YARD_M, Row
from geodata.samples.plan import Floats
from geodata.samples.slicing import Layout, Rect, Wall

LANE_M = 4.0
"""Clear width of a fire lane (GB 55037-2022, 3.4.5: at least 4.0 m)."""
SPACE_M = (2.5, 5.3)
"""How wide and long a marked space is."""
SIDE_BY_SIDE = 7
"""Spaces between two trees."""


class Yard(NamedTuple):
    """The strip in front of a row, on the ground of a compound or of a part outside any."""

    holder: int
    """The compound, else the part, by its place in the layout."""
    west: float
    east: float
    south: float
    has_room: bool
    """Whether cars fit in front of all buildings of the row."""


def yards(layout: Layout, rows: Sequence[Row]) -> dict[int, list[Yard]]:
    """Return by holder its yards from south to north; those of neighbouring parts of one compound are one."""
    found: dict[tuple[int, float], Yard] = {}
    for row in rows:
        compound = layout.laid[row.laid].compound
        holder = row.laid if compound is None else compound
        here = Yard(holder, row.ground.west, row.ground.east, row.ground.south, row.ground.high_m >= YARD_M + BACK_M + SHALLOW_M)
        before = found.get((holder, here.south), here)
        west, east = min(before.west, here.west), max(before.east, here.east)
        found[holder, here.south] = Yard(holder, west, east, here.south, before.has_room and here.has_room)
    by_holder = defaultdict(list)
    for yard in sorted(found.values()):
        by_holder[yard.holder].append(yard)
    return by_holder


class Gate(NamedTuple):
    """Where a compound opens to a street."""

    compound: int
    name: str
    kind: str
    place: tuple[float, float]


def gates(layout: Layout, by_holder: dict[int, list[Yard]]) -> Iterator[Gate]:
    """Yield the gates: at both ends of a compound's first lane, the western one for cars too; without lanes, in the south."""
    for compound, found in by_holder.items():
        if not layout.laid[compound].part.is_compound:
            continue
        ground = layout.laid[compound].rect.behind_shops()
        if len(found) == 1:
            yield Gate(compound, "南门", "人车出入口", ((ground.west + ground.east) / 2, ground.south))
            continue
        yield Gate(compound, "西门", "人车出入口", (ground.west, found[1].south))
        yield Gate(compound, "东门", "人行出入口", (ground.east, found[1].south))


class Space(NamedTuple):
    """A marked place for one car."""

    holder: int
    level: str
    middle: tuple[float, float]


def spaces(layout: Layout, by_holder: dict[int, list[Yard]]) -> Iterator[Space]:
    """Yield as many spaces as each holder is to have: in its yards first, then in garages below, level by level."""
    for holder, found in by_holder.items():
        wanted = layout.laid[holder].part.spaces
        places = [("地面", place) for yard in found if yard.has_room for place in _in_yard(yard)]
        if len(places) < wanted:
            below = _below(layout.laid[holder].rect.behind_shops())
            places += [(level, place) for level in ("B1", "B2", "B3") for place in below]
        for level, place in places[:wanted]:
            yield Space(holder, level, place)


def _in_yard(yard: Yard) -> list[tuple[float, float]]:
    wide_m, long_m = SPACE_M
    count = int((yard.east - yard.west - 6) / wide_m)
    right = [yard.west + 3 + (number + 0.5) * wide_m for number in range(count) if number % (SIDE_BY_SIDE + 1) < SIDE_BY_SIDE]
    return [(each, yard.south + LANE_M + 0.3 + long_m / 2) for each in right]


def _below(ground: Rect) -> list[tuple[float, float]]:
    """Return the places of one garage level: rows back to back with ways of 5.5 m between them."""
    wide_m, long_m = SPACE_M
    rights = np.arange(ground.west + 8, ground.east - 8, wide_m)
    pairs = np.arange(ground.south + 8, ground.north - 8 - 2 * long_m, 2 * long_m + 5.5)
    ups = [up + side for up in pairs for side in (long_m / 2, long_m * 1.5)]
    return [(float(right), float(up)) for up in ups for right in rights]


class Lane(NamedTuple):
    """A fire lane along a row of buildings."""

    holder: int
    places: Floats


def fire_lanes(layout: Layout, by_holder: dict[int, list[Yard]]) -> Iterator[Lane]:
    """Yield as many lanes as each holder is to have, along its rows from the south."""
    for holder, found in by_holder.items():
        for yard in found[: layout.laid[holder].part.fire_lanes]:
            count = max(2, int((yard.east - yard.west) / 20) + 1)
            right = np.linspace(yard.west + 1, yard.east - 1, count)
            yield Lane(holder, np.column_stack([right, np.full(count, yard.south + LANE_M / 2)]))


class Shop(NamedTuple):
    """A low building with shops along a street."""

    compound: int
    middle: tuple[float, float]
    size_m: tuple[float, float]
    shops: int


def shops(layout: Layout, random: np.random.Generator) -> list[Shop]:
    """Return the shops on the sides of compounds that lie along wide streets; none stands in the way of a lane."""
    found = list(_along_streets(layout, random))
    half = np.array([shop.size_m for shop in found]).reshape(-1, 2) / 2 + 2.0
    low, high = (np.array([shop.middle for shop in found]).reshape(-1, 2) + side * half for side in (-1, 1))
    lanes = shapely.linestrings([_ends(wall) for wall in layout.walls if wall.street_class == "service"])
    barred, _ = shapely.STRtree(lanes).query(shapely.box(*low.T, *high.T), predicate="intersects")
    in_the_way = set(barred.tolist())
    return [shop for place, shop in enumerate(found) if place not in in_the_way]


def _ends(wall: Wall) -> tuple[tuple[float, float], tuple[float, float]]:
    return ((wall.at, wall.low), (wall.at, wall.high)) if wall.upright else ((wall.low, wall.at), (wall.high, wall.at))


def _along_streets(layout: Layout, random: np.random.Generator) -> Iterator[Shop]:
    for place, laid in enumerate(layout.laid):
        if laid.part.is_compound:
            inner, outer = laid.rect.behind_shops(), laid.rect.behind_streets()
            for low, high, upright in (
                ((outer.west, inner.south), (inner.west, inner.north), True),
                ((inner.east, inner.south), (outer.east, inner.north), True),
                ((inner.west, outer.south), (inner.east, inner.south), False),
                ((inner.west, inner.north), (inner.east, outer.north), False),
            ):
                if min(high[0] - low[0], high[1] - low[1]) > 8:  # else there is no ground for shops on this side
                    yield from _shops(place, low, high, upright, random)


def _shops(
    compound: int, low: tuple[float, float], high: tuple[float, float], upright: bool, random: np.random.Generator
) -> Iterator[Shop]:
    along, across = (1, 0) if upright else (0, 1)
    at, middle = low[along] + 4, (low[across] + high[across]) / 2
    while at + 24 < high[along]:  # the shortest row of shops
        long_m = min(float(random.uniform(20, 34)), high[along] - at - 2)
        place, size = (at + long_m / 2, long_m), 8.5
        if random.random() < 0.85:  # some gaps, for trees and views
            where, drawn = ((middle, place[0]), (size, long_m)) if upright else ((place[0], middle), (long_m, size))
            yield Shop(compound, where, drawn, max(2, round(long_m / 5)))
        at += long_m + float(random.uniform(5, 12))
