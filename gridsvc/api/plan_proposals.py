"""Proposals for redrawing a plan: asked for, looked at side by side, one taken over."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

import orjson
import shapely
from flask import request

from gridsvc.api import plans as plans_api
from gridsvc.api import reader
from gridsvc.api.told import Told, told
from gridsvc.database.queries import plan_proposals as queries
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import Action
from gridsvc.domain.redrawing import NAMES, WAYS
from gridsvc.domain.told import finding_of
from gridsvc.errors import Invalid
from gridsvc.operations import jobs
from gridsvc.operations.plan_moves import check_draft
from gridsvc.operations.propose import take_over
from gridsvc.operations.redraw_ground import LOADS
from gridsvc.words import say

PROPOSING = {
    "application/json": {
        "type": "object",
        "properties": {
            "way": {"type": "string", "enum": list(WAYS), "description": "Smallest change, so many parts, or around stations"},
            "unit": {"type": "integer", "description": "The key of the unit below which units are redrawn; the whole plan if missing"},
            "level": {"type": "string", "description": "The level of the units that are redrawn; the lowest if missing"},
            "range": {
                "type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2,
                "description": "Households of a unit; as the scheme has them if missing",
            },
            "parts": {"type": "integer", "minimum": 1, "description": "For the way `parts`: how many"},
            "stations": {"type": "array", "items": {"type": "string", "format": "uuid"}, "description": "For the way `stations`: which"},
            "loads": {
                "type": "object", "properties": {name: {"type": "number", "minimum": 0} for name in LOADS},
                "description": "Weights of several loads; households alone if missing",
            },
            "seed": {"type": "integer", "description": "Another seed gives other units; the same one the same"},
        },
    }
}  # fmt: skip
"""What a wish for a proposal says, as a JSON schema."""


class Queued(TypedDict):
    """A job that was asked for; /jobs/<id> tells how far it is, and it can be stopped: the best until then is kept."""

    job: UUID


class Measures(TypedDict):
    """What an alternative is worth. Households count, whatever loads are weighted.

    `deviation` is the standard deviation of the units' households by their mean, `load_deviation` that of the weighted loads in one
    (of households too, where nothing else is weighted), `compactness` the mean after Polsby and Popper,
    `moved` how many households come to another unit, `moved_share` of all; less than `least_moved` cannot move. `unproven`: of those out
    of range, how many without a proof that it cannot be otherwise.
    """

    units: int
    out_of_range: int
    unproven: int
    lowest: float
    highest: float
    deviation: float
    load_deviation: float
    compactness: float
    moved: float
    moved_share: float
    least_moved: float
    split_compounds: int


class Alternative(TypedDict):
    """One way to do it; `serial` counts from 1, the one that was asked for most first. `name` is for people, in their language."""

    serial: int
    key: str
    name: str
    measures: Measures
    findings: list[Told]


class Proposal(TypedDict):
    """A proposal; `current` says whether the plan is still as it was, so that an alternative can be taken over.

    `asked` is what was asked for, with the range and level that were used. `stopped`: the search was stopped, the best was kept.
    """

    id: UUID
    at: datetime
    by: str | None
    asked: dict[str, Any]
    current: bool
    stopped: bool
    alternatives: list[Alternative]


class Proposals(TypedDict):
    """The proposals for a plan, the newest first."""

    items: list[Proposal]


def propose(plan_id: UUID) -> Queued:
    """Ask for a proposal, for example {"way": "rebalance", "unit": 12, "range": [30, 70]}; a job makes it."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Invalid("A wish for a proposal is a JSON object, for example {example}.", example='{"way": "rebalance"}')
    arguments = _checked(given)
    actor = reader.actor()
    with transaction(actor) as session:
        row = plan_of(session, actor, plan_id)
        check_draft(actor, row)
        asked = jobs.Ask("propose", row.path, {"plan": str(plan_id)} | arguments, Action.DRAW_PLANS)
        return {"job": jobs.ask(session, actor, asked)}


