"""What the rules say of a plan: located findings, never yes or no; every limit is a threshold of the scheme, with its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from geodata.findings import Box, Finding, Severity
from gridsvc.domain.codes import code_fault
from gridsvc.domain.impact import Units, UnitSeen
from gridsvc.domain.schemes import Scheme
from gridsvc.domain.thresholds import Threshold
from gridsvc.domain.units import KINDS


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf that the plan draws, with the boxes of its parts, the largest first."""

    unit: UnitSeen
    parts: Sequence[Box]
    parts_before: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A unit after the plan, with its measures."""

    unit: UnitSeen
    values: Mapping[str, float | None]
    where: Box


@dataclass(frozen=True, slots=True)
class Cut:
    """A building through which a border goes."""

    name: str
    leaf: str
    """Where it belongs."""
    cut_m2: float
    cut_share: float
    where: Box


@dataclass(frozen=True, slots=True)
class Divided:
    """A compound whose buildings stand in more leaves than before."""

    name: str
    leaves: Sequence[str]
    before: int
    where: Box


@dataclass(frozen=True, slots=True)
class Crossed:
    """Ground that goes from one unit of the level of communities, or above, to another."""

    source: str
    target: str
    ground_m2: float
    where: Box


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A plan as its rules see it."""

    scheme: Scheme
    after: Units
    tiling: Sequence[Finding] = ()
    """What the coverage itself has against it."""
    leaves: Sequence[Leaf] = ()
    judged: Sequence[Judged] = ()
    cuts: Sequence[Cut] = ()
    compounds: Sequence[Divided] = ()
    crossed: Sequence[Crossed] = ()
    posts: Mapping[int, Mapping[str, int]] | None = None
    """By unit and post, how many hold it; None where the reader may not count."""
    changed: frozenset[int] = field(default_factory=frozenset)
    """Units that the plan makes, draws or describes otherwise."""
    taken: Mapping[str, int] = field(default_factory=dict)
    """Codes that were ever given, and the unit that had each."""


Rule: TypeAlias = Callable[[Redrawn], Iterable[Finding]]


def tiling(plan: Redrawn) -> Iterable[Finding]:
    """Leaves tile: no gap, no overlap (CJ/T 349-2010, 6.1.1)."""
    return plan.tiling


def contiguous(plan: Redrawn) -> Iterator[Finding]:
    """A grid is one closed piece of ground (CJ/T 349-2010, 6.1.1); an exclave that was there before is told, no more."""
    for leaf in plan.leaves:
        if not KINDS[leaf.unit.kind].has_code:
            continue
        severity: Severity = "warning" if len(leaf.parts) > max(leaf.parts_before, 1) else "info"
        told = "{name} falls into {count} pieces; this one lies apart."
        for box in leaf.parts[1:]:
            yield Finding("not-contiguous", severity, told, {"name": leaf.unit.name, "count": len(leaf.parts)}, box)


def borders_respected(plan: Redrawn) -> Iterator[Finding]:
    """No grid crosses the border of a residents' committee (夏阳街道 青夏街〔2022〕41号); a plan that moves one says so."""
    for each in plan.crossed:
        values = {"ground_m2": each.ground_m2, "source": each.source, "target": each.target}
        told = "{ground_m2:,.0f} m² of {source} come to {target}: a border that grids have to keep moves."
        yield Finding("community-border", "warning", told, values, each.where)


def buildings_whole(plan: Redrawn) -> Iterator[Finding]:
    """A border cuts no building (CJ/T 213-2005, chapter 4: what is managed stays whole)."""
    least_m2, least_share = plan.scheme.threshold("cut_m2"), plan.scheme.threshold("cut_share")
    for cut in plan.cuts:
        if cut.cut_m2 > least_m2.figure and cut.cut_share > least_share.figure:
            values = {"name": cut.name, "cut_m2": cut.cut_m2, "unit": cut.leaf}
            told = "The border cuts {cut_m2:,.0f} m² off {name}, which belongs to {unit}."
            yield Finding("building-cut", least_m2.severity, told, values, cut.where)


def compounds_whole(plan: Redrawn) -> Iterator[Finding]:
    """A compound stays in one grid where it can (CJ/T 213-2005, chapter 4: courtyards and compounds are kept whole)."""
    for each in plan.compounds:
        values = {"name": each.name, "units": "、".join(each.leaves), "count": len(each.leaves), "before": each.before}
        told = "The buildings of {name} stand in {count} units instead of {before}: {units}."
        yield Finding("compound-divided", "warning", told, values, each.where)


