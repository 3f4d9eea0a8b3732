"""Moves of a plan: made, looked at before they count, undone, redone, taken back; and what no move may change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from flask import Response, request
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from gridsvc.api import reader
from gridsvc.api.errors import problem, sentence, status_of
from gridsvc.api.parse import Parameter
from gridsvc.api.plan_impact import said as impact_said
from gridsvc.api.plans import as_seen, feature, move_made, seen_version
from gridsvc.database.queries import plans
from gridsvc.database.queries.buildings import ids_of, public_ids_of
from gridsvc.database.queries.impact import impact as impact_of
from gridsvc.database.queries.plan_standing import loads_of
from gridsvc.database.session import plan_once, transaction
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, GridError, Invalid, Stale
from gridsvc.operations import plan_locks, plan_undoing
from gridsvc.operations.plan_asking import MAKERS, keys_of, make, uuids_of
from gridsvc.operations.plan_depending import concern_the_same, moves_since
from gridsvc.operations.plan_moves import Made

_KEYS = {"type": "array", "items": {"type": "integer"}}
_IDS = {"type": "array", "items": {"type": "string", "format": "uuid"}}
_SHAPE = {"type": "object", "description": "GeoJSON, lon and lat of EPSG:4490"}
MOVES = {
    "application/json": {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": list(MAKERS)},
            "unit": {"type": "integer", "description": "Key of the unit that is split, renamed, grows or shrinks"},
            "units": {
                **_KEYS,
                "description": "Two whose border is shifted, several to be merged (the first stays) or put under `to`",
            },
            "to": {"type": "integer", "description": "Key of the unit that takes"},
            "line": {**_SHAPE, "description": "The new border, a LineString"},
            "ground": {**_SHAPE, "description": "A Polygon to be taken in or given up"},
            "buildings": {**_IDS, "description": "To be given to `to` with their ground"},
            "within": {**_SHAPE, "description": "A Polygon: the buildings of other units in it are given to `to`"},
            "apart": {"type": "boolean", "description": "Whether units may fall into pieces"},
            "parts": {"type": "integer", "description": "Into how many parts of about the same number of households a unit is split"},
            "snap_m": {"type": "number", "description": "How near a street, wall or barrier a line has to run to be laid upon it"},
            "pin": {"type": "string", "description": "Why buildings that the line cuts stay where they belong; else it is led around them"},
            "anyway": {"type": "boolean", "description": "Make it upon moves that others made since, where it concerns other units"},
            "name": {"type": "string"},
            "code": {"type": "string"},
        },
        "required": ["kind"],
    }
}
"""What a move says, as a JSON schema."""
LOCKS = {"application/json": {"type": "object", "properties": {"units": _KEYS, "buildings": _IDS}}}
"""What is locked and unlocked, as a JSON schema."""
Change: TypeAlias = Callable[[Session, Actor, plans.PlanRow], Made]
LOOK = Parameter(
    "look", lambda _name, text: text not in ("", "0", "false"), "1 only says what a move would do", {"type": "string", "enum": ["1"]}
)


def move(plan_id: UUID, look: bool = False) -> bytes | Response:
    """Change a draft by one move; with `look` only say what it would do."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Invalid("A move is a JSON object, for example {example}.", example='{"kind": "merge", "units": [-4, -5]}')
    try:
        return _change(plan_id, lambda session, actor, row: make(session, actor, row, given), look=look, anyway=given.get("anyway") is True)
    except Invalid as error:
        return _with_bridges(plan_id, error)


def undo(plan_id: UUID) -> bytes | Response:
    """Take the last move of a plan back, as if it had not been made."""
    return _change(plan_id, plan_undoing.undo)


def redo(plan_id: UUID) -> bytes | Response:
    """Let the move of a plan that was undone last count again."""
    return _change(plan_id, plan_undoing.redo)


def take_back(plan_id: UUID, serial: int) -> bytes | Response:
    """Take one move of a plan back and leave the later ones, where none of them builds upon it."""
    return _change(plan_id, lambda session, actor, row: plan_undoing.take_back(session, actor, row, serial))


def locks(plan_id: UUID) -> bytes:
    """Answer the units and buildings that no move of a plan may change."""
    with transaction(reader.actor()) as session:
        return _locks(session, plans.plan(session, reader.actor(), plan_id))


def lock(plan_id: UUID) -> bytes:
    """Let no move of a plan change these units and buildings."""
    return _set_locks(plan_id, plan_locks.lock)


def unlock(plan_id: UUID) -> bytes:
    """Let moves of a plan change these units and buildings again."""
    return _set_locks(plan_id, plan_locks.unlock)


