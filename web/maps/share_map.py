"""A small map of who would look after which building: footprints, and a line from each member's home, drawn on the server as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geodata.topology.plane import Plane
from gridsvc.database.queries.contracts import Footprint, Share

TINTS = 6
"""Colours of lines; a number at each home tells those apart that share one."""
_WIDTH = 1000
"""Of the drawing, in its own units."""
_MARGIN = 40


@dataclass(frozen=True, slots=True)
class Line:
    """From a home to a building."""

    number: int
    tint: int
    start: tuple[float, float]
    end: tuple[float, float]
    dwellings: int


@dataclass(frozen=True, slots=True)
class Home:
    """Where a member lives."""

    number: int
    tint: int
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ShareMap:
    """What the SVG draws, in its own units."""

    width: int
    height: int
    houses: Sequence[tuple[str, tuple[float, float], str]]
    """Outline as a path, where the name stands, the name."""
    lines: Sequence[Line]
    homes: Sequence[Home]


def drawn(shares: Sequence[Share], footprints: Sequence[Footprint], numbers: Mapping[object, int]) -> ShareMap | None:
    """Return the map of some shares; `numbers` are those of the members by id. None where there is nothing to draw."""
    if not footprints:
        return None
    shapes = np.asarray(shapely.from_wkb([each.geom for each in footprints]), dtype=object)
    flat = Plane.around(shapes).flat(shapes)
    west, south, east, north = shapely.total_bounds(flat)
    scale = (_WIDTH - 2 * _MARGIN) / max(east - west, north - south, 50)
    flat = shapely.transform(flat, lambda metres: (metres - (west, north)) * (scale, -scale) + _MARGIN)
    centres = {
        each.id: (float(x), float(y)) for each, (x, y) in zip(footprints, shapely.get_coordinates(shapely.centroid(flat)), strict=True)
    }
    houses = [(_outline(shape), centres[each.id], each.name or "") for each, shape in zip(footprints, flat, strict=True)]
    homes = _homes(shares, centres, numbers)
    at = {home.number: home for home in homes}
    lines = [
        Line(home.number, home.tint, home.at, centres[share.building], share.dwellings)
        for share in shares
        if share.home != share.building and share.building in centres and (home := at.get(numbers[share.person]))
    ]
    height = round((north - south) * scale + 2 * _MARGIN)
    return ShareMap(round((east - west) * scale + 2 * _MARGIN), height, houses, lines, homes)


def _homes(shares: Sequence[Share], centres: Mapping[int, tuple[float, float]], numbers: Mapping[object, int]) -> list[Home]:
    """Return the homes, those in one building side by side."""
    beside: dict[int, int] = {}
    homes: dict[int, Home] = {}
    for share in shares:
        number = numbers[share.person]
        if number in homes or share.home is None or share.home not in centres:
            continue
        turn = beside[share.home] = beside.get(share.home, 0) + 1
        x, y = centres[share.home]
        homes[number] = Home(number, (number - 1) % TINTS, (x + 60 * (turn - 1), y))
    return list(homes.values())


def _outline(shape: shapely.Geometry) -> str:
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    return " ".join("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in ring) + "Z" for ring in rings)
