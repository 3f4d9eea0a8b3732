"""Longze Shuyuan (龙泽书苑): one compound of two grids and the blocks around it, made up and labelled so.

The figures are those of the published account of 2024-04-19: 50,491 m², 10 buildings of 12 to 16 storeys, 875
households, 2 grids, 75 shops. The account has no shapes; place, borders, buildings and streets are drawn here.

Columns, as an office would name them, and what they mean:

units      编码 code · 名称 name · 层级 level · 上级编码 code of the parent
compounds  编号 id · 小区名称 name · 占地面积 m² · 建成年份 year · 楼栋数 buildings · 户数 households · 常住户数 with
           permanent residents · 出租户数 let (the two overlap) · 商户数 shops
buildings  编号 id · 楼号 number or name · 小区 compound · 用途 use · 层数 storeys · 单元数 entrances · 高度 m ·
           户数 households, empty where unknown · 商户数 shops
stations, gates, parking_lots, parking_spaces, fire_lanes: as geodata/samples/stock.py heads them
streets    编号 id · 道路名称 name · 道路等级 class (primary, secondary, residential, service, footway)
all        来源 source: 示意数据(合成)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Polygon

from geodata.measure import area_m2
from geodata.samples import files, longze_things
from geodata.samples.longze_plan import AXIS, PLAN, Named, compound_ring, dwellings, neighbours, street_lines, surroundings
from geodata.samples.stock import Columns

GROUND_M2 = 50_491
"""The land of the compound, by the account."""

CODES = ("370212", "370212002", "370212002040", "370212002040001", "370212002040002")
NAMES = ("崂山区", "沙子口街道", "山海社区", "龙泽书苑一网格", "龙泽书苑二网格")
LEVELS = ("区", "街道", "社区", "网格", "网格")
PARENTS = (None, CODES[0], CODES[1], CODES[2], CODES[2])


def write(folder: Path) -> list[Path]:
    """Write all that the compound has as files of EPSG:4490 in the order to import them; the same bytes each time.

    The first word of a name is its noun. The grids are younger than the areas around them, and so a file of their own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    west, east = grids()
    units = [
        {"编码": code, "名称": name, "层级": level, "上级编码": parent, "geometry": ground}
        for code, name, level, parent, ground in zip(CODES, NAMES, LEVELS, PARENTS, (*surroundings(), west, east), strict=True)
    ]
    return [
        files.geopackage(folder / "units.gpkg", _columns(units[:3])),
        files.geopackage(folder / "units-grids.gpkg", _columns(units[3:])),
        files.geojson(folder / "compounds.geojson", _columns([_compound(shapely.union(west, east))])),
        files.geopackage(folder / "buildings.gpkg", _columns([_building(building) for building in (*dwellings(), *neighbours())])),
        files.geojson(folder / "streets.geojson", _columns(list(street_lines()))),
        files.points(folder / "stations.csv", longze_things.stations()),
        files.points(folder / "gates.csv", longze_things.gates()),
        files.geojson(folder / "parking_lots.geojson", longze_things.lots()),
        files.geopackage(folder / "parking_spaces.gpkg", longze_things.spaces()),
        files.geojson(folder / "fire_lanes.geojson", longze_things.lanes()),
    ]


def _columns(rows: Sequence[dict[str, Any]]) -> Columns:
    return {header: [row[header] for row in rows] for header in rows[0]}


def grids() -> tuple[Polygon, Polygon]:
    """Return the western and the eastern grid, which share the compound's axis vertex by vertex and make up its ground."""
    scale = 1.0
    for _ in range(4):
        west, east = _halves(scale)
        scale *= (GROUND_M2 / float(area_m2(np.array([west, east])).sum())) ** 0.5
    return _halves(scale)


def _halves(scale: float) -> tuple[Polygon, Polygon]:
    west_side, east_side = compound_ring(scale)
    axis = [(AXIS[0][0], AXIS[0][1] * scale), *AXIS[1:-1], (AXIS[-1][0], AXIS[-1][1] * scale)]
    return PLAN.polygon([*axis, *west_side]), PLAN.polygon([*reversed(axis), *east_side])


def _compound(ground: shapely.Geometry) -> dict[str, Any]:
    counts = {"占地面积": GROUND_M2, "建成年份": 2013, "楼栋数": 10, "户数": 875, "常住户数": 724, "出租户数": 276, "商户数": 75}
    return {"编号": "LZ", "小区名称": "龙泽书苑", **counts, "geometry": ground}


def _building(building: Named) -> dict[str, Any]:
    drawn = building.drawn
    return {
        "编号": building.ref,
        "楼号": building.name,
        "小区": building.compound,
        "用途": drawn.use,
        "层数": drawn.storeys,
        "单元数": drawn.units,
        "高度": drawn.storeys * 3.0,
        "户数": building.households,
        "商户数": building.shops,
        "geometry": PLAN.footprint(drawn.middle, drawn.outline),
    }