def listed(plan_id: UUID) -> Proposals:
    """Answer the proposals for a plan with their alternatives side by side."""
    actor = reader.actor()
    with transaction(actor) as session:
        row = plan_of(session, actor, plan_id)
        return {"items": [_proposal(each, row.version) for each in queries.proposals(session, row)]}


def units(plan_id: UUID, proposal_id: UUID, serial: int) -> bytes:
    """Answer the units of an alternative that are drawn, as GeoJSON: name, code, households, why they are so, and whether they change."""
    actor = reader.actor()
    with transaction(actor) as session:
        found = queries.proposal(session, plan_of(session, actor, plan_id), proposal_id)
        rows = queries.alternative_units(session, found, serial)
    drawn = [row for row in rows if row.geom is not None]
    grounds = from_wkb([row.geom for row in drawn if row.geom is not None])
    features = [_feature(row, ground) for row, ground in zip(drawn, grounds, strict=True)]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def take(plan_id: UUID, proposal_id: UUID, serial: int) -> plans_api.PlanInFull:
    """Take an alternative over into its plan, as one move; it can be undone as any other."""
    actor = reader.actor()
    with transaction(actor) as session:
        take_over(session, actor, plans_api.as_seen(session, actor, plan_id), proposal_id, serial)
    return plans_api.one(plan_id)


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a wish; raise Invalid for what says nothing."""
    way, limits, stations = given.get("way", "rebalance"), given.get("range"), given.get("stations", [])
    if way not in WAYS:
        raise Invalid("{way!r} is no way to redraw; the ways are {ways}.", way=str(way), ways=", ".join(WAYS))
    if limits is not None and not (isinstance(limits, list) and len(limits) == 2 and all(_is_number(each) for each in limits)):
        raise Invalid("{given} is no range; for example {example} would be right.", given=str(limits), example="[30, 70]")
    parts = given.get("parts", 0)
    if way == "parts" and not (isinstance(parts, int) and parts > 0):
        raise Invalid("Say into how many parts, for example {example}.", example='{"way": "parts", "parts": 5}')
    if way == "stations" and not (isinstance(stations, list) and stations):
        raise Invalid("Say around which stations, by their ids.")
    loads = given.get("loads") or {}
    if not (isinstance(loads, dict) and set(loads) <= set(LOADS) and all(_is_number(each) for each in loads.values())):
        raise Invalid("{given} are no weights of loads; the loads are {loads}.", given=str(loads), loads=", ".join(LOADS))
    try:
        ids = [str(UUID(str(each))) for each in stations]
    except ValueError:
        raise Invalid("Say around which stations, by their ids.") from None
    kept = {name: given[name] for name in ("unit", "level", "seed") if name in given}
    return kept | {"way": way, "range": limits, "parts": parts, "stations": ids, "loads": loads}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _proposal(row: queries.ProposalRow, version: str) -> Proposal:
    return {
        "id": row.public_id, "at": row.at, "by": row.by, "asked": row.asked, "current": row.version == version, "stopped": row.stopped,
        "alternatives": [_alternative(each) for each in row.alternatives],
    }  # fmt: skip


def _alternative(row: queries.AlternativeRow) -> Alternative:
    name = NAMES[row.name][reader.language() != "zh"]
    measures: Any = row.measures
    findings = [told(each) for each in row.findings]
    return {"serial": row.serial, "key": row.name, "name": name, "measures": measures, "findings": findings}


def _feature(row: queries.AlternativeUnit, ground: Any) -> dict[str, Any]:  # noqa: ANN401  # any geometry
    reason = None if row.reason is None else finding_of(row.reason)
    said = None if reason is None else say(reason.template, reader.language(), **reason.values)
    return {
        "type": "Feature",
        "properties": {
            "key": row.key, "level": row.level, "kind": row.kind, "code": row.code, "name": row.name, "households": row.households,
            "changed": row.changed, "buildings": len(row.buildings), "reason": said,
        },
        "geometry": orjson.Fragment(shapely.to_geojson(ground)),
    }  # fmt: skip
