"""Contracts (包联): who looks after which dwellings in one group of members, and why some are left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from geodata.findings import Finding
from geodata.sharing import Takers, share_out


@dataclass(frozen=True, slots=True)
class Range:
    """How many dwellings a member should look after."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class LinkingMember:
    """A member who may be given dwellings."""

    id: int
    home: int
    """The id of the building."""
    most: int | None = None
    """Where the member takes on fewer than the range."""
    held: int = 0
    """How many the member keeps."""

    def room(self, wanted: Range) -> Range:
        """Return how many more the member should take."""
        high = wanted.high if self.most is None else min(self.most, wanted.high)
        return Range(max(0, min(wanted.low, high) - self.held), max(0, high - self.held))


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A dwelling that somebody should look after."""

    id: int
    building: int
    entrance: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A dwelling in a member's care."""

    member: int
    dwelling: int
    distance_m: float
    """From the member's home to the building, 0 in the same one."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """What a group comes to."""

    pairs: tuple[Pair, ...]
    members: int
    dwellings: int
    left: int
    """How many dwellings nobody can take."""
    lacking: int
    """How many are missing to the least of all members."""
    short: int
    """How many members have too few."""


def deal(
    members: Sequence[LinkingMember], dwellings: Sequence[Dwelling], places: Mapping[int, tuple[float, float]], wanted: Range
) -> Dealt:
    """Share out the dwellings of a group among its members, as `geodata.sharing` does; `places` are lon, lat of buildings (EPSG:4490).

    Members of one building with the same room get neighbouring dwellings, about as many each. The same input gives the same answer.
    """
    houses = _by_building(dwellings)
    homes: dict[tuple[int, Range], list[LinkingMember]] = defaultdict(list)
    for member in sorted(members, key=lambda each: each.id):
        homes[member.home, member.room(wanted)].append(member)
    keys = sorted(homes, key=lambda key: (key[0], key[1].low, key[1].high))
    sizes = np.array([len(homes[key]) for key in keys], dtype=np.int64)
    low, high = (np.array([getattr(key[1], end) for key in keys], dtype=np.int64) * sizes for end in ("low", "high"))
    sites = np.array([places[building] for building in houses], dtype=np.float64).reshape(-1, 2)
    takers = Takers(np.array([places[home] for home, _ in keys], dtype=np.float64).reshape(-1, 2), low, high)
    shared = share_out(sites, np.array([len(each) for each in houses.values()], dtype=np.int64), takers)
    order = np.lexsort((shared.taker, shared.distance_m, shared.site))
    heaps = list(houses.values())
    taken: dict[int, list[tuple[Dwelling, float]]] = defaultdict(list)
    for taker, site, count, distance_m in zip(
        shared.taker[order], shared.site[order], shared.count[order], shared.distance_m[order], strict=True
    ):
        given, heaps[site] = heaps[site][:count], heaps[site][count:]
        taken[int(taker)] += [(dwelling, float(distance_m)) for dwelling in given]
    pairs = [pair for taker, key in enumerate(keys) for pair in _parted(homes[key], taken[taker])]
    short = sum(min(len(homes[key]), int(lacking)) for key, lacking in zip(keys, shared.lacking, strict=True))
    return Dealt(tuple(pairs), len(members), len(dwellings), int(shared.left.sum()), int(shared.lacking.sum()), short)


def reasons(name: str, dealt: Dealt, wanted: Range) -> Iterator[Finding]:
    """Say of a group what could not be met, why, and what would do."""
    values: dict[str, object] = {
        "name": name, "members": dealt.members, "dwellings": dealt.dwellings, "low": wanted.low, "high": wanted.high,
        "left": dealt.left, "short": dealt.short, "lacking": dealt.lacking,
    }  # fmt: skip
    if dealt.left:
        told = (
            "{name}: {members} members at {high} households at most cannot take {dwellings}; {left} stay without, "
            "{more} more members would do."
        )
        yield Finding("too-few-members", "warning", told, {**values, "more": ceil(dealt.left / wanted.high)})
    if dealt.short:
        told = (
            "{name}: {dwellings} households are too few for {members} members at {low} at least; {short} members stay below, "
            "{lacking} households in all."
        )
        yield Finding("too-few-households", "info", told, values)


def _by_building(dwellings: Sequence[Dwelling]) -> dict[int, list[Dwelling]]:
    """Return the dwellings of each building, by entrance and room as people count them."""
    found: dict[int, list[Dwelling]] = defaultdict(list)
    order = sorted(dwellings, key=lambda each: (each.building, len(each.entrance), each.entrance, len(each.room), each.room, each.id))
    for dwelling in order:
        found[dwelling.building].append(dwelling)
    return found


def _parted(members: Sequence[LinkingMember], taken: Sequence[tuple[Dwelling, float]]) -> Iterator[Pair]:
    """Yield the pairs of members who share a home: neighbours stay together, the first members have one more."""
    each, more = divmod(len(taken), len(members))
    start = 0
    for turn, member in enumerate(members):
        end = start + each + (turn < more)
        for dwelling, distance_m in taken[start:end]:
            yield Pair(member.id, dwelling.id, distance_m)
        start = end
