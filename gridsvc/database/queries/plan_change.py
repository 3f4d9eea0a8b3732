"""What a plan touches, without looking at the rest: its units before and after, and the leaves whose things may come to others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Result, Row, text
from sqlalchemy.orm import Session

from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.plans import PlanRow
from gridsvc.domain.coverage import REMAINDER
from gridsvc.domain.impact import UnitSeen, at_level


@dataclass
class PlanChange:
    """The units that a plan changes, with all above them, as they are and as they will be."""

    session: Session
    plan: PlanRow
    before: dict[int, UnitSeen] = field(default_factory=dict)
    after: dict[int, UnitSeen] = field(default_factory=dict)
    overlay: frozenset[int] = frozenset()
    """Every unit that a move changed, if only by a vertex."""
    drawn: dict[int, int] = field(default_factory=dict)
    """The row of plan_unit with the newest ground of each unit that the plan changes and leaves there, by key."""
    redrawn: frozenset[int] = frozenset()
    """Leaves of today whose ground changes, ends or is divided."""
    attached: frozenset[int] = frozenset()
    """Leaves of today that come below another unit, with the ground they have."""
    hung: frozenset[int] = frozenset()
    """Units that come below another one."""
    apart: frozenset[int] = frozenset()
    """Inner units of today that end or come below another one, and those below the latter: posts hang at them."""

    as_of: datetime | None = None
    """The last instant of its base where another edition came since, as for a plan that was published; else None."""
    grows: bool = False
    """Whether leaves get ground that belonged to none."""

    def ask(self, sql: str, given: Mapping[str, object]) -> Result[*tuple[Any, ...]]:
        """Ask for what is current, or was at the end of the plan's base."""
        if self.as_of is not None:
            sql = _CURRENT.sub(r"\1.valid @> cast(:as_of AS timestamptz)", sql)
        return self.session.execute(text(sql), {**given, "as_of": self.as_of} if self.as_of is not None else given)

    @property
    def leaves(self) -> frozenset[int]:
        """Return the leaves of today that the plan touches."""
        return self.redrawn | self.attached

    def stays_leaf(self, key: int) -> bool:
        """Say whether a leaf of today is one after the plan."""
        return self.after[key].leaf if key in self.after else key not in self.before

    def complete(self, keys: Iterable[int | None]) -> None:
        """Enter leaves of today that the plan leaves alone, and all above them."""
        named = [key for key in keys if key is not None and key not in self.before and key not in self.after]
        _look_up(self, self.before, named)
        _look_up(self, self.after, named)

    def families(self, level: int) -> tuple[list[int], list[int]]:
        """Return the units of a level that the plan touches with all that stand beside them below the same unit, before and after.

        Remainders aside; all that is below them is entered.
        """
        touched = {at_level(self.before, key, level) for key in self.leaves}
        above = {self.before[key].parent for key in touched if key is not None and self.before[key].level == level}
        touched = {at_level(self.after, key, level) for key in {*self.new_leaves, *self.attached}}
        above |= {self.after[key].parent for key in touched if key is not None and self.after[key].level == level}
        top = "(v.parent_id IS NULL AND :top AND v.jurisdiction_id = :place)"
        which = f"v.level = :level AND v.kind <> 'remainder' AND (v.parent_id = ANY(cast(:ids AS bigint[])) OR {top})"
        given = {"level": level, "ids": [key for key in above if key is not None], "top": None in above, "place": self.plan.jurisdiction_id}
        rows = [UnitSeen(*row) for row in self.ask(_UNITS.format(which=which), given)]
        fresh: dict[int, UnitSeen] = {row.key: row for row in rows if row.key not in self.before}
        _below(self, fresh, [row.key for row in rows if not row.leaf])
        self.after |= {key: row for key, row in fresh.items() if key not in self.overlay and key not in self.after}
        self.before = fresh | self.before
        now = [row.key for row in self.after.values() if row.level == level and row.parent in above and row.kind != REMAINDER]
        return [row.key for row in rows], now

    @cached_property
    def new_leaves(self) -> list[int]:
        """Return the leaves that the plan draws, by rank: by code, those without by age, remainders last."""
        drawn = [self.after[key] for key in self.drawn if self.after[key].leaf]
        return [unit.key for unit in sorted(drawn, key=rank)]

    @cached_property
    def ground_after(self) -> dict[int, Any]:
        """Return the ground of the leaves that the plan draws, by key."""
        return self.grounds(self.new_leaves)

    @cached_property
    def ground_before(self) -> dict[int, Any]:
        """Return the ground of today of the leaves that the plan redraws, by key."""
        return self.grounds_before(sorted(self.redrawn))

    def grounds(self, keys: Iterable[int]) -> dict[int, Any]:
        """Return the newest ground of units that the plan changes, by key."""
        wanted = [key for key in keys if key in self.drawn]
        rows = self.ask(_GROUND_AFTER, {"ids": [self.drawn[key] for key in wanted]}).all()
        return {row.key: shape for row, shape in zip(rows, from_wkb([row.geom for row in rows]), strict=True)}

    def grounds_before(self, keys: Iterable[int]) -> dict[int, Any]:
        """Return the ground of units of today, by key."""
        rows = self.ask(_GROUND_BEFORE, {"ids": list(keys)}).all()
        return {row.key: shape for row, shape in zip(rows, from_wkb([row.geom for row in rows]), strict=True)}


