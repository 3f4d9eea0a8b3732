"""The tables that offices would have of a made-up town, with the headers that they use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import shapely

from geodata.samples.filling import PLAIN, TOWER
from geodata.samples.names import ENDS, words
from geodata.samples.parts import Part
from geodata.samples.rings import lines, outline, polygons
from geodata.samples.slicing import Laid
from geodata.samples.town import Town
from geodata.samples.yards import LANE_M, SPACE_M, fire_lanes, gates, spaces
from geodata.topology import Geometries

Columns: TypeAlias = dict[str, Sequence[Any] | Geometries]
"""Values by header, and the geometry."""

USES = {"school": "学校", "market": "商业", "offices": "办公", "hospital": "医疗", "works": "工业", "centre": "公共"}
"""What stands on a part, by its form; other forms are dwellings."""


def units(town: Town, chosen: Sequence[Laid]) -> Columns:
    """Return units as rows with their parents' codes."""
    parts = [unit.part for unit in chosen]
    told = {header: [getattr(part, name) for part in parts] for header, name in UNIT_HEADERS.items()}
    parents = [None if unit.parent is None else town.part(unit.parent).code for unit in chosen]
    return {**told, "上级编码": parents, "geometry": town.grounds(chosen)}


UNIT_HEADERS = {"编码": "code", "名称": "name", "层级": "level", "网格类型": "kind"}


def compounds(town: Town) -> Columns:
    """Return the compounds with what they hold."""
    found = town.compounds()
    return {
        "编号": _refs("C", len(found)),
        "小区名称": [laid.part.name for laid in found],
        "楼栋数": [sum(part.buildings for part in laid.part.below()) for laid in found],
        "户数": [sum(part.households for part in laid.part.below()) for laid in found],
        "geometry": town.outlines(found),
    }


def buildings(town: Town) -> Columns:
    """Return the buildings, numbered within their compound, and behind them the shops."""
    built, shops = town.built, town.shops
    holders = [town.holder(place) for place in built.laid.tolist()]
    names = [_building_name(town.part(holder), number) for holder, number in zip(holders, _numbers(holders), strict=True)]
    behind = [town.part(shop.compound).name for shop in shops]
    return {
        "编号": _refs("B", len(names) + len(shops)),
        "楼号": names + [f"{name}底商{number}" for name, number in zip(behind, _numbers(behind), strict=True)],
        "小区": [town.part(holder).name if town.part(holder).is_compound else None for holder in holders] + [None] * len(shops),
        "用途": [USES.get(town.part(place).form, "住宅") for place in built.laid.tolist()] + ["商业"] * len(shops),
        "层数": [*built.storeys.tolist(), *[2] * len(shops)],
        "单元数": [_entrances(shape) for shape in built.shape.tolist()] + [1] * len(shops),
        "高度": [*(built.storeys * 3.0).tolist(), *[7.0] * len(shops)],
        "户数": [None if held < 0 else held for held in built.households.tolist()] + [0] * len(shops),
        "商户数": [None] * len(names) + [shop.shops for shop in shops],
        "geometry": np.concatenate(
            [built.footprints(town.bend), town.rectangles([shop.middle for shop in shops], [shop.size_m for shop in shops])]
        ),
    }


def _building_name(holder: Part, number: int) -> str:
    return f"{number}号楼" if holder.is_compound else f"{holder.name}{number}号楼"


def _entrances(shape: int) -> int:
    return shape if PLAIN < shape < TOWER else 1


def streets(town: Town) -> Columns:
    """Return the streets from crossing to crossing; lanes have no name."""
    edges, walls = list(town.rings.edges()), town.layout.walls
    name = words(town.random(3))
    names = [next(name) + ENDS[wall.street_class] if wall.street_class in ENDS else None for wall in walls]
    return {
        "编号": _refs("L", len(edges)),
        "道路名称": [names[edge.wall] for edge in edges],
        "道路等级": [walls[edge.wall].street_class for edge in edges],
        "geometry": lines([edge.places for edge in edges], town.bend),
    }


def water(town: Town) -> Columns:
    """Return the rivers between their embankments, interrupted at bridges."""
    found = [laid for laid in town.layout.laid if laid.part.form == "river"]
    return {
        "编号": _refs("W", len(found)),
        "名称": [laid.part.name for laid in found],
        "类型": ["河流"] * len(found),
        "geometry": polygons([outline(laid.rect.behind_streets()) for laid in found], town.bend) if found else np.empty(0, dtype=object),
    }


def gate_table(town: Town) -> Columns:
    """Return the gates of the compounds."""
    found = list(gates(town.layout, town.yards))
    compounds = [town.part(gate.compound).name for gate in found]
    return {
        "编号": _refs("G", len(found)),
        "名称": [compound + gate.name for compound, gate in zip(compounds, found, strict=True)],
        "类型": [gate.kind for gate in found],
        "小区": compounds,
        "geometry": town.points([gate.place for gate in found]),
    }


