"""Taking moves of a plan back: the last one, again and again; or one in the middle that no later one needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import MultiPolygon, Polygon
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.topology import Ground, check_around
from gridsvc.database.queries.coverage import from_wkb, simplest
from gridsvc.database.queries.plans import MoveRow, PlanRow, moves
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, NotFound
from gridsvc.operations.households import Weight
from gridsvc.operations.plan_depending import needed_by
from gridsvc.operations.plan_drawing import Drawing, drawing
from gridsvc.operations.plan_gathered import CONCERNED, settle_gathered
from gridsvc.operations.plan_locks import check_allowed
from gridsvc.operations.plan_moves import Made, Move, changed_places, check_draft, keep

CARRIED = "The plan was carried over to another edition; what was made before that is not taken back. Draw it the other way round."


def undo(session: Session, actor: Actor, plan: PlanRow) -> Made:
    """Take the last move back: what was before it counts again, byte for byte, until `redo`."""
    check_draft(actor, plan)
    row = session.execute(text(_UNDO), {"plan": plan.id}).one_or_none()
    if row is None:
        raise Conflict("There is nothing left to undo.")
    if row.kind == "rebase":
        raise Conflict(CARRIED)
    return _back_or_forth(session, actor, plan, row)


def redo(session: Session, actor: Actor, plan: PlanRow) -> Made:
    """Let the move that was undone last count again; what was undone before another move was made stays undone."""
    check_draft(actor, plan)
    row = session.execute(text(_REDO), {"plan": plan.id}).one_or_none()
    if row is None:
        raise Conflict("There is nothing to redo.")
    return _back_or_forth(session, actor, plan, row)


def _back_or_forth(session: Session, actor: Actor, plan: PlanRow, row: Row[Any]) -> Made:
    """Let drafts follow that the move has taken over, or whose taking over it took back; return what it concerns."""
    if row.kind in CONCERNED:
        settle_gathered(session, actor, plan)
    return Made(row.serial, *_touched(session, plan, row.id))


_UNDO = """
UPDATE plan_move SET undone = true WHERE id = (
  SELECT id FROM plan_move WHERE plan_id = :plan AND NOT undone ORDER BY serial DESC LIMIT 1) RETURNING id, serial, kind
"""
_REDO = """
UPDATE plan_move SET undone = false WHERE id = (
  SELECT id FROM plan_move WHERE plan_id = :plan AND undone AND upon = coalesce(
    (SELECT max(serial) FROM plan_move WHERE plan_id = :plan AND NOT undone), 0)
  ORDER BY serial DESC LIMIT 1) RETURNING id, serial, kind
"""
"""Of several moves made upon the same one, each after the one before was undone, the last comes back."""


def _touched(session: Session, plan: PlanRow, move_id: int) -> tuple[list[int], list[int]]:
    """Return the keys of the units of a move that was undone or redone, and those of them that are no more."""
    rows = session.execute(text(_TOUCHED), {"plan": plan.id, "move": move_id}).all()
    return [row.unit_key for row in rows], [row.unit_key for row in rows if row.gone]


_TOUCHED = """
SELECT t.unit_key, coalesce(n.gone, t.unit_key < 0) AS gone FROM (SELECT DISTINCT unit_key FROM plan_unit WHERE move_id = :move) t
LEFT JOIN LATERAL (
  SELECT u.geom IS NULL AS gone FROM plan_unit u JOIN plan_move m ON m.id = u.move_id AND NOT m.undone
  WHERE u.plan_id = :plan AND u.unit_key = t.unit_key ORDER BY m.serial DESC LIMIT 1) n ON true ORDER BY t.unit_key
