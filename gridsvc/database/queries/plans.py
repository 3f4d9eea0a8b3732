"""Plans as their readers see them; of a place, read under rights alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shapely import Polygon
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.queries.coverage import coverage, from_wkb, simplest
from gridsvc.domain.coverage import Coverage, UnitState
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.plans import State
from gridsvc.domain.told import finding_of
from gridsvc.errors import NotFound


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan."""

    id: int
    public_id: UUID
    jurisdiction_id: int
    path: str
    edition_id: int | None
    title: str
    state: State
    created_at: datetime
    by: str | None
    """The account that began it."""
    moves: int
    """How many moves count; also its version."""
    purpose: str
    step: str | None
    """The step of the office's path that it waits for, under review."""
    effective_at: datetime | None
    """From when on it shall hold, once it is scheduled."""
    account_id: int | None
    """Of `by`."""
    stale: bool
    """Whether another edition came since; it stands upon one that does not hold any more."""


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move of a plan, in the order in which they were made."""

    serial: int
    template: str
    told: dict[str, Any]
    findings: Sequence[Finding]
    at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class Load:
    """What stands in a leaf of a plan."""

    buildings: int = 0
    households: int | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """The coverage of a plan: the current one with the newest state of what its moves changed."""

    before: Coverage
    """The current edition."""
    was: Sequence[UnitState]
    """The units of the plan as read."""
    after: Coverage
    """The same, to be changed by a move."""
    keys: list[int]
    """Of each unit of `was`: its id, below 0 for one that the plan makes."""
    reasons: dict[int, Finding] = field(default_factory=dict)
    """By place in `after`."""

    def place_of(self, key: int) -> int:
        """Return the place of a unit in `after`; raise NotFound where the plan has none of this key."""
        if key not in self.keys or self.after.units[self.keys.index(key)].gone:
            raise NotFound("The plan has no unit {unit}.", unit=key)
        return self.keys.index(key)


_PLANS = """
SELECT p.id, p.public_id, p.jurisdiction_id, p.path::text AS path, p.edition_id, p.title, p.state, p.created_at, a.name AS by,
       (SELECT count(*) FROM plan_move m WHERE m.plan_id = p.id AND NOT m.undone) AS moves,
       p.purpose, p.step, p.effective_at, p.account_id,
       p.edition_id IS DISTINCT FROM (SELECT max(e.id) FROM edition e WHERE e.jurisdiction_id = p.jurisdiction_id) AS stale
FROM plan p LEFT JOIN account a ON a.id = p.account_id
"""


def plans(session: Session, jurisdiction_id: int) -> list[PlanRow]:
    """Return the plans of a jurisdiction that the reader may see, the newest first."""
    rows = session.execute(text(_PLANS + "WHERE p.jurisdiction_id = :id ORDER BY p.id DESC"), {"id": jurisdiction_id})
    return [PlanRow(**row._mapping) for row in rows]


def plan(session: Session, actor: Actor, public_id: UUID) -> PlanRow:
    """Return a plan; raise NotFound where there is none that the reader may see."""
    row = session.execute(text(_PLANS + "WHERE p.public_id = :id"), {"id": public_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such plan.")
    found = PlanRow(**row._mapping)
    require(actor, Action.READ_PLANS, found.path)
    return found


def moves(session: Session, plan_id: int) -> list[MoveRow]:
    """Return the moves of a plan, undone ones included."""
    rows = session.execute(
        text("SELECT serial, template, told, findings, at, undone FROM plan_move WHERE plan_id = :id ORDER BY serial"), {"id": plan_id}
    )
    return [MoveRow(row.serial, row.template, row.told, [finding_of(each) for each in row.findings], row.at, row.undone) for row in rows]


def planned(session: Session, of: PlanRow) -> Planned:
    """Return the coverage that the plan leads to."""
    before = coverage(session, of.jurisdiction_id)
    rows = session.execute(text(_UNITS), {"id": of.id}).all()
    keys = [unit.unit_id or 0 for unit in before.units]
    keys += [row.unit_key for row in rows if row.unit_key not in set(keys)]
    place_of = {key: place for place, key in enumerate(keys)}
    after = Coverage([*before.units, *[UnitState(0, "")] * (len(keys) - len(before.units))])
    ground = from_wkb([row.geom for row in rows])
    reasons = {}
    for row, shape in zip(rows, ground, strict=True):
        place = place_of[row.unit_key]
        after.units[place] = replace(_state(after.units[place], row, place_of), ground=Polygon() if shape is None else simplest(shape))
        if row.moved:
            after.moved.add(place)
        if row.reason is not None:
            reasons[place] = finding_of(row.reason)
    return Planned(before, tuple(after.units), after, keys, reasons)


def _state(unit: UnitState, row: Row[Any], place_of: dict[int, int]) -> UnitState:
    parent = None if row.parent_key is None else place_of[row.parent_key]
    return replace(unit, level=row.level, kind=row.kind, code=row.code, name=row.name, parent=parent)


_UNITS = """
SELECT DISTINCT ON (u.unit_key) u.unit_key, u.parent_key, u.level, u.kind, u.code, u.name, u.reason, ST_AsBinary(u.geom) AS geom,
       bool_or(u.moved) OVER (PARTITION BY u.unit_key) AS moved
FROM plan_unit u JOIN plan_move m ON m.id = u.move_id AND NOT m.undone
WHERE u.plan_id = :id ORDER BY u.unit_key DESC, m.serial DESC
"""
"""New units come in the order of their making: their keys count down."""


def loads(session: Session, plan_id: int) -> dict[int, Load]:
    """Return what stands in each leaf that the plan has given buildings, by key."""
    return {
        row.unit_key: Load(row.buildings, row.households, bool(row.estimated)) for row in session.execute(text(_LOADS), {"id": plan_id})
    }


def buildings_of(session: Session, plan_id: int) -> list[Row[Any]]:
    """Return building_id, unit_key, households and estimated of every building that the plan places."""
    return list(session.execute(text(_PLACED), {"id": plan_id}))


_PLACED = """
SELECT DISTINCT ON (p.building_id) p.building_id, p.unit_key, p.households, p.estimated
FROM plan_place p JOIN plan_move m ON m.id = p.move_id AND NOT m.undone
WHERE p.plan_id = :id ORDER BY p.building_id, m.serial DESC
"""


_LOADS = f"""
SELECT unit_key, count(*) AS buildings, sum(households) AS households, bool_or(estimated) AS estimated
FROM ({_PLACED}) newest GROUP BY unit_key
"""