def _change(plan_id: UUID, make_it: Change, *, look: bool = False, anyway: bool = False) -> bytes | Response:
    """Change a plan and answer what became of the units concerned; a look is taken back before anybody sees it.

    Where somebody made moves since the version that If-Match names, these are answered as a choice, and with `anyway` the change is
    made all the same if it concerns none of the same units.
    """
    actor = reader.actor()
    with transaction(actor) as session:
        plan_once(session)
        try:
            row, since = as_seen(session, actor, plan_id), None
        except Stale:
            row = plans.plan(session, actor, plan_id)
            since = moves_since(session, row, seen_version())
        trial = session.begin_nested() if look or since is not None else None
        made = _tried(session, actor, row, make_it, since)
        apart = since is None or (made is not None and not concern_the_same(session, actor, row, made.serial, since))
        if trial is not None and since is not None and not (apart and anyway):
            trial.rollback()
            return _choice(row, since, apart=apart)
        answer = _answer(session, actor, row, made)
        if trial is not None and look:
            trial.rollback()
            answer |= {"version": row.version}
            answer["move"] |= {"serial": None}
    return orjson.dumps(answer)


def _tried(session: Session, actor: Actor, row: plans.PlanRow, make_it: Change, since: Sequence[plans.MoveRow] | None) -> Made | None:
    """Make the change; what is refused upon a version that nobody has seen is no answer to who asked."""
    try:
        return make_it(session, actor, row)
    except (GridError, GeodataError):
        if since is None:
            raise
        return None


def _choice(row: plans.PlanRow, since: Sequence[plans.MoveRow], *, apart: bool) -> Response:
    """Answer that others were faster: what they made, and whether the change would concern the same units."""
    error = Stale("The plan has {moves} moves now; look at it again.", moves=row.moves)
    answer = problem(status_of(error), sentence(error))
    more = {"version": row.version, "since": [move_made(each) for each in since], "overlaps": not apart}
    answer.set_data(orjson.dumps(orjson.loads(answer.get_data()) | more))
    return answer


def _answer(session: Session, actor: Actor, row: plans.PlanRow, made: Made | None) -> dict[str, Any]:
    if made is None:
        raise Conflict("There is nothing left to undo.")
    now = plans.plan(session, actor, row.public_id)
    at = plans.planned(session, now)
    return {
        "version": now.version,
        "move": move_made(plans.move(session, row.id, made.serial)),
        "units": {"type": "FeatureCollection", "features": features(session, now, at, made.keys)},
        "gone": list(made.gone),
        "impact": impact_said(impact_of(session, actor, now, made.keys, at), now.version),
    }


def features(session: Session, row: plans.PlanRow, at: plans.Planned, keys: Iterable[int]) -> list[dict[str, Any]]:
    """Return the units of these keys as the plan has them, without those that are no more."""
    known = {key: place for key in keys if (place := at.places.get(key)) is not None}  # what an undone move made is known no more
    places = {key: place for key, place in known.items() if not at.was[place].gone}
    below = at.after.children()
    loads = loads_of(session, row, [key for key, place in places.items() if place not in below])
    return [feature(at, place, loads.get(key), leaf=place not in below) for key, place in places.items()]


def _with_bridges(plan_id: UUID, error: Invalid) -> Response:
    """Answer a refusal; where further buildings would make the move possible, with their ids."""
    answer = problem(status_of(error), sentence(error), error.findings)
    bridges = error.values.get("bridges")
    if isinstance(bridges, list):
        with transaction(reader.actor()) as session:
            plans.plan(session, reader.actor(), plan_id)
            answer.set_data(orjson.dumps(orjson.loads(answer.get_data()) | {"bridges": public_ids_of(session, bridges)}))
    return answer


def _set_locks(plan_id: UUID, change: Callable[..., None]) -> bytes:
    given, actor = request.get_json(silent=True), reader.actor()
    if not isinstance(given, dict):
        raise Invalid("What is locked is a JSON object, for example {example}.", example='{"units": [12], "buildings": []}')
    with transaction(actor) as session:
        row = plans.plan(session, actor, plan_id)
        units = keys_of(given, "units") if given.get("units") else []
        buildings = ids_of(session, row.jurisdiction_id, uuids_of(given, "buildings"))
        change(session, actor, row, units=units, buildings=buildings)
        return _locks(session, row)


def _locks(session: Session, row: plans.PlanRow) -> bytes:
    held = plan_locks.locks(session, row)
    return orjson.dumps({"units": sorted(held.units), "buildings": public_ids_of(session, list(held.buildings))})