"""


def take_back(session: Session, actor: Actor, plan: PlanRow, serial: int) -> Made:
    """Take one move back and leave the later ones, as a move of its own, which can be undone.

    Raises NotFound for a move that is not there, Conflict where it does not count any more, or where a later one, which the sentence
    names, changed one of the same units.
    """
    made = {move.serial: move for move in moves(session, plan.id)}
    if serial not in made:
        raise NotFound("The plan has no move {serial}.", serial=serial)
    if made[serial].undone:
        raise Conflict("Move {serial} was taken back already.", serial=serial)
    if made[serial].kind == "rebase":
        raise Conflict(CARRIED)
    begun = drawing(session, actor, plan)
    later = needed_by(session, begun, serial)
    if later is not None:
        raise Conflict(
            "Move {later} ({sentence}) builds upon move {serial}; take that one back first.",
            later=later, sentence=_sentence(made[later]), serial=serial,
        )  # fmt: skip
    places, weights = _restored(begun, serial)
    move = Move(
        "Move {serial} taken back: {sentence}", {"serial": serial, "sentence": _sentence(made[serial])}, places, weights, kind="take-back"
    )
    check_allowed(begun, places)
    _refuse_used_codes(begun, serial)
    kept = keep(session, actor, plan, begun.at, move)
    if made[serial].kind in CONCERNED:
        settle_gathered(session, actor, plan)
    return kept


def _sentence(move: MoveRow) -> Finding:
    """Return what a move did, to be said within another sentence."""
    return Finding(move.kind, "info", move.template, move.told)


def _restored(begun: Drawing, serial: int) -> tuple[dict[int, int | None], dict[int, Weight]]:
    """Give the units of a move back what they were before it, byte for byte; return where its buildings go back to."""
    given = {"plan": begun.plan.id, "serial": serial}
    rows = begun.session.execute(text(_BEFORE), given).all()
    states = [_State.of(begun, row, shape) for row, shape in zip(rows, from_wkb([row.geom for row in rows]), strict=True)]
    inner = begun.after.children()
    for state in states:
        if state.said:
            begun.after.describe(state.place, **state.said)
        if state.place not in inner:
            begun.after.put(state.place, state.ground, moved=state.moved)
    below = begun.after.children()
    for state in states:
        if state.place in inner and state.place not in below:
            begun.after.put(state.place, state.ground, moved=state.moved)
    begun.after.unite_ancestors()
    _refuse_broken(begun, states, serial)
    placed = begun.session.execute(text(_PLACES_BEFORE), given).all()
    return (
        {row.building_id: begun.at.places.get(row.unit_key) for row in placed},
        {row.building_id: Weight(row.households, row.estimated) for row in placed if row.households is not None},
    )


@dataclass(frozen=True, slots=True)
class _State:
    """What a unit was before a move."""

    place: int
    ground: Ground
    said: Mapping[str, object]
    """What is said about it; nothing of one that was not there."""
    moved: bool
    """Whether the move changed its ground."""

    @classmethod
    def of(cls, begun: Drawing, row: Row[Any], shape: MultiPolygon | None) -> _State:
        place, known = begun.at.places[row.unit_key], begun.at.before.units
        if row.level is not None:
            parent = None if row.parent_key is None else begun.at.places[row.parent_key]
            said = {"level": row.level, "kind": row.kind, "code": row.code, "name": row.name, "parent": parent}
            return cls(place, Polygon() if shape is None else simplest(shape), said, row.moved)
        if place < len(known):
            said = {name: getattr(known[place], name) for name in ("level", "kind", "code", "name", "parent")}
            return cls(place, known[place].ground, said, row.moved)
        return cls(place, Polygon(), {}, row.moved)


def _refuse_broken(begun: Drawing, states: Sequence[_State], serial: int) -> None:
    """Raise Conflict where what was before does not fit to what is beside it now."""
    mosaic = begun.after.mosaic()
    restored = [mosaic.index_of[state.place] for state in states if state.place in mosaic.index_of]
    if check_around(mosaic.ground, restored, tree=mosaic.tree):
        raise Conflict("Move {serial} cannot be taken back: what lies beside was drawn otherwise since.", serial=serial)


def _refuse_used_codes(begun: Drawing, serial: int) -> None:
    """Raise Conflict where a code that comes back was given to another unit since."""
    units = begun.after.units
    back = {code: place for place in changed_places(begun.at) if (code := units[place].code) and not units[place].gone}
    for place, unit in enumerate(units):
        if unit.code in back and back[unit.code] != place and not unit.gone:
            raise Conflict(
                "Move {serial} cannot be taken back: {name} has the code {code} since.", serial=serial, name=unit.name, code=unit.code
            )


_BEFORE = """
SELECT t.unit_key, t.moved, b.level, b.parent_key, b.kind, b.code, b.name, ST_AsBinary(b.geom) AS geom
FROM (SELECT u.unit_key, u.moved FROM plan_unit u JOIN plan_move m ON m.id = u.move_id WHERE m.plan_id = :plan AND m.serial = :serial) t
LEFT JOIN LATERAL (
  SELECT u.* FROM plan_unit u JOIN plan_move m ON m.id = u.move_id AND NOT m.undone
  WHERE u.plan_id = :plan AND u.unit_key = t.unit_key AND m.serial < :serial ORDER BY m.serial DESC LIMIT 1) b ON true
"""
_PLACES_BEFORE = """
SELECT t.building_id, coalesce(b.unit_key, p.unit_id, 0) AS unit_key, t.households, t.estimated
FROM (SELECT q.* FROM plan_place q JOIN plan_move m ON m.id = q.move_id WHERE m.plan_id = :plan AND m.serial = :serial) t
LEFT JOIN LATERAL (
  SELECT q.unit_key FROM plan_place q JOIN plan_move m ON m.id = q.move_id AND NOT m.undone
  WHERE q.plan_id = :plan AND q.building_id = t.building_id AND m.serial < :serial ORDER BY m.serial DESC LIMIT 1) b ON true
LEFT JOIN building_place p ON p.building_id = t.building_id AND upper_inf(p.valid)
"""
