"""What stands where around Longze Shuyuan, on a plan in metres with the compound in its middle."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Polygon, box

from geodata.samples.plan import Drawn, Metres, Plan, block, court, houses, rows, slab, tower, towers

PLAN = Plan(lon=120.53, lat=36.11, turned_deg=6, straight_m=165)
SEED = 875

AXIS: Sequence[Metres] = ((0, -94), (0, -40), (-5, -14), (-5, 16), (0, 42), (0, 94))
"""The lane between the two grids, from the south gate to the north gate."""

COLUMNS = {"海川路": -560, "西苑街": -350, "龙泽路": -158, "书苑路": 158, "青岚路": 360, "望岳路": 590}
"""Streets that run up the plan, with where they stand."""
ROWS = {"滨海大道": -420, "山海路": -122, "松涛路": 122, "云岭路": 340, "听涛路": 560}
"""Streets that run across it."""
CLASSES = {
    "滨海大道": "primary",
    "望岳路": "primary",
    "海川路": "secondary",
    "龙泽路": "secondary",
    "山海路": "secondary",
    "听涛路": "secondary",
}
"""The others are residential."""


@dataclass(frozen=True, slots=True)
class Named:
    """A building with its number."""

    drawn: Drawn
    ref: str
    name: str
    compound: str | None = None
    households: int | None = None
    shops: int | None = None


def compound_ring(scale: float) -> tuple[list[Metres], list[Metres]]:
    """Return the outline west of the axis from its north end to its south end, and east of it from south to north."""
    west = [(-126, 94), (-134, 86), (-134, -88), (-128, -94)]
    east = [(122, -94), (134, -82), (134, 88), (128, 94)]
    return [(x * scale, y * scale) for x, y in west], [(x * scale, y * scale) for x, y in east]


def dwellings() -> Iterator[Named]:
    """Yield the ten buildings: 1 to 5 west of the axis with 438 households, 6 to 10 east of it with 437."""
    long, point = slab(3, 18, 14.5), tower(38, 21)
    sites: list[tuple[float, float, int, int, int]] = [  # right, up, storeys, households, shops
        (-98, 66, 16, 96, 0), (-38, 63, 12, 72, 0), (-84, 1, 15, 90, 0), (-97, -64, 16, 96, 20), (-38, -61, 14, 84, 18),
        (38, 63, 16, 96, 0), (97, 66, 14, 84, 0), (82, 4, 15, 90, 0), (38, -61, 14, 84, 19), (96, -64, 14, 83, 18),
    ]  # fmt: skip
    for number, (right, up, storeys, households, shops) in enumerate(sites, start=1):
        outline, units = (point, 2) if abs(up) < 10 else (long, 3)
        drawn = Drawn((right, up), outline, "住宅", storeys, units)
        yield Named(drawn, f"LZ-{number:02}", f"{number}号楼", "龙泽书苑", households, shops)


def neighbours() -> Iterator[Named]:
    """Yield the buildings of the blocks around, whose households nobody has counted."""
    number = 0
    for name, buildings in _blocks(Random(SEED)).items():  # noqa: S311  # a drawing, the same each time
        for place, drawn in enumerate(buildings, start=1):
            number += 1
            yield Named(drawn, f"SH-{number:03}", f"{name}{place}号楼" if len(buildings) > 1 else name)


def _blocks(rng: Random) -> dict[str, list[Drawn]]:
    """Return the buildings of each block: housing of several ages, a school, a market, offices, a park left free."""
    return {
        "海晏花园": rows(_site(-560, -122, -350, 122), 6, rng),
        "西苑新村": rows(_site(-350, -122, -158, 122), 11, rng),
        "松涛苑": rows(_site(-158, 122, 158, 340), 11, rng),
        "青岚居": rows(_site(158, -122, 360, 122), 7, rng),
        "望岳府": towers(_site(360, -122, 590, 122), 24, rng),
        "听涛雅居": rows(_site(-350, 340, -158, 560), 6, rng),
        "云岭家园": towers(_site(158, 122, 360, 340), 18, rng),
        "山海老村": houses(_site(-560, 122, -370, 340), rng),
        "山海实验学校": _school((-254, 236)),
        "山海农贸市场": [Drawn((-445, 480), block(86, 48), "商业", 2), Drawn((-505, 412), block(30, 40), "商业", 3)],
        "海川商务中心": _offices((-254, -262)),
        "滨海广场": _mall((20, -282)),
        "社区卫生服务中心": [Drawn((205, 470), court(52, 38, 14), "医疗", 4)],
        "山海幼儿园": [Drawn((290, 400), court(44, 30, 11), "学校", 3)],
        "崂海产业园": [Drawn((right, up), block(64, 30), "办公", 5) for up in (180, 236, 290) for right in (430, 515)],
        "云岭府": rows(_site(-158, 340, 100, 560), 17, rng),
        "海川里": rows(_site(-560, -420, -350, -122), 18, rng),
        "青岚湾": rows(_site(158, -400, 360, -122), 15, rng),
        "望岳酒店": [Drawn((470, -250), block(70, 34), "商业", 12), Drawn((470, -300), block(90, 40), "商业", 3)],
    }


def _site(west: float, south: float, east: float, north: float) -> Polygon:
    """Return what is left of a block beside its streets, the wide one in the south asking for more."""
    return box(west + 18, south + (34 if south < -300 else 20), east - 18, north - 16)


def _school(middle: Metres) -> list[Drawn]:
    right, up = middle
    teaching = [Drawn((right - 30, up + 52), court(92, 58, 15), "学校", 5), Drawn((right + 56, up + 56), block(34, 50), "学校", 3)]
    return [*teaching, Drawn((right - 62, up - 42), block(16, 40), "学校", 4)]


def _offices(middle: Metres) -> list[Drawn]:
    right, up = middle
    return [Drawn((right + x, up + y), tower(34, 34), "办公", 22) for x, y in ((-45, 60), (40, 60), (-45, -40))] + [
        Drawn((right + 42, up - 46), block(66, 52), "商业", 4)
    ]


def _mall(middle: Metres) -> list[Drawn]:
    right, up = middle
    podium = Drawn((right, up), block(150, 84), "商业", 5)
    return [podium, Drawn((right - 110, up + 20), tower(36, 36), "办公", 26), Drawn((right + 108, up + 110), block(34, 52), "商业", 3)]


def street_lines() -> Iterator[dict[str, Any]]:
    """Yield streets and lanes as rows; where streets of the plan cross they share a vertex."""
    for number, (name, street_class, points) in enumerate([*_streets(), *_lanes()], start=1):
        yield {"编号": f"L{number:02}", "道路名称": name, "道路等级": street_class, "geometry": LineString(PLAN.lonlat(points))}


def _streets() -> Iterator[tuple[str | None, str, list[Metres]]]:
    ups, rights = _steps(ROWS.values()), _steps(COLUMNS.values())
    for name, right in COLUMNS.items():
        yield name, CLASSES.get(name, "residential"), [(right, up) for up in ups]
    for name, up in ROWS.items():
        yield name, CLASSES.get(name, "residential"), [(right, up) for right in rights]


def _steps(stands: Collection[float]) -> list[float]:
    """Return the places of vertices along a street: every 25 m, at each crossing, and 70 m beyond the last."""
    first, *_, last = stands
    return sorted({*stands, *np.arange(first - 70.0, last + 71.0, 25.0).tolist(), last + 70.0})


def _lanes() -> Iterator[tuple[str | None, str, list[Metres]]]:
    """Yield the lanes of the compound and the longest ones of its neighbours."""
    ring: list[Metres] = [(-130, 48), (-130, -82), (130, -82), (130, 82), (-130, 82), (-130, 48)]
    yield "龙泽书苑环路", "service", ring
    yield "龙泽书苑中心路", "service", [(0, -122), *AXIS, (0, 122)]
    for up in (48, -46):
        yield None, "footway", [(-130, up), (130, up)]
    yield None, "footway", [(-52, 48), (-44, 18), (-5, 1), (44, -18), (52, -46)]
    for name, street_class, points in OUTSIDE:
        yield name, street_class, _dense(points)


OUTSIDE: Sequence[tuple[str | None, str, Sequence[Metres]]] = (
    ("海晏里", "service", [(-560, -2), (-350, -2)]),
    ("西苑里", "service", [(-350, -8), (-158, -8)]),
    ("松涛里", "service", [(-158, 251), (158, 251)]),
    ("青岚里", "service", [(158, -12), (360, -12)]),
    ("校前街", "service", [(-350, 160), (-158, 160)]),
    ("市场街", "service", [(-445, 340), (-445, 440)]),
    ("滨海里", "service", [(-158, -212), (158, -212)]),
    ("云岭步道", "footway", [(100, 340), (130, 420), (110, 500), (140, 560)]),
    ("山海公园步道", "footway", [(360, 420), (430, 390), (520, 400), (560, 450), (530, 520), (440, 530), (400, 480), (360, 420)]),
)
"""The lanes and paths of the blocks around."""


def _dense(points: Sequence[Metres]) -> list[Metres]:
    """Return a line with a vertex every 25 m at most, so that it bends with the ground it crosses."""
    return [(x, y) for x, y in shapely.get_coordinates(shapely.segmentize(LineString(points), 25)).tolist()]


def surroundings() -> tuple[Polygon, Polygon, Polygon]:
    """Return district, sub-district and community; the first two share their coast vertex by vertex."""
    rng = Random(SEED)  # noqa: S311  # a drawing, the same each time
    coast = _rough(COAST, rng)
    begin, end = coast.index(COAST[1]), coast.index(COAST[6])
    district = [*coast, *_rough(HILLS, rng)[1:-1]]
    street = [*coast[begin : end + 1], *_rough(RIDGE, rng)[1:-1]]
    return Polygon(district), Polygon(street), _community()


def _community() -> Polygon:
    """Return the ground between the outermost streets, along their middle lines."""
    west, east, south, north = -560, 590, -420, 560
    ups = [up for up in _steps(ROWS.values()) if south < up < north]
    rights = [right for right in _steps(COLUMNS.values()) if west < right < east]
    lower, upper = [(right, south) for right in rights], [(right, north) for right in reversed(rights)]
    right_side, left_side = [(east, up) for up in ups], [(west, up) for up in reversed(ups)]
    return PLAN.polygon([(west, south), *lower, (east, south), *right_side, (east, north), *upper, (west, north), *left_side])


COAST: Sequence[Metres] = (
    (120.405, 36.062), (120.478, 36.088), (120.512, 36.078), (120.548, 36.094), (120.572, 36.068), (120.612, 36.083), (120.655, 36.121),
    (120.702, 36.148), (120.708, 36.186), (120.684, 36.214), (120.697, 36.248), (120.662, 36.278), (120.648, 36.318),
)  # fmt: skip
"""Longitude and latitude of the coast from west to north-east, roughly."""
HILLS: Sequence[Metres] = (
    COAST[-1],
    (120.59, 36.308),
    (120.548, 36.262),
    (120.498, 36.236),
    (120.462, 36.178),
    (120.418, 36.138),
    COAST[0],
)
"""The landward border of the district, onward from the end of the coast."""
RIDGE: Sequence[Metres] = (
    COAST[6],
    (120.648, 36.162),
    (120.606, 36.182),
    (120.556, 36.163),
    (120.514, 36.152),
    (120.486, 36.124),
    COAST[1],
)
"""The landward border of the sub-district."""


def _rough(line: Sequence[Metres], rng: Random) -> list[Metres]:
    """Return a line with its corners kept and its edges broken as coasts and ridges are, by halving them four times."""
    points = list(line)
    for _ in range(4):
        halved = [points[0]]
        for (x, y), (right, up) in pairwise(points):
            shift = rng.uniform(-0.16, 0.16)
            middle = (x + right) / 2 - shift * (up - y), (y + up) / 2 + shift * (right - x)
            halved += [(round(middle[0], 8), round(middle[1], 8)), (right, up)]
        points = halved
    return points
