"""Barriers: what ground of one grid should not lie on both sides of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Barrier:
    """A sort of barrier."""

    name_zh: str
    """What screens and files call it."""
    name_en: str
    """The same in English."""
    words: frozenset[str] = frozenset()
    """What files call it besides, OpenStreetMap's values among them."""
    is_water: bool = False


BARRIERS: dict[str, Barrier] = {
    "river": Barrier("河流", "river", frozenset({"河", "水系", "stream", "canal", "riverbank", "ditch", "沟渠"}), is_water=True),
    "water": Barrier("水面", "water", frozenset({"湖", "水库", "池塘", "lake", "pond", "reservoir", "basin", "湖泊"}), is_water=True),
    "railway": Barrier("铁路", "railway", frozenset({"rail", "铁道", "light_rail", "轻轨"})),
    "wall": Barrier("围墙", "wall", frozenset({"fence", "围栏", "city_wall", "retaining_wall", "墙"})),
    "road": Barrier("主干道", "main road", frozenset({"快速路", "高速", "motorway", "trunk", "primary", "主干路"})),
    "slope": Barrier("陡坡", "slope", frozenset({"cliff", "山", "embankment", "hill"})),
}
"""Sorts of barriers."""

_BY_WORD = {word: key for key, sort in BARRIERS.items() for word in (key, sort.name_zh, sort.name_en, *sort.words)}


def barrier_of(word: str | None) -> str:
    """Return the key of the barrier that a file calls `word`; water where it says nothing that is known."""
    return _BY_WORD.get((word or "").strip().casefold(), "water")
