"""What stands in the grid: its nouns, and how each is drawn and protected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Shape: TypeAlias = Literal["point", "point or polygon", "line or polygon"]


@dataclass(frozen=True, slots=True)
class Facility:
    """A noun whose things stand in leaves."""

    noun: str
    """The table of the thing; `<noun>_version` and `<noun>_place` stand beside it."""
    name_zh: str
    name_en: str
    shape: Shape
    is_public: bool = False


FACILITIES: dict[str, Facility] = {
    "stations": Facility("station", "服务站点", "stations", "point", is_public=True),
    "gates": Facility("gate", "出入口", "gates", "point", is_public=True),
    "parking_lots": Facility("parking_lot", "停车场", "parking lots", "point or polygon"),
    "parking_spaces": Facility("parking_space", "车位", "parking spaces", "point or polygon"),
    "fire_lanes": Facility("fire_lane", "消防通道", "fire lanes", "line or polygon"),
}
"""By the name that imports, layers and addresses use."""
