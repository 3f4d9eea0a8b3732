"""Huating (华亭): 9 first-, 25 second- and 56 third-level grids, and 22 communities, made up and labelled so.

From the published account of 2020-06-16: the grids, 7 urban, 2 converted and 13 rural communities, 7 of the rural ones taken
into the street's grids, a centre of at least 500 m² in every community. Chosen here: an urban or converted community is a
first-level grid; a rural one is a second-level grid, at first under its town; those 7 are the ones nearest to the street, each
goes under the first-level grid nearest to it, and with the 18 others they are the 25; the date, which is the account's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from geodata.samples import files, stock
from geodata.samples.bend import Bend
from geodata.samples.names import compound_names
from geodata.samples.parts import Part, Post, coded, shared, uneven
from geodata.samples.places import civic, estate_m2, form_of, open_land, river
from geodata.samples.slicing import Laid
from geodata.samples.town import Town

STREET = "620881001"
URBAN = ("东大街", "世纪花园", "西大街", "凤仪", "梅苑", "文化街", "北大街")
CONVERTED = ("华矿", "惠民")
"""Communities of enterprises that became the street's."""
RURAL = {
    "东华镇": ("620881100", ("北河", "黎明", "庞磨", "王峡口", "南村沟", "裕光", "月圆", "刘家沟")),
    "西华镇": ("620881102", ("西华", "草滩", "青林", "裕民", "上亭")),
}
TAKEN_IN, SECOND, THIRD = 7, 25, 56
"""By the account: rural communities taken into the street's grids, second- and third-level grids."""
HOUSEHOLDS, RURAL_HOUSEHOLDS = 17_640, 3_380
"""Chosen: the account gives none."""
RIVER_M2 = 90_000.0


def write(folder: Path) -> list[Path]:
    """Write the files in the order to import them; the last one is the later edition that takes seven communities in."""
    place = town()
    moved = stock.units(place, taken_in(place))
    moved["上级编码"] = [nearest(place, laid).part.code for laid in taken_in(place)]
    return [*files.write(folder, place), files.geopackage(folder / "units-rural.gpkg", moved)]


def town() -> Town:
    """Return Huating."""
    random = np.random.default_rng(620881)
    east, west = (_rural_town(name, code, communities, random) for name, (code, communities) in RURAL.items())
    city = Part("华亭市", STREET[:6], "市", rows=1, parts=(west, _street(random), east))
    digits = {"一级网格": 3, "二级网格": 2, "三级网格": 2}
    return Town(coded(city, digits), Bend(106.653, 35.218, 14, 20), 2.3, area_code="0933")


def taken_in(town: Town) -> list[Laid]:
    """Return the seven rural communities nearest to the street."""
    street = next(laid for laid in town.layout.laid if laid.part.code == STREET)
    rural = [laid for laid in town.units() if laid.part.kind == "农村网格"]
    return sorted(rural, key=lambda laid: (_apart_m(laid, street), laid.part.code))[:TAKEN_IN]


def nearest(town: Town, rural: Laid) -> Laid:
    """Return the first-level grid nearest to a rural community."""
    return min((laid for laid in town.units() if laid.part.level == "一级网格"), key=lambda laid: (_apart_m(rural, laid), laid.part.code))


def _apart_m(one: Laid, other: Laid) -> float:
    """Return how far apart the middles of two parts are, along the streets of the plan."""
    a, b = one.rect, other.rect
    return abs(a.west + a.east - b.west - b.east) / 2 + abs(a.south + a.north - b.south - b.north) / 2


def _street(random: np.random.Generator) -> Part:
    names = compound_names(random)
    seconds, thirds = SECOND - TAKEN_IN, iter(_third(random, names))
    first = []
    counts = iter(shared(THIRD, uneven(random, seconds, 0.35)))
    for name, below in zip((*URBAN, *CONVERTED), shared(seconds, [1.0] * len((*URBAN, *CONVERTED))), strict=True):
        grids = [
            Part(
                f"{name}第{serial}网格",
                level="二级网格",
                parts=tuple(replace(next(thirds), name=f"{name}第{serial}网格{'甲乙丙丁戊己'[n]}片") for n in range(next(counts))),
            )
            for serial in range(1, below + 1)
        ]
        public = (_centre(name), civic(f"{name}小学", "school"), civic(f"{name}广场", "park", *_platform(name)))
        first.append(Part(f"{name}社区", level="一级网格", parts=(grids[0], *public, *grids[1:])))
    water = river("汭河", RIVER_M2, 2)
    return Part(
        "东华街道", STREET, "街道", rows=3, parts=(Part("河南", parts=tuple(first[:4])), water, Part("河北", parts=tuple(first[4:])))
    )


def _third(random: np.random.Generator, names: Iterator[str]) -> Iterator[Part]:
    """Yield the third-level grids, nameless, each with two compounds."""
    for held in shared(HOUSEHOLDS, uneven(random, THIRD, 0.25)):
        compounds = []
        for households in shared(held, uneven(random, 2, 0.3)):
            buildings = max(4, round(households / random.uniform(24, 40)))
            form = form_of(random, households, buildings)
            compounds.append(
                Part(
                    next(names),
                    is_compound=True,
                    ground_m2=estate_m2(form, buildings),
                    form=form,
                    buildings=buildings,
                    households=households,
                    spaces=households // 3,
                )
            )
        yield Part("", level="三级网格", parts=tuple(compounds))


def _centre(name: str) -> Part:
    return civic(
        f"{name}社区党群服务中心",
        "centre",
        Post(f"{name}社区党群服务中心", "党群服务中心", 500 + 20 * (len(name) + ord(name[0]) % 9), hours="每日 08:30-20:00"),
    )


PLATFORMS, LIFE_HALLS = URBAN, ("东大街", "西大街", "华矿")
"""Where the seven open-air platforms and the three open political-life halls stand: chosen."""


def _platform(name: str) -> list[Post]:
    posts = [Post(f"{name}服务平台", "服务平台", 80)] if name in PLATFORMS else []
    return [*posts, Post(f"{name}政治生活馆", "其他", 260)] if name in LIFE_HALLS else posts


def _rural_town(name: str, code: str, communities: tuple[str, ...], random: np.random.Generator) -> Part:
    return Part(
        name, code, "街道", parts=tuple(_rural(community, f"{code}{200 + n}00", random) for n, community in enumerate(communities, start=1))
    )


def _rural(name: str, code: str, random: np.random.Generator) -> Part:
    """Return a rural community: hamlets among fields."""
    count = sum(len(names) for _, names in RURAL.values())
    held = RURAL_HOUSEHOLDS // count
    parts = [_centre(name)]
    for hamlet, households in zip(("上庄", "下庄"), shared(held, uneven(random, 2, 0.3)), strict=True):
        buildings = households // 2
        parts += [
            Part(name + hamlet, form="houses", ground_m2=900.0 * buildings, buildings=buildings, households=households, lanes=2),
            open_land("田", float(random.uniform(40_000, 90_000))),
        ]
    return Part(f"{name}社区", code, "二级网格", "农村网格", parts=tuple(parts))
