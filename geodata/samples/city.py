"""A city to measure with: as large as wanted, drawn like the towns, made up and labelled so.

With 20,000 micro-grids: 4 streets, 40 communities, 1,000 grids, 300,000 buildings, some 90,000 edges of streets, 2,000 stations,
200,000 parking spaces and 20,000 fire lanes, the city of the published measurements. A smaller one keeps the proportions.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geodata.samples import files
from geodata.samples.bend import Bend
from geodata.samples.names import words
from geodata.samples.parts import Part, Post, coded, shared
from geodata.samples.town import Town

DISTRICT = "140798"
"""No real district has it."""
GRIDS_PER_LEAF, COMMUNITIES_PER_LEAF, STREETS_PER_LEAF = 1 / 20, 1 / 500, 1 / 5000
BUILDINGS, SPACES, STATIONS_PER_GRID = 15, 10, 2
"""Of each micro-grid, and of each grid."""
LEAF_M2 = 10_000.0
"""Of a micro-grid in the middle; compounds have more, the others less."""
LANED = 0.6577
"""Share of micro-grids with a lane inside: with up to three edges each they make 4.5 edges a micro-grid."""
GATED = 5
"""Every so many-th micro-grid is a compound."""


def write(folder: Path, leaves: int = 20_000) -> list[Path]:
    """Write the files of a city of so many micro-grids, in the order to import them."""
    return files.write(folder, town(leaves))


def town(leaves: int = 20_000) -> Town:
    """Return a city of so many micro-grids."""
    random = np.random.default_rng(leaves)
    names = words(random)
    counts = [max(1, round(leaves * share)) for share in (GRIDS_PER_LEAF, COMMUNITIES_PER_LEAF, STREETS_PER_LEAF)]
    laned = random.permutation(leaves) < leaves * LANED
    parts = [
        Part(
            f"{next(names)}小区" if number % GATED == 0 else f"{number + 1}号微网格",
            level="楼栋(微网格)",
            ground_m2=LEAF_M2 * random.uniform(0.85, 1.15) * (1.6 if number % GATED == 0 else 0.9),
            form="houses" if number % 3 else "slabs",
            buildings=BUILDINGS,
            households=50,
            is_compound=number % GATED == 0,
            lanes=int(laned[number]),
            spaces=SPACES,
            fire_lanes=1,
        )
        for number in range(leaves)
    ]
    for level, word, count in (("小区(网格)", "网格", counts[0]), ("社区", "社区", counts[1]), ("街道", "街道", counts[2])):
        parts = [Part(f"{next(names)}{word}", level=level, parts=tuple(below), posts=_posts(word)) for below in _grouped(parts, count)]
    district = coded(Part("示意区", DISTRICT, "区", parts=tuple(parts)), {"街道": 3, "社区": 3, "小区(网格)": 3, "楼栋(微网格)": 2})
    classes = ("primary", "secondary", "secondary", "residential", "residential")
    return Town(district, Bend(112.4, 37.4, 4, 31), 2.0, classes, "0354", has_shops=False)


def _grouped(parts: list[Part], count: int) -> list[list[Part]]:
    ends = np.cumsum(shared(len(parts), [1.0] * count)).tolist()
    return [parts[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _posts(word: str) -> tuple[Post, ...]:
    """Return the stations of a grid; other units have none."""
    return tuple(Post(f"党群服务站{number}", "小区党群服务站", 30) for number in range(1, STATIONS_PER_GRID + 1)) if word == "网格" else ()
