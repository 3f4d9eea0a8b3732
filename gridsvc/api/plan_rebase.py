"""Plans that meet other changes: what both changed, carried over to a new edition, drafts put together."""

from __future__ import annotations

from typing import Any, TypedDict, cast
from uuid import UUID

import orjson
import shapely
from flask import Response

from gridsvc.api import parse, reader
from gridsvc.api import plans as plans_api
from gridsvc.api.errors import problem, sentence, status_of
from gridsvc.api.plans import PlanInFull
from gridsvc.database.queries import plans
from gridsvc.database.session import transaction
from gridsvc.domain.carrying import Choice
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations import plan_merging, rebase

_CHOICES = {
    "type": "object",
    "additionalProperties": {"type": "string", "enum": ["mine", "theirs"]},
    "description": "By key of the unit: whether the plan's own version stands, or the other",
}
CHOOSING = {"application/json": {"type": "object", "properties": {"choices": _CHOICES}}}
"""What carrying over takes, as a JSON schema."""
GATHERING = {
    "application/json": {
        "type": "object",
        "properties": {"plans": {"type": "array", "items": {"type": "string", "format": "uuid"}}, "choices": _CHOICES},
        "required": ["plans"],
    }
}


class Version(TypedDict):
    """A unit in one of its versions; `geometry` is GeoJSON, `households` null where none are known to the reader."""

    name: str
    area_m2: float
    buildings: int
    households: int | None
    geometry: dict[str, object]


class Clash(TypedDict):
    """A unit that the plan and an edition since have both changed; a version is null where the unit is not there."""

    unit: int
    name: str
    base: Version | None
    mine: Version | None
    theirs: Version | None


class Clashes(TypedDict):
    """The units about which somebody has to choose before the plan is carried over."""

    items: list[Clash]


def conflicts(plan_id: UUID) -> Clashes:
    """Answer which units the plan and an edition since have both changed, in their versions."""
    with transaction(reader.actor()) as session:
        found = rebase.clashes(session, plans.plan(session, reader.actor(), plan_id))
    return {"items": [_clash(each) for each in found]}


def carry_over(plan_id: UUID) -> PlanInFull:
    """Carry a draft over to the last edition; of units that both have changed the chosen version stands."""
    choices, actor = _choices(parse.json_object('{"choices": {"12": "mine"}}')), reader.actor()
    with transaction(actor) as session:
        rebase.rebase(session, actor, plans_api.as_seen(session, actor, plan_id), choices)
    return plans_api.one(plan_id)


def gather(plan_id: UUID) -> PlanInFull | Response:
    """Take drafts of parts of the plan's area over into it; what two of them changed is answered by unit, in its versions, as 409."""
    given, actor = parse.json_object('{"choices": {"12": "mine"}}'), reader.actor()
    try:
        drafts = [UUID(each) for each in given.get("plans", ())]
    except (TypeError, ValueError, AttributeError):
        raise Invalid("plans is a list of the ids of plans.") from None
    try:
        with transaction(actor) as session:
            into = plans_api.as_seen(session, actor, plan_id)
            plan_merging.gather(session, actor, into, [plans.plan(session, actor, each) for each in drafts], _choices(given))
    except Conflict as error:
        return _by_unit(plan_id, drafts, error)
    return plans_api.one(plan_id)


def _by_unit(plan_id: UUID, drafts: list[UUID], error: Conflict) -> Response:
    """Answer that somebody has to choose: `units` are those that a draft and the plan have both changed, each in its versions."""
    answer, actor = problem(status_of(error), sentence(error), error.findings), reader.actor()
    if not error.findings:
        return answer
    with transaction(actor) as session:
        into, found = plans.plan(session, actor, plan_id), [plans.plan(session, actor, each) for each in drafts]
        units = [{"draft": draft.public_id} | _clash(each) for draft, each in plan_merging.clashes(session, actor, into, found)]
    answer.set_data(orjson.dumps(orjson.loads(answer.get_data()) | {"units": units}))
    return answer


def _clash(each: rebase.Clash) -> Clash:
    return {
        "unit": each.key, "name": each.name, "base": _version(each.base), "mine": _version(each.mine), "theirs": _version(each.theirs)
    }  # fmt: skip


def _choices(given: dict[str, Any]) -> dict[int, Choice]:
    choices = given.get("choices") or {}
    try:
        found = {int(key): choice for key, choice in choices.items()}
    except (AttributeError, ValueError):
        raise Invalid("Name units by their keys in choices, for example {example}.", example='{"12": "mine"}') from None
    if not set(found.values()) <= {"mine", "theirs"}:
        raise Invalid("A choice is mine or theirs.")
    return cast("dict[int, Choice]", found)


def _version(version: rebase.Version | None) -> Version | None:
    if version is None:
        return None
    geometry = cast("dict[str, object]", orjson.Fragment(shapely.to_geojson(version.ground)))
    return {
        "name": version.name, "area_m2": round(version.area_m2, 2), "buildings": version.buildings, "households": version.households,
        "geometry": geometry,
    }  # fmt: skip