def households_in_range(plan: Redrawn) -> Iterator[Finding]:
    """Households of a level lie in the range that its scheme names, exclusive grids aside (zones without residents have no limit)."""
    for each in plan.judged:
        limit, count = plan.scheme.households(each.unit.level), each.values.get("households")
        if limit is None or count is None or not KINDS[each.unit.kind].has_residents or limit.admits(count):
            continue
        yield _out(each, limit, "households-out-of-range", "{name} has {value:,.0f} households; {range} would be right ({source}).", count)


def _out(each: Judged, limit: Threshold, code: str, told: str, value: float) -> Finding:
    values = {"name": each.unit.name, "value": value, "range": _range(limit), "source": limit.source}
    return Finding(code, limit.severity, told, values, each.where)


def _range(limit: Threshold) -> str:
    low, high = ("" if end is None else f"{end:,g}" for end in (limit.low, limit.high))
    return f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}"


def _within(measure: str, threshold: str, code: str, told: str) -> Rule:
    """Return the rule that a measure of units with residents lies within a threshold."""

    def rule(plan: Redrawn) -> Iterator[Finding]:
        limit = plan.scheme.threshold(threshold)
        for each in plan.judged:
            value = each.values.get(measure)
            if value is not None and KINDS[each.unit.kind].has_residents and not limit.admits(value):
                yield _out(each, limit, code, told, value)

    return rule


def led(plan: Redrawn) -> Iterator[Finding]:
    """No unit is without a holder of the posts that its level needs (the tiers of the scheme)."""
    if plan.posts is None:
        return
    for unit in (plan.after[key] for key in sorted(plan.changed) if key in plan.after):
        level = plan.scheme.levels[unit.level - 1].key
        for tier in plan.scheme.tiers:
            if level != tier.at[-1] or not tier.holders_min or not KINDS[unit.kind].has_code:
                continue
            if plan.posts.get(unit.key, {}).get(tier.key, 0) < tier.holders_min:
                values = {"name": unit.name, "post": tier.name_zh}
                yield Finding("without-leader", "warning", "{name} has nobody as {post} yet.", values, _where(plan, unit.key))


def coded(plan: Redrawn) -> Iterator[Finding]:
    """Codes follow the rule of their level, begin with the parent's and are given once (GB/T 2260, GB/T 10114, CJ/T 349-2010)."""
    given = Counter(unit.code for unit in plan.after.values() if unit.code)
    for unit in (plan.after[key] for key in sorted(plan.changed) if key in plan.after):
        level = plan.scheme.levels[unit.level - 1]
        digits = plan.scheme.code_length(level)
        where = _where(plan, unit.key)
        if not KINDS[unit.kind].has_code:
            continue
        if unit.code is None:
            if level.code_required:
                yield Finding("code-missing", "error", "{name} has no code, which its level requires.", {"name": unit.name}, where)
            continue
        above = plan.after[unit.parent].code if unit.parent is not None else None
        if digits is not None and (fault := code_fault(unit.code, digits=digits, parent=above or "")):
            yield Finding(fault.code, "warning", fault.template, fault.values, where)
        if given[unit.code] > 1 or plan.taken.get(unit.code, unit.key) != unit.key:
            yield Finding(
                "code-given", "error", "The code {code} of {name} belongs to another unit.", {"code": unit.code, "name": unit.name}, where
            )


def _where(plan: Redrawn, key: int) -> Box | None:
    return next((each.where for each in plan.judged if each.unit.key == key), None)


RULES: dict[str, Rule] = {
    "tiling": tiling,
    "contiguous": contiguous,
    "borders_respected": borders_respected,
    "buildings_whole": buildings_whole,
    "compounds_whole": compounds_whole,
    "households": households_in_range,
    "deviation": _within(
        "deviation",
        "deviation_share",
        "deviates",
        "{name} deviates from the mean by {value:+.0%} households ({source}).",
    ),
    "floor_m2": _within(
        "floor_m2", "unit_floor_m2", "floor-area", "{name} has {value:,.0f} m² of floor area; {range} is right ({source})."
    ),
    "load": _within("load", "load_times", "overloaded", "The load of {name} is {value:.2f} times the mean ({source})."),
    "compact": _within("polsby_popper", "polsby_popper", "not-compact", "{name} is far from compact: {value:.2f} ({source})."),
    "led": led,
    "coded": coded,
}
"""Every rule of a plan by name; a later one joins by an entry."""


def judge(plan: Redrawn) -> list[Finding]:
    """Return what all rules say, errors first."""
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted((finding for rule in RULES.values() for finding in rule(plan)), key=lambda finding: order[finding.severity])
