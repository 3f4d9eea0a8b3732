"""Yuci (榆次): 336 compounds that are grids, their buildings micro-grids, made up and labelled so.

From the published account of 2023-09-13: 336 compound (grid) branches, 524 building (micro-grid) groups, 277 service stations
with 7,900+ m² from four sources of premises. Chosen here: one grid a branch, 3,024 micro-grids (one a building, so that each
holds 30 to 70 households; the groups are set up jointly), 153,600 households, at most 500 a grid, 9 streets of 71 communities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from geodata.samples import files
from geodata.samples.bend import Bend
from geodata.samples.names import compound_names
from geodata.samples.parts import Part, Post, coded, shared, uneven
from geodata.samples.places import civic, estate_m2, river
from geodata.samples.town import Town

DISTRICT = "140702"
STREETS = {
    "北关街道": "羊毫街 桥西 太行 荣发 建东 锦东 荣复",
    "锦纶街道": "乐平 玉湖 文源 乐安 雍锦 凤翔 书林 荣军 文华",
    "新华街道": "新东 榆和 榆和东 金恒 桥东 潇河湾 东华",
    "西南街道": "花园 城隍庙 思凤 新集街 晋华 南窑 北窑 五二五库 晋纺机",
    "路西街道": "晋百纺 晋星 榆液 晋榆 液铁 柳东 柳西 经东",
    "经纬街道": "经北 第一 第二 第三 第四",
    "安宁街道": "第五 安宁 电力 堡子 北郊西 首创 龙湖 大学城第一 大学城第二 三水",
    "新建街道": "辽阳路 华钜 晋商 佳地 银海心悦 文教城 汇通",
    "晋华街道": "顺城 定阳 道北 粮店街 东升 晋阳 迎宾 云岭 使赵",
}
"""The streets with their communities, in the order of their codes."""
GRIDS, STATIONS, STATIONS_M2 = 336, 277, 7_926
"""The account says 7,900+ m²; 7,926 is chosen."""
HOUSEHOLDS, MICRO_GRIDS = 153_600, 3_024
PREMISES = {"公共用房": 0.31, "服务设施用房": 0.24, "物业用房": 0.28, "社区办公用房": 0.17}
"""Sources of premises with the share of stations that each gives, chosen."""
RIVER_M2 = 420_000.0


def write(folder: Path) -> list[Path]:
    """Write the files in the order to import them; the first word of a name is its noun."""
    return files.write(folder, town())


def town() -> Town:
    """Return Yuci."""
    random = np.random.default_rng(140702)
    grids, count = _grids(random), sum(len(names.split()) for names in STREETS.values())
    held = iter(shared(GRIDS, uneven(random, count, 0.3)))
    streets = [
        Part(
            street,
            f"{DISTRICT}{number:03}",
            "街道",
            parts=tuple(_community(name, turn + number, list(islice(grids, next(held)))) for turn, name in enumerate(names.split())),
        )
        for number, (street, names) in enumerate(STREETS.items(), start=1)
    ]
    water = river("潇河", RIVER_M2)
    banks = (Part("河南", parts=tuple(streets[6:])), water, Part("河北", parts=tuple(streets[:6])))
    district = coded(Part("榆次区", DISTRICT, "区", rows=3, parts=banks), {"社区": 3, "小区(网格)": 3, "楼栋(微网格)": 2})
    return Town(district, Bend(112.708, 37.692, 5, 14), 1.35, area_code="0354")


def _community(name: str, turn: int, grids: list[Part]) -> Part:
    """Return a community; `turn` decides which public ground it has."""
    forms = (("学校", "school"), ("公园", "park"), ("市场", "market"), ("医院", "hospital"), ("商务楼", "offices"))
    public = [civic(name + word, form) for word, form in (forms[turn % 5], forms[(turn + 1 + turn // 5 % 4) % 5])]
    return Part(f"{name}社区", level="社区", parts=(*grids[:2], *public, *grids[2:]))


def _grids(random: np.random.Generator) -> Iterator[Part]:
    """Yield the compounds with their buildings."""
    names, stations = compound_names(random), _stations(random)
    households = shared(HOUSEHOLDS, uneven(random, GRIDS, 0.088))
    micro_grids = shared(MICRO_GRIDS, households)
    with_station = random.permutation(GRIDS) < STATIONS
    for held, count, station in zip(households, micro_grids, with_station, strict=True):
        name, form = next(names), str(random.choice(["slabs", "slabs", "towers"]))
        cell_m2 = estate_m2(form, count) / count
        parts = [
            Part(f"{name}{number}号楼", level="楼栋(微网格)", kind="楼栋", ground_m2=cell_m2, form=form, buildings=1, households=each)
            for number, each in enumerate(shared(held, uneven(random, count, 0.1)), start=1)
        ]
        posts = (replace(next(stations), name=f"{name}党群服务站"),) if station else ()
        yield Part(name, level="小区(网格)", is_compound=True, parts=tuple(parts), posts=posts, spaces=held // 24, fire_lanes=2)


def _stations(random: np.random.Generator) -> Iterator[Post]:
    """Yield the stations, nameless: their floor adds up, and each has one of the sources of premises."""
    floors_m2 = shared(STATIONS_M2, uneven(random, STATIONS, 0.6))
    counts = shared(STATIONS, list(PREMISES.values()))
    premises = [source for source, count in zip(PREMISES, counts, strict=True) for _ in range(count)]
    for floor_area_m2, place in zip(floors_m2, random.permutation(STATIONS), strict=True):
        yield Post("", "小区党群服务站", floor_area_m2, premises[place], "每日 08:00-20:00", "政策咨询;党员报到;帮办代办")
