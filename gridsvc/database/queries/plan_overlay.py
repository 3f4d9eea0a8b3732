"""What the moves of a plan changed: the newest state of each unit, kept in this process by the moves that count.

The rows of a move are written with it and never again, and no id of a move is given twice. So what moves made of a unit is known by their
ids, and which count is asked anew each time, under the reader's rights: what another process did, what was undone or rolled back is read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import shapely
from shapely import Polygon
from sqlalchemy import Pool, Row, text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.topology import Ground
from gridsvc.database.asking import ask
from gridsvc.database.queries.coverage import from_wkb, simplest
from gridsvc.domain.coverage import Coverage, Frame, UnitState
from gridsvc.domain.impact import UnitSeen
from gridsvc.domain.told import finding_of


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The newest state of a unit that a plan changes."""

    key: int
    parent: int | None
    level: int
    kind: str
    code: str | None
    name: str
    ground: Ground
    """Empty for a unit that is no more."""
    gone: bool
    moved: bool
    """Whether one of the moves changed its ground; else it only got vertices, or is described otherwise."""
    reason: Finding | None
    moves: frozenset[int]
    """Those that changed it."""
    seen: UnitSeen
    """The same as an impact tells of it, a leaf."""


class Overlay:
    """What a plan changes, as its moves left it."""

    def __init__(self, units: Mapping[int, Drawn], before: Overlay | None = None) -> None:
        """`before` is what it was when other moves counted, of which most stays."""
        self.units = units
        """By key, the highest first: new units in the order of their making, whose keys count down."""
        self._laid: Laid | None = None if before is None else before._laid

    def upon(self, base: Frame) -> Laid:
        """Return the units as they stand upon a base."""
        if self._laid is None or self._laid.base is not base or self._laid.units is not self.units:
            self._laid = Laid(base, self.units, self._laid)
        return self._laid


class Laid:
    """What a plan changes, as the units of a coverage."""

    def __init__(self, base: Frame, units: Mapping[int, Drawn], before: Laid | None) -> None:
        """`before` is what a plan changed earlier: what it changes still is taken over."""
        self.base, self.units = base, units
        new = [key for key in units if key not in base.place_of]
        self.new = {key: place for place, key in enumerate(new, len(base.units))}
        """The places of the units that the plan makes, by key."""
        self.states: dict[int, UnitState | None] = {}
        """By key; None for a unit that is as it is in the base."""
        self.moved: set[int] = set()
        """The keys of those that have another ground."""
        known = before if before and before.base is base and self._places_as(before) else None
        for key, unit in units.items():
            if known and known.units.get(key) is unit:
                self.states[key] = known.states[key]
                self.moved |= known.moved & {key}
            else:
                self._lay(unit)

    @cached_property
    def coverage(self) -> Coverage:
        """Give the coverage, of which a copy may be changed."""
        changed = {self.place(key): state for key, state in self.states.items() if state is not None}
        return Coverage.over(self.base, changed, map(self.place, self.moved))

    def place(self, key: int) -> int:
        """Return the place of a unit."""
        return self.new[key] if key in self.new else self.base.place_of[key]

    def _places_as(self, before: Laid) -> bool:
        return all(self.new.get(key, place) == place for key, place in before.new.items())

    def _lay(self, unit: Drawn) -> None:
        was = None if unit.key in self.new else self.base.units[self.base.place_of[unit.key]]
        now = replace(
            was or UnitState(unit.level, unit.name), level=unit.level, kind=unit.kind, code=unit.code, name=unit.name,
            parent=None if unit.parent is None else self.place(unit.parent), ground=unit.ground,
        )  # fmt: skip
        self.states[unit.key] = None if was == now else now
        if unit.moved and not (was is not None and shapely.equals_identical(was.ground, now.ground)):
            self.moved.add(unit.key)


MOST_PLANS = 24
"""How many plans a process keeps, those last asked for."""
_kept: WeakKeyDictionary[Pool, dict[int, tuple[frozenset[int], Overlay]]] = WeakKeyDictionary()


def overlay(session: Session, plan_id: int, counting: Collection[int] | None = None) -> Overlay:
    """Return what a plan changes; the same object for as long as the same moves count.

    `counting` are their ids where the caller has asked just now, under the rights of the reader.
    """
    kept = _kept.setdefault(session.get_bind().engine.pool, {})
    before, found = kept.pop(plan_id, (frozenset(), Overlay({})))
    now = frozenset(session.scalars(_COUNTING, {"plan": plan_id}) if counting is None else counting)
    if now != before:
        found = Overlay(_read(session, plan_id, now, before, found.units), found)
    kept[plan_id] = now, found
    if len(kept) > MOST_PLANS:
        del kept[next(iter(kept))]
    return found


def _read(
    session: Session, plan_id: int, counting: frozenset[int], before: frozenset[int], units: Mapping[int, Drawn]
) -> Mapping[int, Drawn]:
    """Read the units anew that a move changed which counts now and did not before, or the other way round."""
    gone = before - counting
    stale = {key for key, unit in units.items() if not unit.moves.isdisjoint(gone)}
    given = {"plan": plan_id, "counting": list(counting), "new": list(counting - before), "stale": list(stale)}
    rows = ask(session, _NEWEST, given)
    read = {row.key: _drawn(row, shape) for row, shape in zip(rows, from_wkb([row.geom for row in rows]), strict=True)}
    kept = {key: unit for key, unit in units.items() if key not in stale}
    return dict(sorted((kept | read).items(), reverse=True))


def _drawn(row: Row[Any], shape: Any) -> Drawn:  # noqa: ANN401  # a multipolygon or None
    ground = Polygon() if shape is None else simplest(shape)
    reason = None if row.reason is None else finding_of(row.reason)
    said = row.key, row.parent, row.level, row.kind, row.code, row.name
    return Drawn(*said, ground, shape is None, row.moved, reason, frozenset(row.moves), UnitSeen(*said, leaf=True))


_COUNTING = text("SELECT id FROM plan_move WHERE plan_id = :plan AND NOT undone")
_NEWEST = """
SELECT key, parent, level, kind, code, name, reason, moved, moves, ST_AsBinary(geom) AS geom FROM (
  SELECT DISTINCT ON (u.unit_key) u.unit_key AS key, u.parent_key AS parent, u.level, u.kind, u.code, u.name, u.reason, u.geom,
         bool_or(u.moved) OVER of_unit AS moved, array_agg(u.move_id) OVER of_unit AS moves
  FROM plan_unit u JOIN plan_move m ON m.id = u.move_id
  WHERE u.plan_id = :plan AND u.move_id = ANY(:counting) AND u.unit_key = ANY(
    cast(:stale AS bigint[]) || ARRAY(SELECT w.unit_key FROM plan_unit w WHERE w.plan_id = :plan AND w.move_id = ANY(:new)))
  WINDOW of_unit AS (PARTITION BY u.unit_key) ORDER BY u.unit_key, m.serial DESC
) newest
"""
