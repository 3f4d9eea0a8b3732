"""Plans: read, correct, undo, publish, put aside; what changes one takes If-Match."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypedDict
from uuid import UUID

import orjson
import shapely
from flask import request
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.api import reader, shapes
from gridsvc.api.told import Told, told
from gridsvc.database.queries import plans
from gridsvc.database.session import transaction
from gridsvc.domain.instants import instant
from gridsvc.domain.permissions import Actor
from gridsvc.errors import MissingPrecondition, Stale
from gridsvc.operations import plan_publishing
from gridsvc.operations import plans as changes
from gridsvc.words import say

CHANGING = (401, 403, 404, 409, 412, 422, 428)
"""The statuses beside 200 of what changes a plan."""


class Plan(TypedDict):
    """A plan; `version` is what If-Match names, `step` the step of the office's path that it waits for.

    `stale` says that another edition came since it was begun, to which it has to be carried over; `effective_at` from when on it holds.
    """

    id: UUID
    jurisdiction: str
    title: str
    state: str
    created_at: datetime
    by: str | None
    version: str
    purpose: str
    step: str | None
    effective_at: datetime | None
    stale: bool


class Plans(TypedDict):
    """The plans of a jurisdiction that the reader may see, newest first."""

    items: list[Plan]


class MoveMade(TypedDict):
    """A move of a plan; `undone` also of one that a later move took back."""

    serial: int
    kind: str
    sentence: str
    at: datetime
    by: str | None
    undone: bool
    findings: list[Told]


class PlanInFull(Plan):
    """A plan with its moves, the first one first."""

    moves: list[MoveMade]


class Published(TypedDict):
    """What a published plan did; of one that was given its time alone, `scheduled` says when it will be an edition."""

    edition: int | None
    opened: int
    closed: int
    scheduled: datetime | None


PUBLISHING = {
    "application/json": {
        "type": "object",
        "properties": {"at": {"type": "string", "description": "From when on it holds: a day or an instant, also one to come; else now"}},
    }
}
"""What publishing takes, as a JSON schema."""


def listed(jurisdiction: str) -> Plans:
    """Answer the plans of a jurisdiction that the reader may see."""
    place = shapes.jurisdiction(jurisdiction)
    with transaction(reader.actor()) as session:
        return {"items": [_plan(row) for row in plans.plans(session, place.id)]}


def one(plan_id: UUID) -> PlanInFull:
    """Answer a plan with its moves."""
    with transaction(reader.actor()) as session:
        row = plans.plan(session, reader.actor(), plan_id)
        made = plans.moves(session, row.id)
    return {**_plan(row), "moves": [move_made(each) for each in made]}


def units(plan_id: UUID) -> bytes:
    """Answer the units that the plan changes as GeoJSON: each with key, parent, level, name, what stands in it, and why it is so."""
    with transaction(reader.actor()) as session:
        row = plans.plan(session, reader.actor(), plan_id)
        at, loads = plans.planned(session, row), plans.loads(session, row.id)
    known = {unit.unit_id: unit for unit in at.before.units}
    changed = [place for place, unit in enumerate(at.was) if unit is not known.get(at.keys[place]) and not unit.gone]
    leaves = set(at.after.leaves())
    features = [feature(at, place, loads.get(at.keys[place]), leaf=place in leaves) for place in changed]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def discard(plan_id: UUID) -> PlanInFull:
    """Put a plan aside for good."""
    return _change(plan_id, changes.discard)


def publish(plan_id: UUID) -> Published:
    """Make a plan the next edition, from now on or from a day before; one to come is kept, and the plan is published then."""
    actor, now = reader.actor(), datetime.now(UTC)
    given = request.get_json(silent=True) or {}
    at = instant(str(given["at"])) if isinstance(given, dict) and given.get("at") else now
    with transaction(actor) as session:
        row = as_seen(session, actor, plan_id)
        if at > now:
            plan_publishing.schedule(session, actor, row, at=at)
            return {"edition": None, "opened": 0, "closed": 0, "scheduled": at}
        edition = plan_publishing.publish(session, actor, row, at=at)
    return {"edition": edition.serial, "opened": edition.opened, "closed": edition.closed, "scheduled": None}


def _change(plan_id: UUID, make: Callable[[Session, Actor, plans.PlanRow], None]) -> PlanInFull:
    actor = reader.actor()
    with transaction(actor) as session:
        make(session, actor, as_seen(session, actor, plan_id))
    return one(plan_id)


def as_seen(session: Session, actor: Actor, plan_id: UUID) -> plans.PlanRow:
    """Return the plan where the reader's If-Match names its version; nobody else changes it until the transaction ends."""
    session.execute(text("SELECT FROM plan WHERE public_id = :id FOR UPDATE"), {"id": plan_id})
    row = plans.plan(session, actor, plan_id)
    tags = request.if_match
    if not tags:
        raise MissingPrecondition("A change of a plan needs If-Match with its version, here {version}.", version=f'"{row.version}"')
    if not tags.contains(row.version):
        raise Stale("The plan has {moves} moves now; look at it again.", moves=row.moves)
    return row


def seen_version() -> str:
    """Return the version that the reader's If-Match names."""
    return next(iter(request.if_match.as_set()), "")


def _plan(row: plans.PlanRow) -> Plan:
    return {
        "id": row.public_id,
        "jurisdiction": shapes.jurisdiction_of(row.jurisdiction_id).slug,
        "title": row.title,
        "state": row.state,
        "created_at": row.created_at,
        "by": row.by,
        "version": row.version,
        "purpose": row.purpose,
        "step": row.step,
        "effective_at": row.effective_at,
        "stale": row.stale,
    }


def move_made(row: plans.MoveRow) -> MoveMade:
    """Answer a move with its sentence."""
    sentence = say(row.template, reader.language(), **row.told)
    return {
        "serial": row.serial,
        "kind": row.kind,
        "sentence": sentence,
        "at": row.at,
        "by": row.by,
        "undone": row.undone,
        "findings": [told(each) for each in row.findings],
    }


def feature(at: plans.Planned, place: int, load: plans.Load | None, *, leaf: bool) -> dict[str, Any]:
    """Answer a unit of a plan as GeoJSON, with what stands in it."""
    unit, reason = at.was[place], at.reasons.get(place)
    parent = None if unit.parent is None else at.keys[unit.parent]
    load = load or plans.Load()
    properties = {
        "key": at.keys[place], "parent": parent, "level": unit.level, "kind": unit.kind, "code": unit.code, "name": unit.name, "leaf": leaf,
        "buildings": load.buildings, "households": load.households, "estimated": load.estimated,
        "reason": None if reason is None else told(reason),
    }  # fmt: skip
    geometry = orjson.Fragment(shapely.to_geojson(unit.ground))
    return {"type": "Feature", "id": at.keys[place], "geometry": geometry, "properties": properties}
