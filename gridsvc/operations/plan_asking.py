"""Moves as they are asked for: by their kind, with what it needs; carried out whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias
from uuid import UUID

import orjson
import shapely
from shapely import LineString, Polygon
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from gridsvc.database.queries.buildings import ids_of
from gridsvc.database.queries.plans import PlanRow
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Invalid
from gridsvc.operations import plan_buildings, plan_lines, plan_order
from gridsvc.operations.plan_drawing import Drawing, drawing
from gridsvc.operations.plan_drawn_lines import SNAP_M, Drawn
from gridsvc.operations.plan_locks import check_allowed
from gridsvc.operations.plan_moves import Made, Move, check_draft, keep
from gridsvc.operations.plan_placing import resettled

Asked: TypeAlias = Mapping[str, Any]
"""A move as JSON has it."""


def make(session: Session, actor: Actor, plan: PlanRow, asked: Asked) -> Made:
    """Change a draft by one move. Raises Invalid for what is no move, and what the move itself raises; then nothing is changed."""
    maker = MAKERS.get(str(asked.get("kind")))
    if maker is None:
        raise Invalid("This is no move; a plan knows {known}.", known=", ".join(MAKERS))
    return carry_out(session, actor, plan, lambda begun: maker(begun, asked))


def carry_out(session: Session, actor: Actor, plan: PlanRow, maker: Callable[[Drawing], Move]) -> Made:
    """Change a draft by what a maker does to it: locks and scope are looked at, buildings take their leaves, the move is kept."""
    check_draft(actor, plan)
    begun = drawing(session, actor, plan)
    try:
        move = maker(begun)
    except GeodataError as error:
        raise begun.with_names(error) from error
    leaf_of, weights = resettled(begun, [building for building, _ in move.told.get("pins", ())])
    check_allowed(begun, leaf_of)
    return keep(session, actor, plan, begun.at, replace(move, leaf_of=leaf_of, households=weights))


def _shift(begun: Drawing, asked: Asked) -> Move:
    one, *others = keys_of(asked, "units")
    if len(others) != 1:
        raise Invalid("A border lies between two units; name two in {field!r}.", field="units")
    return plan_lines.shift(begun, (one, others[0]), _drawn(asked))


def _split(begun: Drawing, asked: Asked) -> Move:
    if "parts" in asked:
        return plan_lines.divide(begun, _key(asked, "unit"), _key(asked, "parts"))
    return plan_lines.split(begun, _key(asked, "unit"), _drawn(asked))


def _transfer(begun: Drawing, asked: Asked) -> Move:
    to, apart = _key(asked, "to"), asked.get("apart") is True
    if "within" in asked:
        chosen = plan_buildings.within(begun, _polygon(asked, "within"), to)
    else:
        chosen = ids_of(begun.session, begun.plan.jurisdiction_id, uuids_of(asked, "buildings"))
    return plan_buildings.move_buildings(begun, chosen, to, apart=apart)


def _rename(begun: Drawing, asked: Asked) -> Move:
    return plan_order.rename(begun, _key(asked, "unit"), _text(asked, "name"), _text(asked, "code"))


MAKERS: dict[str, Callable[[Drawing, Asked], Move]] = {
    "shift": _shift,
    "split": _split,
    "merge": lambda begun, asked: plan_order.merge(begun, keys_of(asked, "units")),
    "transfer": _transfer,
    "reparent": lambda begun, asked: plan_order.reparent(begun, keys_of(asked, "units"), _key(asked, "to")),
    "rename": _rename,
    "annex": lambda begun, asked: plan_lines.annex(begun, _key(asked, "unit"), _polygon(asked, "ground")),
    "retire": lambda begun, asked: plan_lines.retire(begun, _key(asked, "unit"), _polygon(asked, "ground")),
}
"""What each kind of move does with what is asked."""


def _key(asked: Asked, field: str) -> int:
    given = asked.get(field)
    if not isinstance(given, int) or isinstance(given, bool):
        raise Invalid("{field!r} has to be a whole number; given was {given!r}.", field=field, given=given)
    return given


def keys_of(asked: Asked, field: str) -> list[int]:
    """Return the keys of units that a field lists; raise Invalid where it does not."""
    given = asked.get(field)
    if not isinstance(given, list) or not given or not all(isinstance(key, int) and not isinstance(key, bool) for key in given):
        raise Invalid("{field!r} has to be a list of keys of units; given was {given!r}.", field=field, given=given)
    return given


def _text(asked: Asked, field: str) -> str | None:
    given = asked.get(field)
    if given is not None and not isinstance(given, str):
        raise Invalid("{field!r} has to be text; given was {given!r}.", field=field, given=given)
    return given


def uuids_of(asked: Asked, field: str) -> list[str]:
    """Return the public ids that a field lists, none where it is missing; raise Invalid for what is no id."""
    given = asked.get(field)
    try:
        return [str(UUID(each)) for each in given or ()]
    except (ValueError, TypeError, AttributeError) as error:
        raise Invalid("{field!r} has to be a list of the ids of buildings; given was {given!r}.", field=field, given=given) from error


def _drawn(asked: Asked) -> Drawn:
    shape, snap_m = _geometry(asked, "line"), asked.get("snap_m", SNAP_M)
    if not isinstance(shape, LineString):
        raise Invalid("{field!r} has to be a GeoJSON {kind}.", field="line", kind="LineString")
    if not isinstance(snap_m, int | float):
        raise Invalid("{field!r} has to be a number; given was {given!r}.", field="snap_m", given=snap_m)
    return Drawn(shape, float(snap_m), _text(asked, "pin"))


def _polygon(asked: Asked, field: str) -> Polygon:
    shape = _geometry(asked, field)
    if not isinstance(shape, Polygon) or shape.is_empty:
        raise Invalid("{field!r} has to be a GeoJSON {kind}.", field=field, kind="Polygon")
    return shape


def _geometry(asked: Asked, field: str) -> shapely.Geometry:
    try:
        return shapely.force_2d(shapely.from_geojson(orjson.dumps(asked.get(field))))
    except (shapely.GEOSException, ValueError, TypeError) as error:
        raise Invalid("{field!r} is no GeoJSON geometry.", field=field) from error
