"""Corrections: proposed by whoever is near, listed and decided by whoever answers for the records."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from flask import request

from gridsvc.api import reader, shapes
from gridsvc.api.shapes import jurisdiction as jurisdiction_called
from gridsvc.database.queries import corrections as queries
from gridsvc.database.queries.corrections import Waiting
from gridsvc.database.session import transaction
from gridsvc.domain.corrections import FIELDS, PRIVATE
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may_anywhere, require
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations import corrections as operations
from gridsvc.operations.corrections import Proposed

PROPOSED = {
    "application/json": {
        "type": "object",
        "properties": {
            "noun": {"type": "string", "enum": list(FIELDS)},
            "id": {"type": "string", "format": "uuid"},
            "changes": {"type": "object", "description": "Field to value", "minProperties": 1},
            "reason": {"type": "string", "minLength": 1},
        },
        "required": ["noun", "id", "changes", "reason"],
    }
}
DECIDED = {
    "application/json": {
        "type": "object",
        "properties": {"accept": {"type": "boolean"}, "answer": {"type": "string", "description": "Needed for a refusal"}},
        "required": ["accept"],
    }
}


class Changed(TypedDict):
    """A field with what is recorded now and what would be right; private values are masked whole."""

    field: str
    now: Any
    wanted: Any


class Correction(TypedDict):
    """A correction; `thing` is the household or person that it is about, null where that is no longer recorded."""

    id: UUID
    noun: str
    thing: UUID | None
    building: str | None
    entrance: str | None
    room: str | None
    changes: list[Changed]
    reason: str
    own: bool
    state: str
    asked_at: datetime
    decided_at: datetime | None
    answer: str | None


class Corrections(shapes.Page):
    """A page of corrections, open ones first, then the newest."""

    items: list[Correction]


def listed(jurisdiction: str, page: int) -> Corrections:
    """Answer the corrections of a jurisdiction that the reader proposed or decides about."""
    actor = reader.actor()
    path = jurisdiction_path(jurisdiction_called(jurisdiction).id)
    if not any(may_anywhere(actor, action) for action in (Action.DECIDE_CORRECTIONS, Action.PROPOSE_CORRECTIONS)):
        require(actor, Action.PROPOSE_CORRECTIONS, path)
    with transaction(actor) as session:
        found = queries.corrections(session, path, page)
    return {"items": [_correction(row, actor) for row in found], **shapes.page(found, page, queries.PAGE)}


def propose() -> Correction:
    """Write a correction down for whoever decides; nothing changes yet."""
    given, actor = _body(), reader.actor()
    if not isinstance(given.get("changes"), dict) or not all(isinstance(given.get(name), str) for name in ("noun", "id", "reason")):
        raise Invalid("A correction is a JSON object with noun, id, changes and reason.")
    try:
        about = UUID(given["id"])
    except ValueError:
        raise NotFound("There is no such household or person here.") from None
    with transaction(actor) as session:
        public_id = operations.propose(session, actor, Proposed(given["noun"], about, given["changes"], given["reason"]))
        return _one(queries.waiting(session, public_id), actor)


def decide(correction_id: UUID) -> Correction:
    """Accept a correction, which is recorded from now on, or refuse it with an answer."""
    given, actor = _body(), reader.actor()
    answer = given.get("answer", "")
    if not isinstance(given.get("accept"), bool) or not isinstance(answer, str):
        raise Invalid("Whether a correction is accepted is true or false, and the answer is text.")
    with transaction(actor) as session:
        operations.decide(session, actor, correction_id, accept=given["accept"], answer=answer)
        return _one(queries.waiting(session, correction_id), actor)


def withdraw(correction_id: UUID) -> Correction:
    """Take one's own correction back while nobody has decided."""
    actor = reader.actor()
    with transaction(actor) as session:
        operations.withdraw(session, actor, correction_id)
        return _one(queries.waiting(session, correction_id), actor)


def _body() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _one(row: Waiting | None, actor: Actor) -> Correction:
    if row is None:
        raise NotFound("There is no such correction here.")
    return _correction(row, actor)


def _correction(row: Waiting, actor: Actor) -> Correction:
    return {
        "id": row.public_id,
        "noun": row.noun,
        "thing": row.thing,
        "building": row.building,
        "entrance": row.entrance,
        "room": row.room,
        "changes": [_changed(row, name) for name in sorted(row.changes)],
        "reason": row.reason,
        "own": row.account_id == actor.account_id,
        "state": row.state,
        "asked_at": row.asked_at,
        "decided_at": row.decided_at,
        "answer": row.answer,
    }


def _changed(row: Waiting, name: str) -> Changed:
    now, wanted = ("***", "***") if name in PRIVATE else (row.now.get(name), row.changes[name])
    return {"field": name, "now": now, "wanted": wanted}
