"""Measures of the units that a plan touches and of those beside them, before it and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.rounds import round_m
from geodata.topology.grid import as_array
from gridsvc.database.queries.plan_buildings import BuildingBetween, buildings_between
from gridsvc.database.queries.plan_change import PlanChange, plan_change
from gridsvc.database.queries.plan_people import at_buildings
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.impact import Units, UnitSeen, at_level
from gridsvc.domain.measures import AMOUNTS, MEASURES, Stock
from gridsvc.domain.permissions import Action, Actor, may, require
from gridsvc.domain.units import KINDS


@dataclass(frozen=True, slots=True)
class UnitMeasured:
    """A unit with the value of each measure before the plan and after it; None where it has none."""

    key: int
    before: UnitSeen | None
    after: UnitSeen | None
    touched: bool
    """Whether the plan changes its ground; else it stands beside one that it changes."""
    was: dict[str, float | None]
    becomes: dict[str, float | None]
    where: tuple[float, float, float, float]

    @property
    def name(self) -> str:
        """Return what it is called after the plan, or was before."""
        unit = self.after or self.before
        return unit.name if unit else ""


@dataclass(frozen=True, slots=True)
class Measured:
    """The units of one level that a plan touches, with those beside them."""

    level: int
    units: list[UnitMeasured]
    measures: tuple[str, ...]
    """Keys of MEASURES that the reader may see."""
    weights: dict[str, float]
    """What counts how much for a load."""


def measures(session: Session, actor: Actor, plan: PlanRow, level: int | None = None) -> Measured:
    """Return the measures at a level, that of the lowest touched leaves unless given; means are over the units returned.

    Raises NotAllowed for whoever may not read the plan; measures that the actor may not read at its path are left out.
    """
    require(actor, Action.READ_PLANS, plan.path)
    return measured(plan_change(session, plan), actor, level)


def measured(change: PlanChange, actor: Actor, level: int | None = None) -> Measured:
    """Return the same for a change that was read already."""
    scheme = scheme_of(change.session, change.plan.jurisdiction_id)
    lowest = [change.before[key].level for key in change.leaves] + [change.after[key].level for key in change.new_leaves]
    level = level or max(lowest, default=len(scheme.levels))
    before, after = change.families(level)
    leaves = frozenset(key for key, unit in change.before.items() if unit.leaf and at_level(change.before, key, level) in set(before))
    rows = buildings_between(change, leaves).rows
    weights = {key: scheme.threshold(f"weight_{key}").figure for key in AMOUNTS}
    known = tuple(key for key, each in MEASURES.items() if each.action is None or may(actor, each.action, change.plan.path))
    people = at_buildings(change, rows)
    was = _Side(change.before, level, {row.id: row.was for row in rows}, [(kind, leaf, amount) for kind, leaf, _, amount in people])
    becomes = _Side(change.after, level, {row.id: row.becomes for row in rows}, [(kind, leaf, amount) for kind, _, leaf, amount in people])
    old = change.grounds_before(before)
    new = change.grounds(after)
    new |= change.grounds_before([key for key in after if key not in new])
    whole, found = _whole(change), []
    values = [_values(side, rows, grounds, whole, weights) for side, grounds in ((was, old), (becomes, new))]
    for key in dict.fromkeys([*before, *after]):
        then, now = ({name: each.get(key, {}).get(name) for name in known} for each in values)
        where = shapely.union_all([grounds[key] for grounds in (old, new) if key in grounds]).bounds
        touched = key not in old or key not in new or key in change.overlay
        found.append(UnitMeasured(key, change.before.get(key), change.after.get(key) if key in after else None, touched, then, now, where))
    return Measured(level, sorted(found, key=_rank), known, weights)


def _rank(unit: UnitMeasured) -> tuple[bool, str, bool, int]:
    seen = unit.after or unit.before
    code = seen.code if seen else None
    return code is None, code or "", unit.key < 0, abs(unit.key)


@dataclass(frozen=True, slots=True)
class _Side:
    """Before, or after."""

    units: Units
    level: int
    leaf_of: dict[int, int | None]
    people: list[tuple[str, int | None, float]]


def _values(
    side: _Side, rows: Iterable[BuildingBetween], grounds: dict[int, Any], whole: shapely.Geometry, weights: dict[str, float]
) -> dict[int, dict[str, float | None]]:
    """Return the value of every measure by unit."""
    keys = list(grounds)
    if not keys:
        return {}
    amounts: dict[str, dict[int, float]] = {key: defaultdict(float) for key in AMOUNTS}
    places: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        unit = at_level(side.units, side.leaf_of[row.id], side.level)
        if unit is not None:
            amounts["households"][unit] += row.households or 0
            amounts["shops"][unit] += row.shops or 0
            amounts["floor_m2"][unit] += row.floor_m2
            places[unit].append(((row.box[0] + row.box[2]) / 2, (row.box[1] + row.box[3]) / 2))
    for kind, leaf, amount in side.people:
        unit = at_level(side.units, leaf, side.level)
        if kind in amounts and unit is not None:
            amounts[kind][unit] += amount
    amounts["round_m"] |= {key: round_m(*np.array(places[key]).T) for key in keys if places[key]}
    arrays = {name: np.array([by_key[key] for key in keys], dtype=np.float64) for name, by_key in amounts.items()}
    lived = np.array([KINDS[side.units[key].kind].has_residents for key in keys], dtype=np.float64)
    mean = {name: float(each[lived > 0].mean()) if (lived > 0).any() else 0.0 for name, each in arrays.items()}
    stock = Stock(as_array(grounds.values()), whole, arrays, lived, mean, weights)
    columns = {name: each.compute(stock) for name, each in MEASURES.items()}
    return {key: {name: _plain(column[at]) for name, column in columns.items()} for at, key in enumerate(keys)}


def _plain(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _whole(change: PlanChange) -> shapely.Geometry:
    """Return the ground of the jurisdiction before the plan."""
    tops = [row.unit_id for row in change.ask(_TOPS, {"place": change.plan.jurisdiction_id})]
    found = change.grounds_before(tops)
    return shapely.union_all(list(found.values()))


_TOPS = "SELECT unit_id FROM unit_version WHERE jurisdiction_id = :place AND parent_id IS NULL AND upper_inf(unit_version.valid)"
