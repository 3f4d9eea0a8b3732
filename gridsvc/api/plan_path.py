"""A plan's way through the office, and what is said about it; what changes its state takes If-Match."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from gridsvc.api import parse, reader
from gridsvc.api import plans as plans_api
from gridsvc.api.plans import PlanInFull
from gridsvc.database.queries import plan_comments as said
from gridsvc.database.queries import plan_steps, plans
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Invalid
from gridsvc.operations import plan_comments, plan_path
from gridsvc.operations.plan_path import Decision

_TEXT = {"type": "string"}
DECIDING = {
    "application/json": {
        "type": "object",
        "properties": {
            "step": {"type": "string", "description": "The step that the plan was seen to wait for"},
            "document": {"type": "string", "description": "Number of the document (文号)"},
            "document_on": {"type": "string", "format": "date"},
            "reason": _TEXT,
        },
        "required": ["step"],
    }
}
"""What deciding at a step takes, as a JSON schema."""
WITHDRAWING = {"application/json": {"type": "object", "properties": {"reason": _TEXT}}}
DESCRIBING = {"application/json": {"type": "object", "properties": {"title": _TEXT, "purpose": _TEXT}}}
SAYING = {
    "application/json": {
        "type": "object",
        "properties": {
            "body": _TEXT,
            "unit": {"type": "integer", "description": "Key of the unit that it is about"},
            "lon": {"type": "number"},
            "lat": {"type": "number"},
        },
        "required": ["body"],
    }
}


class Step(TypedDict):
    """A step of the office's path; the first is submitting, the last publishing. `waiting` is the one that the plan waits for."""

    key: str
    name: str
    level: int
    action: str
    notice_days: int | None
    document: bool
    waiting: bool


class Decided(TypedDict):
    """What was decided: `decision` is submitted, passed, sent_back or withdrawn."""

    step: str
    decision: str
    reason: str | None
    document: str | None
    document_on: date | None
    by: str | None
    at: datetime


class Way(TypedDict):
    """The steps of the path, and what was decided so far, the first decision first."""

    steps: list[Step]
    decided: list[Decided]


class Comment(TypedDict):
    """Something said about a plan, at a unit by its key, at a place, or about all of it."""

    id: UUID
    body: str
    unit: int | None
    lon: float | None
    lat: float | None
    by: str | None
    at: datetime
    settled_at: datetime | None


class Comments(TypedDict):
    """What was said about a plan, the first comment first."""

    items: list[Comment]


def steps(plan_id: UUID) -> Way:
    """Answer the office's path of a plan and what was decided on it."""
    chinese = reader.language() == "zh"
    with transaction(reader.actor()) as session:
        row = plans.plan(session, reader.actor(), plan_id)
        path, decided = scheme_of(session, row.jurisdiction_id).approvals, plan_steps.steps(session, row.id)
    return {
        "steps": [
            {
                "key": step.key, "name": step.name_zh if chinese else step.name_en, "level": step.level, "action": step.action.value,
                "notice_days": step.notice_days, "document": step.document, "waiting": step.key == row.step,
            }
            for step in path
        ],
        "decided": [
            {
                "step": each.step, "decision": each.decision, "reason": each.reason, "document": each.document,
                "document_on": each.document_on, "by": each.by, "at": each.at,
            }
            for each in decided
        ],
    }  # fmt: skip


def submit(plan_id: UUID) -> PlanInFull:
    """Hand a draft to the office; from now on it is frozen."""
    return _change(plan_id, plan_path.submit)


def pass_on(plan_id: UUID) -> PlanInFull:
    """Pass a plan at the step that it waits for."""
    decision = _decision()
    return _change(plan_id, lambda session, actor, row: plan_path.pass_on(session, actor, row, decision))


def send_back(plan_id: UUID) -> PlanInFull:
    """Make a plan under review a draft again, with a reason."""
    decision = _decision()
    return _change(plan_id, lambda session, actor, row: plan_path.send_back(session, actor, row, decision))


def withdraw(plan_id: UUID) -> PlanInFull:
    """Take a plan back that is under review or has its day."""
    reason = _text(parse.json_object('{"reason": "…"}'), "reason")
    return _change(plan_id, lambda session, actor, row: plan_path.withdraw(session, actor, row, reason))


def describe(plan_id: UUID) -> PlanInFull:
    """Give a draft another title or purpose."""
    given = parse.json_object('{"reason": "…"}')
    title, purpose = _text(given, "title"), _text(given, "purpose")
    return _change(plan_id, lambda session, actor, row: plan_path.describe(session, actor, row, title=title, purpose=purpose))


def comments(plan_id: UUID) -> Comments:
    """Answer what was said about a plan."""
    with transaction(reader.actor()) as session:
        found = said.comments(session, plans.plan(session, reader.actor(), plan_id).id)
    return {"items": [_comment(row) for row in found]}


def comment(plan_id: UUID) -> Comments:
    """Say something about a plan, and answer all that was said."""
    given = parse.json_object('{"reason": "…"}')
    new = plan_comments.Comment(_text(given, "body") or "", _integer(given, "unit"), _point(given))
    with transaction(reader.actor()) as session:
        plan_comments.comment(session, reader.actor(), plans.plan(session, reader.actor(), plan_id), new)
    return comments(plan_id)


def settle(plan_id: UUID, comment_id: UUID) -> Comments:
    """Say that a comment is dealt with, and answer all that was said."""
    with transaction(reader.actor()) as session:
        plan_comments.settle(session, reader.actor(), plans.plan(session, reader.actor(), plan_id), comment_id)
    return comments(plan_id)


def _change(plan_id: UUID, make: Callable[[Session, Actor, PlanRow], object]) -> PlanInFull:
    actor = reader.actor()
    with transaction(actor) as session:
        make(session, actor, plans_api.as_seen(session, actor, plan_id))
    return plans_api.one(plan_id)


def _decision() -> Decision:
    given = parse.json_object('{"reason": "…"}')
    step, on = _text(given, "step"), _text(given, "document_on")
    if step is None:
        raise Invalid("Name the step that the plan waits for, for example {example}.", example='{"step": "street"}')
    return Decision(step, _text(given, "document"), _date(on), _text(given, "reason"))


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Invalid("{text!r} is no day; 2026-11-22 would be right.", text=text) from None


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid("{name} is a text.", name=name)
    return value


def _integer(given: dict[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise Invalid("{name} is a whole number.", name=name)
    return value


def _point(given: dict[str, Any]) -> tuple[float, float] | None:
    match given.get("lon"), given.get("lat"):
        case None, None:
            return None
        case (int() | float()) as lon, (int() | float()) as lat if -180 <= lon <= 180 and -90 <= lat <= 90:
            return float(lon), float(lat)
        case _:
            raise Invalid("A place is lon and lat in degrees.")


def _comment(row: said.CommentRow) -> Comment:
    return {
        "id": row.public_id, "body": row.body, "unit": row.unit_key, "lon": row.lon, "lat": row.lat, "by": row.by, "at": row.at,
        "settled_at": row.settled_at,
    }  # fmt: skip
