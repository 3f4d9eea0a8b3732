"""Qingshui (清水): the county seat with its 115 compounds, made up and labelled so.

From the published account: 115 compounds, 3,570 newly marked spaces in them, exactly 242 of them in Xijiang, 59 fire
lanes. Chosen here: 3,570 includes the 242; where compounds, streets and buildings lie, and how many households they have.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from geodata.samples import files
from geodata.samples.bend import Bend
from geodata.samples.names import compound_names
from geodata.samples.parts import Part, Post, coded, shared, uneven
from geodata.samples.places import civic, estate_m2, form_of, river
from geodata.samples.town import Town

TOWN_CODE = "620521100"
COMMUNITIES = ("北城", "城南", "西关", "东关", "上邽", "充国", "永和", "义坊", "暖湾", "李崖", "南峡", "双场")
COMPOUNDS, FIRE_LANES, SPACES, XIJIANG_SPACES, HALLS, SUBSTATIONS = 115, 59, 3570, 242, 70, 77
"""By the account; halls and substations are placed in as many compounds."""
HOUSEHOLDS = 21_850
"""Chosen: the account gives none."""
XIJIANG = 37
"""Which of the compounds is Xijiang, counted from 0."""
RIVER_M2 = 150_000.0


def write(folder: Path) -> list[Path]:
    """Write the files in the order to import them; the first words of a name are its noun."""
    return files.write(folder, town())


def town() -> Town:
    """Return Qingshui."""
    random = np.random.default_rng(620521)
    estates = list(_estates(random))
    ends = np.cumsum(shared(COMPOUNDS, uneven(random, len(COMMUNITIES), 0.25)))
    communities = [
        _community(number, name, estates[end - count : end])
        for number, (name, end, count) in enumerate(zip(COMMUNITIES, ends, np.diff(ends, prepend=0), strict=True), start=1)
    ]
    water = river("牛头河", RIVER_M2, 3)
    north, south = Part("河北", parts=tuple(communities[:7])), Part("河南", parts=tuple(communities[7:]))
    seat = Part("永清镇", TOWN_CODE, "镇", rows=3, parts=(south, water, north))
    county = coded(Part("清水县", TOWN_CODE[:6], "县", parts=(seat,)), {"社区": 3, "小区": 3})
    return Town(county, Bend(106.137, 34.751, -11, 9), 1.9, area_code="0938", islands=True)


def _community(number: int, name: str, estates: list[Part]) -> Part:
    public = [civic(f"{name}小学", "school"), civic(f"{name}广场", "park"), civic(f"{name}市场", "market")][: 1 + number % 3]
    return Part(f"{name}社区", level="社区", parts=(*estates[: len(estates) // 2], *public, *estates[len(estates) // 2 :]))


def _estates(random: np.random.Generator) -> Iterator[Part]:
    """Yield the compounds, without codes yet."""
    names = compound_names(random)
    households = shared(HOUSEHOLDS, uneven(random, COMPOUNDS, 0.6))
    spaces = shared(SPACES - XIJIANG_SPACES, uneven(random, COMPOUNDS - 1, 0.7))
    spaces.insert(XIJIANG, XIJIANG_SPACES)
    lanes = random.permutation(COMPOUNDS) < FIRE_LANES
    halls, practices = random.permutation(COMPOUNDS) < HALLS, random.permutation(COMPOUNDS) < SUBSTATIONS
    for place in range(COMPOUNDS):
        name = "西江小区" if place == XIJIANG else next(names)
        buildings = int(np.clip(round(households[place] / random.uniform(22, 48)), 4, 20)) if place != XIJIANG else 16
        form = form_of(random, households[place], buildings)
        posts = [Post(f"{name}议事厅", "议事厅", 40)] * bool(halls[place]) + [Post(f"{name}文明实践站", "文明实践站", 60)] * bool(
            practices[place]
        )
        yield Part(
            name,
            level="小区",
            ground_m2=estate_m2(form, buildings),
            form=form,
            buildings=buildings,
            households=households[place],
            is_compound=True,
            spaces=spaces[place],
            fire_lanes=int(lanes[place]),
            posts=tuple(posts),
        )
