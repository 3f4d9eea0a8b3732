"""Keeping a move of a plan: the units that it changed, as they are after it, and where buildings went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.crs import STORED
from geodata.findings import Finding
from gridsvc.database.queries.plans import Planned, PlanRow
from gridsvc.domain.coverage import multi
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.told import kept, plain_values
from gridsvc.errors import Conflict
from gridsvc.operations.households import Households

OUTSIDE = 0
"""The key that stands for no unit at all: ground given up at the edge of the jurisdiction."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a move did to a coverage that was `planned` and has been changed since."""

    template: str
    """An English sentence, with `told` for its fields."""
    told: Mapping[str, Any]
    leaf_of: Mapping[int, int | None] = field(default_factory=dict)
    """Building id -> place of its leaf, None for no unit, of the buildings that it placed."""
    households: Households = field(default_factory=dict)
    """Of those buildings."""
    reasons: Mapping[int, Finding] = field(default_factory=dict)
    """By place."""
    findings: Sequence[Finding] = ()
    kind: str = "tree"
    """A name of domain.plans.MOVES."""


@dataclass(frozen=True, slots=True)
class Made:
    """A move that was kept."""

    serial: int
    keys: Sequence[int]
    """Of the units that it changed, seams and ancestors included."""
    gone: Sequence[int]
    """Those of them that are no more."""


def check_draft(actor: Actor, plan: PlanRow) -> None:
    """Raise NotAllowed where the actor may not change the plan, Conflict where it is no draft any more."""
    require(actor, Action.DRAW_PLANS, plan.path)
    if plan.state != "draft":
        raise Conflict("The plan is no draft any more; nothing can be changed in it.")


def keep(session: Session, actor: Actor, plan: PlanRow, at: Planned, move: Move) -> Made:
    """Store the move; the coverage `at.after` is as the move left it, `at` tells what it was before."""
    check_draft(actor, plan)
    keys, changed = _keys(session, plan, at), changed_places(at)
    units = [_unit(at, place, keys, move) for place in changed]
    whole = {
        "plan_id": plan.id, "path": plan.path, "of_kind": move.kind, "template": move.template, "account_id": actor.account_id,
        "told": orjson.dumps(plain_values(move.told)).decode(),
        "findings": orjson.dumps([kept(finding) for finding in [*move.findings, *at.after.findings]]).decode(),
    }  # fmt: skip
    drawn = {name: [unit[name] for unit in units] for name in _COLUMNS}
    serial: int = session.execute(_KEPT, whole | drawn | _placed(keys, move)).scalar_one()
    return Made(serial, [keys[place] for place in changed], [keys[place] for place in changed if at.after.units[place].gone])


def changed_places(at: Planned) -> list[int]:
    """Return the places of the units that are not as they were."""
    return [place for place in at.after.touched() if place >= len(at.was) or at.after.units[place] is not at.was[place]]


def _keys(session: Session, plan: PlanRow, at: Planned) -> list[int]:
    """Return the key of every unit, new ones counting down."""
    new = len(at.after.units) - len(at.keys)
    if not new:
        return at.keys
    lowest = session.scalar(text("SELECT least(min(unit_key), 0) FROM plan_unit WHERE plan_id = :id"), {"id": plan.id}) or 0
    return [*at.keys, *range(lowest - 1, lowest - 1 - new, -1)]


def _unit(at: Planned, place: int, keys: list[int], move: Move) -> dict[str, Any]:
    """Return the row of a unit."""
    unit, reason = at.after.units[place], move.reasons.get(place)
    return {
        "unit_key": keys[place],
        "parent_key": None if unit.parent is None else keys[unit.parent],
        "level": unit.level,
        "kind": unit.kind,
        "code": unit.code,
        "name": unit.name,
        "moved": place in at.after.moved,
        "geom": None if unit.gone else shapely.to_wkb(multi(unit.ground)),
        "reason": None if reason is None else orjson.dumps(kept(reason)).decode(),
    }


def _placed(keys: list[int], move: Move) -> dict[str, list[Any]]:
    weights = [move.households.get(building) for building in move.leaf_of]
    return {
        "buildings": list(move.leaf_of),
        "leaves": [OUTSIDE if place is None else keys[place] for place in move.leaf_of.values()],
        "households": [None if weight is None else weight.households for weight in weights],
        "estimated": [weight is not None and weight.estimated for weight in weights],
    }


_COLUMNS = {
    "unit_key": "bigint", "parent_key": "bigint", "level": "smallint", "kind": "text", "code": "text", "name": "text", "moved": "boolean",
    "geom": "bytea", "reason": "text",
}  # fmt: skip
_KEPT = text(f"""
WITH made AS (
  INSERT INTO plan_move (plan_id, path, serial, kind, template, told, findings, account_id, undone)
  SELECT :plan_id, cast(:path AS ltree), 1 + coalesce((SELECT max(serial) FROM plan_move WHERE plan_id = :plan_id), 0),
         :of_kind, :template, cast(:told AS jsonb), cast(:findings AS jsonb), :account_id, false
  RETURNING id, plan_id, path, serial
), drawn AS (
  INSERT INTO plan_unit (plan_id, path, move_id, unit_key, parent_key, level, kind, code, name, moved, geom, reason)
  SELECT m.plan_id, m.path, m.id, unit_key, parent_key, level, kind, code, name, moved, ST_GeomFromWKB(geom, {STORED}),
         cast(reason AS jsonb)
  FROM made m, unnest({", ".join(f"cast(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())}) AS given ({", ".join(_COLUMNS)})
), placed AS (
  INSERT INTO plan_place (plan_id, path, move_id, building_id, unit_key, households, estimated)
  SELECT m.plan_id, m.path, m.id, building_id, leaf, households, estimated
  FROM made m, unnest(cast(:buildings AS bigint[]), cast(:leaves AS bigint[]), cast(:households AS integer[]),
                      cast(:estimated AS boolean[])) AS given (building_id, leaf, households, estimated)
)
SELECT serial FROM made
""")
"""All of a move at once: whoever sees that it counts sees what it changed."""
