"""What a plan touches, without looking at the rest: its units before and after, and the leaves whose things may come to others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.topology import Ground
from gridsvc.database.asking import ask
from gridsvc.database.queries.coverage import kept_frame
from gridsvc.database.queries.plan_base import UNITS, Asked, Base, Kept
from gridsvc.database.queries.plan_overlay import Drawn
from gridsvc.database.queries.plan_overlay import overlay as overlay_of
from gridsvc.database.queries.plans import Planned, PlanRow
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.coverage import REMAINDER, Frame
from gridsvc.domain.impact import UnitSeen, at_level
from gridsvc.domain.schemes import Scheme


@dataclass
class PlanChange:
    """The units that a plan changes, with all above them, as they are and as they will be."""

    session: Session
    plan: PlanRow
    before: dict[int, UnitSeen] = field(default_factory=dict)
    after: dict[int, UnitSeen] = field(default_factory=dict)
    overlay: frozenset[int] = frozenset()
    """Every unit that a move changed, if only by a vertex."""
    drawn: dict[int, Ground] = field(default_factory=dict)
    """The newest ground of each unit that the plan changes and leaves there, by key."""
    redrawn: frozenset[int] = frozenset()
    """Leaves of today whose ground changes, ends or is divided."""
    attached: frozenset[int] = frozenset()
    """Leaves of today that come below another unit, with the ground they have."""
    hung: frozenset[int] = frozenset()
    """Units that come below another one."""
    apart: frozenset[int] = frozenset()
    """Inner units of today that end or come below another one, and those below the latter: posts hang at them."""

    frame: Frame | None = None
    """Today's units where this process keeps them and the plan stands upon them."""
    as_of: datetime | None = None
    """The last instant of its base where another edition came since, as for a plan that was published; else None."""
    edge_moves: bool = False
    """Whether a unit with none above it got another ground: else none came in at the edge of the jurisdiction."""
    grows: bool = False
    """Whether leaves get ground that belonged to none."""

    def ask(self, sql: str, given: Mapping[str, object]) -> list[Any]:
        """Ask for what is current, or was at the end of the plan's base."""
        if self.as_of is not None:
            sql = _CURRENT.sub(r"\1.valid @> cast(:as_of AS timestamptz)", sql)
        return ask(self.session, sql, {**given, "as_of": self.as_of} if self.as_of is not None else given)

    @cached_property
    def base(self) -> Base:
        """Answer about the units upon which the plan stands."""
        return Asked(self.ask) if self.frame is None else Kept(self.frame)

    @cached_property
    def scheme(self) -> Scheme:
        """Give the scheme of the jurisdiction."""
        return scheme_of(self.session, self.plan.jurisdiction_id)

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
        rows = [UnitSeen(*row) for row in self.ask(UNITS.format(which=which), given)]
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
        return {key: self.drawn[key] for key in keys if key in self.drawn}

    def grounds_before(self, keys: Iterable[int]) -> dict[int, Any]:
        """Return the ground of units of today, by key."""
        return self.base.grounds(list(keys))


def rank(unit: UnitSeen) -> tuple[bool, bool, str, bool, int]:
    """Return what leaves are ordered by where a border is shared, as `placement.Ground` orders them once they have their ids."""
    return unit.kind == REMAINDER, unit.code is None, unit.code or "", unit.key < 0, abs(unit.key)


def plan_change(session: Session, plan: PlanRow, at: Planned | None = None) -> PlanChange:
    """Return what a plan touches: few statements, and none reads a unit that it leaves alone but those above.

    `at` is what `planned` answers of it, where the caller has asked just now.
    """
    laid = None if at is None or plan.stale else at.laid
    if laid is None:
        overlay = overlay_of(session, plan.id).units
        frame = None if plan.stale else kept_frame(session, plan.jurisdiction_id)
    else:
        overlay, frame = laid.units, laid.base
    ended_at = session.scalar(text(_BASE_ENDED), {"plan": plan.id}) if plan.stale else None
    found = PlanChange(session, plan, frame=frame, as_of=ended_at)
    _look_up(found, found.before, [key for key in overlay if key > 0])
    hung = [key for key, unit in overlay.items() if key in found.before and not unit.gone and unit.parent != found.before[key].parent]
    below = _below(found, found.before, [key for key in hung if not found.before[key].leaf])
    found.after = {key: unit for key, unit in found.before.items() if key not in overlay}
    divided = {unit.parent for unit in overlay.values() if not unit.gone}
    found.after |= {key: _seen(unit, found.before.get(key), divided) for key, unit in overlay.items() if not unit.gone}
    _look_up(found, found.after, (unit.parent for unit in overlay.values() if unit.parent is not None))
    found.overlay = frozenset(overlay)
    found.edge_moves = any(unit.moved and unit.parent is None for unit in overlay.values())
    found.drawn = {key: unit.ground for key, unit in overlay.items() if not unit.gone}
    leaves = {key for key, unit in found.before.items() if unit.leaf}
    changed = {key for key in leaves & overlay.keys() if overlay[key].gone or overlay[key].moved or key in divided}
    found.redrawn, found.hung = frozenset(changed), frozenset(hung)
    found.attached = frozenset(((leaves & set(hung)) | (leaves & below)) - changed)
    ended = {key for key, unit in overlay.items() if unit.gone and key in found.before}
    found.apart = frozenset((ended | set(hung) | below) - leaves)
    return found


def _seen(unit: Drawn, before: UnitSeen | None, divided: set[int | None]) -> UnitSeen:
    leaf = unit.key not in divided and (before is None or before.leaf)
    return unit.seen if leaf else replace(unit.seen, leaf=False)


def _look_up(change: PlanChange, units: dict[int, UnitSeen], keys: Iterable[int]) -> None:
    """Enter units of today that are not there, and all above them."""
    missing = {key for key in keys if key > 0 and key not in units}
    if missing:
        units |= {unit.key: unit for unit in change.base.units(missing)}
        _look_up(change, units, [unit.parent for key in missing if (unit := units.get(key)) and unit.parent is not None])


def _below(change: PlanChange, units: dict[int, UnitSeen], keys: list[int]) -> set[int]:
    """Enter the units of today below these, and return their keys."""
    if not keys:
        return set()
    found = {unit.key: unit for unit in change.base.below(keys)}
    units |= found
    return found.keys() - set(keys)


_CURRENT = re.compile(r"upper_inf\((\w+)\.valid\)")
_BASE_ENDED = """
SELECT min(e.effective_at) - interval '1 microsecond' FROM plan p JOIN edition e ON e.jurisdiction_id = p.jurisdiction_id
WHERE p.id = :plan AND (p.edition_id IS NULL OR e.id > p.edition_id)
"""
