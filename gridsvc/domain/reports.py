"""Reports (报表): what the columns count, periods, sums that hold, and why a figure differs from the last period's."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple, Self

from gridsvc.domain.instants import SHANGHAI
from gridsvc.domain.organisations import BRANCHES
from gridsvc.domain.posts import tiers_needed
from gridsvc.domain.schemes import Scheme
from gridsvc.errors import Invalid


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report."""

    key: str
    """As sql/79_reports.sql calls it."""
    name_zh: str
    name_en: str
    counts_zh: str
    """What it counts (口径)."""
    counts_en: str


_COUNTED = """
buildings · 楼栋 · Buildings · 落位在本单元的全部楼栋 · All buildings placed here
households · 户数 · Households · 各楼栋登记或估算的户数之和，不含商户 · Households of the buildings, counted or estimated; no shops
shops · 商户 · Shops · 各楼栋登记的商户数之和 · Shops of the buildings
dwellings.own · 自住 · Own use · 住户台账中用途为自住的房屋 · Dwellings in the list whose use is own
dwellings.let · 出租 · Let · 住户台账中用途为出租的房屋 · Dwellings in the list whose use is let
dwellings.vacant · 空置 · Vacant · 住户台账中用途为空置的房屋 · Dwellings in the list whose use is vacant
dwellings.resident · 常住 · Resident · 有常住人口的房屋，与用途是两回事，不可相加 · Dwellings with permanent residents, whatever their use
members_home · 居住党员 · Members at home · 按家庭住址所在楼栋计 · Members by the building of their home
members_reported · 报到党员 · Members reported · 按报到支部的牵头地块计，每人一次 · Members where the branch reported to leads
members_branch · 组织关系党员 · Members by membership · 按组织关系所在支部的牵头地块计，每人一次 · Members where their own branch leads
branches · 党支部 · Branches · 联建支部只在牵头地块计一次 · Branches; a joint one once, where it leads
groups · 党小组 · Groups · 联建小组只在牵头地块计一次 · Groups; a joint one once, where it leads
posts_filled · 在岗人次 · Posts held · 平时名册上的任职，一人多岗计多次 · Appointments of the ordinary roster; two posts count twice
posts_vacant · 空缺岗位 · Posts vacant · 方案要求必设而无人任职的网格长、楼长等 · Tiers that a place must have and nobody holds
stations · 服务站点 · Stations · 落位在本单元的全部站点 · All stations placed here
parking_spaces · 车位 · Parking spaces · 已落图的车位 · Spaces that are drawn
fire_lanes · 消防通道 · Fire lanes · 按最长一段所在单元计一次 · Lanes, once, where most of each runs
"""
COUNTED = tuple(Column(*line.split(" · ")) for line in _COUNTED.strip().splitlines())
"""What every place counts, behind its units by level."""


def columns(scheme: Scheme) -> list[Column]:
    """Return the columns of a place's reports: its units level by level, then what every place counts."""
    counts = "本单元及以下的{}，不含其余地面", "{} here and below, remainders aside"
    units = [
        Column(
            f"units.{each.number}", each.name_zh, each.name_en_plural, counts[0].format(each.name_zh), counts[1].format(each.name_en_plural)
        )
        for each in scheme.levels
    ]
    return [*units, *COUNTED]


def terms(scheme: Scheme) -> dict[str, Any]:
    """Return what sql/79_reports.sql has to know of a scheme: the kinds that are branches, and the tiers that must be held."""
    return {"branches": sorted(BRANCHES), "tiers": tiers_needed(scheme)}


@dataclass(frozen=True, slots=True)
class Period:
    """A year, quarter or month in Shanghai."""

    label: str
    begins: date
    ends: date
    """The first day after it."""

    @classmethod
    def of(cls, label: str) -> Self:
        """Return the period that `2026`, `2026-Q4` or `2026-11` names; raise Invalid for anything else."""
        found = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", label.strip().upper())
        if found is None or not 1900 <= int(found[1]) < 9999:
            raise Invalid("{given!r} is no period; 2026, 2026-Q4 or 2026-11 would be right.", given=label)
        year, quarter, month = (int(part) if part else 0 for part in found.groups())
        first, months = (quarter * 3 - 2, 3) if quarter else (month, 1) if month else (1, 12)
        behind = first + months
        return cls(found[0], date(year, first, 1), date(year + (behind > 12), (behind - 1) % 12 + 1, 1))

    def over(self, now: datetime) -> datetime:
        """Return the instant at which its figures are taken: its end, or now while it lasts; raise Invalid before it begins."""
        begin, end = (datetime.combine(day, time(), SHANGHAI) for day in (self.begins, self.ends))
        if now < begin:
            raise Invalid("The period {label} has not begun yet.", label=self.label)
        return min(end, now)


class Change(NamedTuple):
    """Why a figure of a unit differs from the last report's: now = before + corrected + new - gone + adjusted."""

    row: int
    column: int
    before: int
    corrected: int
    """What was brought in late for the time before: it never changes the frozen report, and shows here."""
    new: int
    gone: int
    adjusted: int
    """What counts elsewhere because ground moved, with its sign."""
    now: int

    @property
    def balances(self) -> bool:
        """Say whether the parts explain the difference."""
        return self.now == self.before + self.corrected + self.new - self.gone + self.adjusted


def misses(content: Mapping[str, Any]) -> list[tuple[int, int, int]]:
    """Return where a report's sums do not hold: row, column, and by how much the unit exceeds its children and what it has of its own."""
    rows: Sequence[Mapping[str, Any]] = content["rows"]
    below: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        if row["parent"] is not None:
            below.setdefault(row["parent"], []).append(place)
    found = []
    for place, children in below.items():
        for column, whole in enumerate(rows[place]["values"]):
            rest = whole - rows[place]["own"][column] - sum(rows[child]["values"][column] for child in children)
            if rest:
                found.append((place, column, rest))
    return found


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a report's content as canonical JSON: keys in order, no blanks, UTF-8."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
