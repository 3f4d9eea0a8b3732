"""What stands in Longze Shuyuan beside its buildings: places that the account names, gates, parked cars, fire lanes.

The account has no gates, spaces or lanes: two gates and two doors, 140 spaces and three lanes are chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Point

from geodata.samples.longze_plan import PLAN
from geodata.samples.parts import Post
from geodata.samples.plan import Metres, block
from geodata.samples.stock import Columns

STATIONS: Sequence[tuple[Metres, Post]] = (
    ((-12, -50), Post("小木屋", "议事厅", 42, "物业用房", "每日 09:00-21:00", "议事协商;调解")),
    ((22, -104), Post("暖心驿站", "暖心驿站", 60, "服务设施用房", "每日 07:00-21:00", "饮水;休息;充电;热饭")),
    (
        (30, 10),
        Post("龙泽书苑党群服务站", "小区党群服务站", 180, "公共用房", "每日 08:30-17:30", "帮办代办;退休认证;高龄补贴;残疾证;组织关系转接"),
    ),
    ((-14, 8), Post("志愿积分存折兑换点", "志愿服务站", 24, "物业用房", "周六 09:00-11:30", "积分兑换")),
    ((-30, -106), Post("助老食堂", "助老食堂", 220, "社区办公用房", "每日 06:30-19:00", "早餐;午餐;晚餐;送餐")),
    ((208, 455), Post("社区卫生服务站", "卫生服务站", 420, "公共用房", "每日 08:00-20:00", "门诊;接种;家庭医生")),
    ((240, 470), Post("日间照料中心", "养老服务站", 510, "公共用房", "每日 08:00-17:00", "日间照料;康复")),
)
"""The account's places with where they stand on the plan: in the compound, at its street, or near by."""

GATES: Sequence[tuple[str, str, Metres]] = (
    ("龙泽书苑南门", "人车出入口", (0, -94)),
    ("龙泽书苑北门", "人车出入口", (0, 94)),
    ("龙泽书苑西门", "人行出入口", (-134, 0)),
    ("龙泽书苑东门", "人行出入口", (134, 0)),
)
LANES: Sequence[tuple[str, str, Sequence[Metres]]] = (
    ("龙泽书苑环形消防车道", "环形", [(-130, -82), (130, -82), (130, 82), (-130, 82), (-130, -82)]),
    ("龙泽书苑西侧消防车道", "尽头式", [(-126, 44), (-10, 44)]),
    ("龙泽书苑东侧消防车道", "尽头式", [(126, 44), (10, 44)]),
)


def stations() -> Columns:
    """Return the stations."""
    posts = [post for _, post in STATIONS]
    return {
        "编号": [f"LZ-S{number}" for number in range(1, len(posts) + 1)],
        "名称": [post.name for post in posts],
        "类型": [post.kind for post in posts],
        "服务时间": [post.hours for post in posts],
        "电话": [f"0532-0{number:06}" for number in range(1, len(posts) + 1)],
        "面积": [post.floor_area_m2 for post in posts],
        "用房来源": [post.premises for post in posts],
        "服务事项": [post.services for post in posts],
        "geometry": _array([Point(*PLAN.lonlat([place])[0]) for place, _ in STATIONS]),
    }


def gates() -> Columns:
    """Return the gates: in the south and north for cars too, in the west and east for people."""
    return {
        "编号": [f"LZ-G{number}" for number in range(1, len(GATES) + 1)],
        "名称": [name for name, _, _ in GATES],
        "类型": [kind for _, kind, _ in GATES],
        "geometry": _array([Point(*PLAN.lonlat([place])[0]) for *_, place in GATES]),
    }


ROWS: Sequence[tuple[str, float, float]] = (("北侧", 8, 88), ("北侧", -120, 88), ("南侧", 8, -88), ("南侧", -120, -88))
"""Rows of 35 spaces behind the ring lane: which lot, where the row begins and how far up."""
IN_ROW, SPACE_M = 35, (2.5, 5.3)


def spaces() -> Columns:
    """Return the parking spaces, in groups of seven between trees."""
    places = [(lot, (west + number * SPACE_M[0] + number // 7 * 2.5 + 2, up)) for lot, west, up in ROWS for number in range(IN_ROW)]
    return {
        "编号": [f"LZ-P{number:03}" for number in range(1, len(places) + 1)],
        "车位编号": [f"A{number:03}" for number in range(1, len(places) + 1)],
        "停车场": [f"LZ-K{lot}" for lot, _ in places],
        "层": ["地面"] * len(places),
        "类型": ["业主共有车位"] * len(places),
        "geometry": _array([PLAN.footprint(place, block(*SPACE_M)) for _, place in places]),
    }


def lots() -> Columns:
    """Return the two lots: what each side's spaces cover with the trees between them."""
    held: dict[str, list[shapely.Geometry]] = {}
    table = spaces()
    for lot, space in zip(table["停车场"], table["geometry"], strict=True):
        held.setdefault(lot, []).append(space)
    names = {"LZ-K北侧": "龙泽书苑北侧停车场", "LZ-K南侧": "龙泽书苑南侧停车场"}
    return {
        "编号": list(held),
        "停车场名称": [names[lot] for lot in held],
        "类型": ["业主共有车位"] * len(held),
        "层": ["地面"] * len(held),
        "车位数": [len(found) for found in held.values()],
        "geometry": _array([shapely.union_all([_hull(found[:IN_ROW]), _hull(found[IN_ROW:])]) for found in held.values()]),
    }


def _hull(spaces: list[shapely.Geometry]) -> shapely.Geometry:
    hull = shapely.convex_hull(shapely.union_all(spaces))
    return shapely.set_precision(hull, 1e-8)


def lanes() -> Columns:
    """Return the fire lanes."""
    drawn = [shapely.segmentize(LineString(points), 20).coords for *_, points in LANES]
    return {
        "编号": [f"LZ-X{number}" for number in range(1, len(LANES) + 1)],
        "通道名称": [name for name, _, _ in LANES],
        "形式": [form for _, form, _ in LANES],
        "净宽": [4.0, 4.0, 4.0],
        "geometry": _array([LineString(PLAN.lonlat([(x, y) for x, y in line])) for line in drawn]),
    }


def _array(shapes: Sequence[shapely.Geometry]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found
