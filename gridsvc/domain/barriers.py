"""Barriers: what ground of one grid should not lie on both sides of."""

from __future__ import annotations

from dataclasses import dataclass

from gridsvc.domain.code_tables import Code, key_of


@dataclass(frozen=True, slots=True)
class Barrier(Code):
    """A sort of barrier."""

    is_water: bool = False
    """Whether it is drawn as water."""


BARRIERS: dict[str, Barrier] = {
    "river": Barrier("河流", "river", frozenset({"河", "水系", "stream", "canal", "riverbank", "ditch", "沟渠"}), is_water=True),
    "water": Barrier("水面", "water", frozenset({"湖", "湖泊", "水库", "池塘", "lake", "pond", "reservoir", "basin"}), is_water=True),
    "railway": Barrier("铁路", "railway", frozenset({"铁道", "轻轨", "rail", "light_rail"})),
    "wall": Barrier("围墙", "wall", frozenset({"墙", "围栏", "fence", "city_wall", "retaining_wall"})),
    "road": Barrier("主干道", "main road", frozenset({"主干路", "快速路", "高速", "motorway", "trunk", "primary"})),
    "slope": Barrier("陡坡", "slope", frozenset({"山", "cliff", "embankment"})),
}
"""Sorts of barriers; the words are those of files, OpenStreetMap's among them."""

UNSORTED = "water"
"""What a barrier without a sort is taken for: files of water carry none."""


def barrier_of(word: str | None) -> str:
    """Return the key of the sort that a file calls `word`; UNSORTED where it says nothing or a word of no sort."""
    return key_of(BARRIERS, word) or UNSORTED