def stations(town: Town) -> Columns:
    """Return the stations, each in a building of its part."""
    held = _buildings_by_holder(town)
    found = [(place, turn, post) for place, laid in enumerate(town.layout.laid) for turn, post in enumerate(laid.part.posts)]
    posts = [post for _, _, post in found]
    return {
        "编号": _refs("S", len(found)),
        "名称": [post.name for post in posts],
        "类型": [post.kind for post in posts],
        "服务时间": [post.hours for post in posts],
        "电话": [f"{town.area_code}-0{number:06}" for number in range(1, len(found) + 1)],
        "地址": [town.part(place).name for place, _, _ in found],
        "面积": [post.floor_area_m2 for post in posts],
        "用房来源": [post.premises for post in posts],
        "服务事项": [post.services for post in posts],
        "geometry": town.points([_inside(town, held.get(place, []), place, turn) for place, turn, _ in found]),
    }


def _inside(town: Town, buildings: Sequence[int], place: int, turn: int) -> tuple[float, float]:
    """Return the middle of one of the buildings, in turn; where there is none, that of the ground."""
    if buildings:
        right, up = town.built.middle[buildings[turn % len(buildings)]].tolist()
        return right, up
    rect = town.layout.laid[place].rect
    return (rect.west + rect.east) / 2, (rect.south + rect.north) / 2


def _buildings_by_holder(town: Town) -> dict[int, list[int]]:
    """Return the buildings of parts that are built upon and of compounds."""
    found: dict[int, list[int]] = {}
    for building, place in enumerate(town.built.laid.tolist()):
        for holder in {place, town.holder(place)}:
            found.setdefault(holder, []).append(building)
    return found


def parking_spaces(town: Town) -> Columns:
    """Return the spaces; numbers count within compound and level."""
    found = list(spaces(town.layout, town.yards))
    keys = [(space.holder, space.level) for space in found]
    return {
        "编号": _refs("P", len(found)),
        "车位编号": [f"{PREFIX[level]}{number:03}" for (_, level), number in zip(keys, _numbers(keys), strict=True)],
        "停车场": [_lot_ref(*key) for key in keys],
        "层": [level for _, level in keys],
        "类型": ["业主共有车位" if level == "地面" else "产权车位" for _, level in keys],
        "geometry": town.rectangles([space.middle for space in found], [SPACE_M] * len(found)),
    }


PREFIX = {"地面": "A", "B1": "B1-", "B2": "B2-", "B3": "B3-"}


def _lot_ref(holder: int, level: str) -> str:
    return f"K{holder:06}-{PREFIX[level].strip('-')}"


def parking_lots(town: Town) -> Columns:
    """Return the lots: the ground that the spaces of a compound cover level by level, each row with its surroundings."""
    found: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for space in spaces(town.layout, town.yards):
        found.setdefault((space.holder, space.level), []).append(space.middle)
    strips = [list(_strips(middles)) for middles in found.values()]
    drawn = town.rectangles([m for each in strips for m, _ in each], [size for each in strips for _, size in each])
    ends = np.cumsum([len(each) for each in strips])
    return {
        "编号": [_lot_ref(*key) for key in found],
        "停车场名称": [f"{town.part(holder).name}{level}停车场" for holder, level in found],
        "类型": ["业主共有车位" if level == "地面" else "产权车位" for _, level in found],
        "层": [level for _, level in found],
        "车位数": [len(middles) for middles in found.values()],
        "geometry": np.array([shapely.union_all(part) for part in np.split(drawn, ends[:-1])], dtype=object) if strips else drawn,
    }


def _strips(middles: Iterable[tuple[float, float]]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield middle and size of the strip that each row of spaces covers."""
    rows: dict[float, list[float]] = {}
    for right, up in middles:
        rows.setdefault(up, []).append(right)
    for up, rights in rows.items():
        yield ((min(rights) + max(rights)) / 2, up), (max(rights) - min(rights) + SPACE_M[0] + 1, SPACE_M[1] + 0.4)


def fire_lane_table(town: Town) -> Columns:
    """Return the fire lanes along rows of buildings."""
    found = list(fire_lanes(town.layout, town.yards))
    names = [town.part(lane.holder).name for lane in found]
    return {
        "编号": _refs("X", len(found)),
        "通道名称": [f"{name}{number}号消防通道" for name, number in zip(names, _numbers(names), strict=True)],
        "净宽": [LANE_M] * len(found),
        "类型": ["贯通式"] * len(found),
        "geometry": lines([lane.places for lane in found], town.bend) if found else np.empty(0, dtype=object),
    }


def _refs(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:06}" for number in range(1, count + 1)]


def _numbers(keys: Iterable[object]) -> list[int]:
    """Return for each key how often it has come until now."""
    seen: Counter[object] = Counter()
    found = []
    for key in keys:
        seen[key] += 1
        found.append(seen[key])
    return found