def rank(unit: UnitSeen) -> tuple[bool, bool, str, bool, int]:
    """Return what leaves are ordered by where a border is shared, as `placement.Ground` orders them once they have their ids."""
    return unit.kind == REMAINDER, unit.code is None, unit.code or "", unit.key < 0, abs(unit.key)


def plan_change(session: Session, plan: PlanRow) -> PlanChange:
    """Return what a plan touches: few statements, and none reads a unit that it leaves alone but those above."""
    overlay = {row.key: row for row in session.execute(text(_OVERLAY), {"plan": plan.id})}
    found = PlanChange(session, plan, as_of=session.scalar(text(_BASE_ENDED), {"plan": plan.id}) if plan.stale else None)
    _look_up(found, found.before, [key for key in overlay if key > 0])
    hung = [key for key, row in overlay.items() if key in found.before and not row.gone and row.parent != found.before[key].parent]
    below = _below(found, found.before, [key for key in hung if not found.before[key].leaf])
    found.after = {key: unit for key, unit in found.before.items() if key not in overlay}
    divided = {row.parent for row in overlay.values() if not row.gone}
    found.after |= {key: _seen(row, found.before.get(key), divided) for key, row in overlay.items() if not row.gone}
    _look_up(found, found.after, (row.parent for row in overlay.values() if row.parent is not None))
    found.overlay = frozenset(overlay)
    found.drawn = {key: row.id for key, row in overlay.items() if not row.gone}
    leaves = {key for key, unit in found.before.items() if unit.leaf}
    changed = {key for key in leaves & overlay.keys() if overlay[key].gone or overlay[key].moved or key in divided}
    found.redrawn, found.hung = frozenset(changed), frozenset(hung)
    found.attached = frozenset(((leaves & set(hung)) | (leaves & below)) - changed)
    ended = {key for key, row in overlay.items() if row.gone and key in found.before}
    found.apart = frozenset((ended | set(hung) | below) - leaves)
    return found


def _seen(row: Row[Any], before: UnitSeen | None, divided: set[int]) -> UnitSeen:
    leaf = row.key not in divided and (before is None or before.leaf)
    return UnitSeen(row.key, row.parent, row.level, row.kind, row.code, row.name, leaf)


def _look_up(change: PlanChange, units: dict[int, UnitSeen], keys: Iterable[int]) -> None:
    """Enter units of today that are not there, and all above them."""
    missing = {key for key in keys if key > 0 and key not in units}
    if missing:
        rows = change.ask(_UNITS.format(which="v.unit_id = ANY(:ids)"), {"ids": list(missing)})
        units |= {row.key: UnitSeen(*row) for row in rows}
        _look_up(change, units, [unit.parent for key in missing if (unit := units.get(key)) and unit.parent is not None])


def _below(change: PlanChange, units: dict[int, UnitSeen], keys: list[int]) -> set[int]:
    """Enter the units of today below these, and return their keys."""
    if not keys:
        return set()
    which = "v.path <@ ANY(ARRAY(SELECT u.path FROM unit_version u WHERE u.unit_id = ANY(:ids) AND upper_inf(u.valid)))"
    rows = change.ask(_UNITS.format(which=which), {"ids": keys}).all()
    units |= {row.key: UnitSeen(*row) for row in rows}
    return {row.key for row in rows} - set(keys)


_CURRENT = re.compile(r"upper_inf\((\w+)\.valid\)")
_BASE_ENDED = """
SELECT min(e.effective_at) - interval '1 microsecond' FROM plan p JOIN edition e ON e.jurisdiction_id = p.jurisdiction_id
WHERE p.id = :plan AND (p.edition_id IS NULL OR e.id > p.edition_id)
"""
_OVERLAY = """
SELECT DISTINCT ON (u.unit_key) u.id, u.unit_key AS key, u.parent_key AS parent, u.level, u.kind, u.code, u.name, u.geom IS NULL AS gone,
       bool_or(u.moved) OVER (PARTITION BY u.unit_key) AS moved
FROM plan_unit u JOIN plan_move m ON m.id = u.move_id AND NOT m.undone
WHERE u.plan_id = :plan ORDER BY u.unit_key, m.serial DESC
"""
_UNITS = """
SELECT v.unit_id AS key, v.parent_id AS parent, v.level, v.kind, v.code, v.name, v.leaf FROM unit_version v
WHERE {which} AND upper_inf(v.valid)
"""
_GROUND_AFTER = "SELECT u.unit_key AS key, ST_AsBinary(u.geom) AS geom FROM plan_unit u WHERE u.id = ANY(:ids)"
_GROUND_BEFORE = """
SELECT v.unit_id AS key, ST_AsBinary(v.geom) AS geom FROM unit_version v WHERE v.unit_id = ANY(:ids) AND upper_inf(v.valid)
"""
