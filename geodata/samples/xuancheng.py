"""Xuancheng (宣城): 513 managed compounds, 8 streets of the city proper with grids and micro-grids, made up and labelled so.

From the published account of 2025-04-25: 513 compounds city-wide, 8 streets, 66 community property-service-and-mediation
stations, 23 of them in those streets and in each. Chosen here: 318 of the compounds lie in the 8 streets and are grids, 195 in
the seats of the six other counties, which have no grids yet; the eighth street has a synthetic code; all is drawn close together.
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
from geodata.samples.places import civic, estate_m2, form_of, open_land
from geodata.samples.town import Town

DISTRICT = "341802"
STREETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "西林街道": ("001", ("城西", "西林", "昭亭", "九同")),
    "澄江街道": ("002", ("塔影", "思佳", "澄江", "城北", "庙埠")),
    "鳌峰街道": ("003", ("宝城", "锦城", "阳德", "城南", "绿锦", "张锦")),
    "济川街道": ("004", ("城东", "济川", "东桥", "玉山", "东河")),
    "敬亭山街道": ("005", ("林场", "渣溪", "巷口桥", "敬亭")),
    "双桥街道": ("006", ("双桥", "泥湾", "金杨", "隆兴")),
    "向阳街道": ("009", ("夏渡", "向阳", "双河", "河北", "板桥")),
    "飞彩街道(示意编码)": ("090", ("飞彩", "柏枧", "麒麟", "响山")),
}
"""The eight streets: seven with the digits of the official list, the last with some that no list has."""
SEATS = {
    "郎溪县": ("341821", "郎步街道", "001", 32),
    "泾县": ("341823", "泾川镇", "100", 26),
    "绩溪县": ("341824", "华阳镇", "100", 17),
    "旌德县": ("341825", "旌阳镇", "100", 13),
    "宁国市": ("341881", "西津街道", "001", 52),
    "广德市": ("341882", "桐汭街道", "001", 55),
}
"""The other counties: code, seat, its digits and how many compounds stand there."""
COMPOUNDS, STATIONS, STATIONS_PROPER = 513, 66, 23
"""By the account."""
PROPER = COMPOUNDS - sum(count for *_, count in SEATS.values())
HOUSEHOLDS = 138_000
"""Chosen: the account gives none."""


def write(folder: Path) -> list[Path]:
    """Write the files in the order to import them; the first word of a name is its noun."""
    return files.write(folder, town())


def town() -> Town:
    """Return Xuancheng."""
    random = np.random.default_rng(3418)
    compounds = zip(compound_names(random), shared(HOUSEHOLDS, uneven(random, COMPOUNDS, 0.35)), strict=False)
    estates = [_estate(name, households, random) for name, households in compounds]
    proper = Part("宣州区", DISTRICT, "区(市、县)", parts=tuple(_proper(estates[:PROPER], random)))
    rest, stations = iter(estates[PROPER:]), shared(STATIONS - STATIONS_PROPER, [count for *_, count in SEATS.values()])
    counties = [_county(name, list(islice(rest, SEATS[name][3])), posts) for name, posts in zip(SEATS, stations, strict=True)]
    city = Part("宣城市", "3418", "市", parts=(*counties[:3], proper, *counties[3:]))
    digits = {"社区": 3, "小区(网格)": 3, "楼栋(巷、片)": 2}
    return Town(coded(city, digits), Bend(118.759, 30.941, -6, 27), 1.5, area_code="0563")


def _estate(name: str, households: int, random: np.random.Generator) -> Part:
    """Return a compound, no unit yet."""
    buildings = int(np.clip(round(households / random.uniform(26, 60)), 4, 20))
    form = form_of(random, households, buildings)
    return Part(
        name, is_compound=True, ground_m2=estate_m2(form, buildings), form=form, buildings=buildings, households=households, fire_lanes=1
    )


def _proper(estates: list[Part], random: np.random.Generator) -> Iterator[Part]:
    """Yield the eight streets with their communities, grids and micro-grids, and a hill."""
    count = sum(len(communities) for _, communities in STREETS.values())
    held = iter(shared(len(estates), uneven(random, count, 0.3)))
    stations = iter(shared(STATIONS_PROPER, [1.0] * len(STREETS)))
    rest = iter(estates)
    for name, (digits, communities) in STREETS.items():
        with_station = next(stations)
        below = [
            _community(community, [_grid(estate, random) for estate in islice(rest, next(held))], has_station=turn < with_station)
            for turn, community in enumerate(communities)
        ]
        yield Part(name, DISTRICT + digits, "街道", parts=tuple(below))
    yield open_land("敬亭山", 600_000.0)


def _community(name: str, grids: list[Part], *, has_station: bool) -> Part:
    posts = (_station(name),) if has_station else ()
    public = (civic(f"{name}社区党群服务中心", "centre", *posts), civic(f"{name}学校", "school"), civic(f"{name}公园", "park"))
    return Part(f"{name}社区", level="社区", parts=(grids[0], *public, *grids[1:]))


def _station(name: str) -> Post:
    return Post(f"{name}社区物业服务与调解站", "物业服务站", 60 + len(name) * 5, services="物业纠纷调解;投诉受理;维修资金咨询")


KINDS = ("楼栋", "巷", "片")
"""What a micro-grid is: a building, a lane of three or so, a patch of four or so."""
HELD = {"楼栋": 1, "巷": 3, "片": 4}


def _grid(estate: Part, random: np.random.Generator) -> Part:
    """Return a compound as a grid, divided into micro-grids of one kind."""
    kind = str(random.choice(KINDS)) if estate.buildings > 4 else "楼栋"  # the smallest have one a building
    count = max(2, round(estate.buildings / HELD[kind]))
    buildings, households = (shared(whole, [1.0] * count) for whole in (estate.buildings, estate.households))
    micro_grids = tuple(
        Part(
            f"{estate.name}{number}号{kind}",
            level="楼栋(巷、片)",
            kind=kind,
            ground_m2=estate.ground_m2 * held / estate.buildings,
            form=estate.form,
            buildings=held,
            households=housed,
        )
        for number, (held, housed) in enumerate(zip(buildings, households, strict=True), start=1)
    )
    return Part(estate.name, level="小区(网格)", is_compound=True, parts=micro_grids, fire_lanes=1)


def _county(name: str, estates: list[Part], stations: int) -> Part:
    """Return a county: its seat with compounds, stations in the first of them, and open land around."""
    code, seat, digits, _ = SEATS[name]
    placed = [replace(estate, posts=(_station(estate.name),) if turn < stations else ()) for turn, estate in enumerate(estates)]
    town_m2 = sum(estate.ground_m2 for estate in estates)
    below = Part(seat, code + digits, "街道", parts=(*placed, civic(f"{seat}中学", "school"), civic(f"{seat}公园", "park")))
    return Part(name, code, "区(市、县)", parts=(open_land("山地", town_m2 * 0.5), below, open_land("田野", town_m2 * 0.4)))
