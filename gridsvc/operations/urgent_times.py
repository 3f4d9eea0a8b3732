"""Switching an area between ordinary and urgent times (平时/急时): the urgent roster counts from then on, with its rights."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries import units
from gridsvc.database.queries.units import UnitRow
from gridsvc.database.queries.urgent_times import roster_at, urgent_at
from gridsvc.domain.paths import covers
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Conflict, Invalid, NotFound
from gridsvc.operations.audit import record


def turn_urgent(session: Session, actor: Actor, unit_id: UUID, reason: str) -> None:
    """Let the urgent roster count at a unit and below, from now on.

    Raises NotFound for a unit that is not there, NotAllowed where the actor may not switch, Invalid without a reason, Conflict where
    it is urgent already.
    """
    unit = _unit(session, actor, unit_id)
    if not reason.strip():
        raise Invalid("Turning urgent needs a reason.")
    if any(covers(row.path, unit.path) for row in urgent_at(session, unit.path)):
        raise Conflict("It is urgent in {name} already.", name=unit.name)
    session.execute(text(_BEGIN), {"id": unit.id, "reason": reason.strip(), "account": actor.account_id})
    roster = roster_at(session, unit.path)
    record(session, actor, Action.SWITCH_TIMES, unit.path, urgent=True, posts=roster.posts, reason=reason.strip())


def turn_ordinary(session: Session, actor: Actor, unit_id: UUID) -> None:
    """End the urgent time that was begun at a unit; raise as `turn_urgent` does, and Conflict where none was begun there."""
    unit = _unit(session, actor, unit_id)
    ended = session.execute(text(_END), {"id": unit.id}).all()
    if not ended:
        raise Conflict("No urgent time was begun at {name} itself.", name=unit.name)
    record(session, actor, Action.SWITCH_TIMES, unit.path, urgent=False)


def _unit(session: Session, actor: Actor, unit_id: UUID) -> UnitRow:
    unit = units.unit(session, unit_id)
    if unit is None:
        raise NotFound("There is no unit of this id today.")
    require(actor, Action.SWITCH_TIMES, unit.path)
    return unit


_BEGIN = "INSERT INTO urgent_time (unit_id, valid, reason, account_id) VALUES (:id, tstzrange(now(), NULL), :reason, :account)"
_END = """
UPDATE urgent_time SET valid = tstzrange(lower(valid), greatest(now(), lower(valid))) WHERE unit_id = :id AND upper_inf(valid) RETURNING id
"""
