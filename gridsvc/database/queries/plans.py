"""Plans as their readers see them; of a place, read under rights alone."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.asking import ask
from gridsvc.database.queries.coverage import frame
from gridsvc.database.queries.editions import coverage_after
from gridsvc.database.queries.plan_overlay import Laid, overlay
from gridsvc.domain.coverage import Coverage, Frame, UnitState
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
    """How many moves count."""
    made: int
    """The serial of its last move, undone ones included."""
    last: int
    """The serial of the last move that counts; 0 where none does."""
    purpose: str
    step: str | None
    """The step of the office's path that it waits for, under review."""
    effective_at: datetime | None
    """From when on it shall hold, once it is scheduled."""
    account_id: int | None
    """Of `by`."""
    stale: bool
    """Whether another edition came since; it stands upon one that does not hold any more."""

    @property
    def version(self) -> str:
        """Return what If-Match names: how many moves were made and, where some are undone, the last that counts, as in 12-9."""
        return str(self.made) if self.made == self.last else f"{self.made}-{self.last}"


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move of a plan, in the order in which they were made."""

    serial: int
    kind: str
    """A name of domain.plans.MOVES."""
    template: str
    told: dict[str, Any]
    findings: Sequence[Finding]
    at: datetime
    undone: bool
    """Whether it was undone, or taken back by a later one."""
    by: str | None
    """The account that made it."""


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
    reasons: dict[int, Finding]
    """By place in `after`."""
    places: Mapping[int, int]
    """Where the unit of each key is in `was` and `after`."""
    laid: Laid | None = None
    """What the plan changes; None where it is being carried over."""

    def place_of(self, key: int) -> int:
        """Return the place of a unit in `after`; raise NotFound where the plan has none of this key."""
        place = self.places.get(key)
        if place is None or self.after.units[place].gone:
            raise NotFound("The plan has no unit {unit}.", unit=key)
        return place


_PLANS = """
SELECT p.id, p.public_id, p.jurisdiction_id, p.path::text AS path, p.edition_id, p.title, p.state, p.created_at,
       coalesce(a.name, plan_author(p.id)) AS by, m.moves, m.made, m.last, p.purpose, p.step, p.effective_at, p.account_id,
       p.edition_id IS DISTINCT FROM (SELECT max(e.id) FROM edition e WHERE e.jurisdiction_id = p.jurisdiction_id) AS stale
FROM plan p LEFT JOIN account a ON a.id = p.account_id, LATERAL (
  SELECT count(*) FILTER (WHERE NOT undone) AS moves, coalesce(max(serial), 0) AS made,
         coalesce(max(serial) FILTER (WHERE NOT undone), 0) AS last
  FROM plan_move WHERE plan_id = p.id) m
"""
"""Whoever may not see the account of somebody else is told its name all the same."""


def plans(session: Session, jurisdiction_id: int) -> list[PlanRow]:
    """Return the plans of a jurisdiction that the reader may see, the newest first."""
    rows = session.execute(text(_PLANS + "WHERE p.jurisdiction_id = :id ORDER BY p.id DESC"), {"id": jurisdiction_id})
    return [PlanRow(**row._mapping) for row in rows]


def plan(session: Session, actor: Actor, public_id: UUID) -> PlanRow:
    """Return a plan; raise NotFound where there is none that the reader may see."""
    rows = ask(session, _PLANS + "WHERE p.public_id = :id", {"id": public_id})
    if not rows:
        raise NotFound("There is no such plan.")
    found = PlanRow(**rows[0]._asdict())
    require(actor, Action.READ_PLANS, found.path)
    return found


def merged_into(session: Session, plan: PlanRow) -> PlanRow | None:
    """Return the plan that took this draft over; None where none did, or none that the reader may see."""
    rows = session.execute(text(_PLANS + "WHERE p.id = (SELECT merged_into_id FROM plan WHERE id = :id)"), {"id": plan.id})
    return next((PlanRow(**row._mapping) for row in rows), None)


def moves(session: Session, plan_id: int) -> list[MoveRow]:
    """Return the moves of a plan, undone ones and those taken back included."""
    rows = session.execute(text(_MOVES), {"id": plan_id, "serial": None}).all()
    back: set[int] = set()
    for row in reversed(rows):
        if row.kind == "take-back" and not row.undone and row.serial not in back:
            back.add(row.told["serial"])
    return [_move(row, undone=row.undone or row.serial in back) for row in rows]


def move(session: Session, plan_id: int, serial: int) -> MoveRow:
    """Return one move of a plan, which nobody has taken back."""
    [row] = ask(session, _MOVES, {"id": plan_id, "serial": serial})
    return _move(row, undone=row.undone)


def _move(row: Row[Any], *, undone: bool) -> MoveRow:
    told = {name: finding_of(value) if isinstance(value, dict) else value for name, value in row.told.items()}
    findings = [finding_of(each) for each in row.findings]
    return MoveRow(row.serial, row.kind, row.template, told, findings, row.at, undone, row.by)


_MOVES = """
SELECT m.serial, m.kind, m.template, m.told, m.findings, m.at, m.undone, a.name AS by
FROM plan_move m LEFT JOIN plan_people(:id) a ON a.id = m.account_id
WHERE m.plan_id = :id AND m.serial = coalesce(:serial, m.serial) ORDER BY m.serial
"""


def planned(session: Session, of: PlanRow) -> Planned:
    """Return the coverage that the plan leads to: its base, kept in memory while it holds, and over it what the moves changed."""
    if of.stale:
        return overlaid(session, of, Frame(coverage_after(session, of.jurisdiction_id, of.edition_id).units))
    [(*mark, counting)] = ask(session, _NOW, {"plan": of.id, "place": of.jurisdiction_id})
    return overlaid(session, of, frame(session, of.jurisdiction_id, tuple(mark)), counting)


_NOW = """
SELECT e.id, e.published_at, ARRAY(SELECT m.id FROM plan_move m WHERE m.plan_id = :plan AND NOT m.undone) AS counting
FROM (SELECT) one LEFT JOIN LATERAL (
  SELECT id, published_at FROM edition WHERE jurisdiction_id = :place ORDER BY id DESC LIMIT 1) e ON true
"""


def overlaid(session: Session, of: PlanRow, base: Frame, counting: Collection[int] | None = None) -> Planned:
    """Return the coverage that the plan's moves make of its base; `counting` as `overlay` takes it."""
    laid = overlay(session, of.id, counting).upon(base)
    after = laid.coverage.copy()
    reasons = {laid.place(key): unit.reason for key, unit in laid.units.items() if unit.reason is not None}
    places = ChainMap(laid.new, base.place_of)
    return Planned(Coverage(base), laid.coverage.units, after, [*base.place_of, *laid.new], reasons, places, laid)


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
