"""What no move of a plan may change: units and buildings that somebody locked, and what lies outside the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.asking import ask
from gridsvc.database.queries.plans import PlanRow
from gridsvc.domain.coverage import UnitState
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, Invalid, NotAllowed
from gridsvc.operations.plan_drawing import Drawing
from gridsvc.operations.plan_moves import changed_places, check_draft


@dataclass(frozen=True, slots=True)
class Locked:
    """What a plan keeps as it is."""

    units: frozenset[int]
    """By key."""
    buildings: Mapping[int, str | None]
    """Name by id."""


def locks(session: Session, plan: PlanRow) -> Locked:
    """Return the units and buildings that no move of a plan may change."""
    rows = ask(session, _LOCKS, {"plan": plan.id})
    return Locked(
        frozenset(row.unit_key for row in rows if row.unit_key is not None),
        {row.building_id: row.name for row in rows if row.building_id is not None},
    )


_LOCKS = """
SELECT l.unit_key, l.building_id, v.name FROM plan_lock l
LEFT JOIN building_version v ON v.building_id = l.building_id AND upper_inf(v.valid) WHERE l.plan_id = :plan
"""


def lock(session: Session, actor: Actor, plan: PlanRow, *, units: Iterable[int] = (), buildings: Iterable[int] = ()) -> None:
    """Let no move change these units, with all below them, or move these buildings; what is locked stays so."""
    check_draft(actor, plan)
    given = {"plan": plan.id, "path": plan.path, "account": actor.account_id, "units": list(units), "buildings": list(buildings)}
    session.execute(text(_LOCK), given)


_LOCK = """
INSERT INTO plan_lock (plan_id, path, unit_key, building_id, account_id)
SELECT :plan, cast(:path AS ltree), unit_key, building_id, :account FROM (
  SELECT unit_key, NULL::bigint AS building_id FROM unnest(cast(:units AS bigint[])) AS u (unit_key)
  UNION ALL SELECT NULL, building_id FROM unnest(cast(:buildings AS bigint[])) AS b (building_id)
) given ON CONFLICT DO NOTHING
"""


def unlock(session: Session, actor: Actor, plan: PlanRow, *, units: Iterable[int] = (), buildings: Iterable[int] = ()) -> None:
    """Let moves change these units and buildings again."""
    check_draft(actor, plan)
    asked = "DELETE FROM plan_lock WHERE plan_id = :plan AND (unit_key = ANY(:units) OR building_id = ANY(:buildings))"
    session.execute(text(asked), {"plan": plan.id, "units": list(units), "buildings": list(buildings)})


def check_allowed(drawing: Drawing, moved: Iterable[int]) -> None:
    """Raise where a finished move changed what it may not; `moved` are the buildings that it brought into other leaves.

    Neighbours that only got the vertices of a seam, and units above whose ground follows, are nobody's concern, but a unit
    that is locked.
    """
    kept = locks(drawing.session, drawing.plan)
    for place in changed_places(drawing.at):
        above = [place, *_above(drawing, place)]
        held = next((each for each in above if each < len(drawing.at.keys) and drawing.at.keys[each] in kept.units), None)
        if held is not None and _is_changed(drawing, place):
            raise Conflict("{name} is locked in this plan; unlock it to change it.", name=drawing.at.was[held].name)
        if _is_own_change(drawing, place) and not _is_inside(drawing, above):
            raise NotAllowed("{name} lies outside this plan; only what lies inside it can be changed.", name=drawing.name(place))
    for building in moved:
        if building in kept.buildings:
            raise _held(building, kept.buildings[building])


def check_stay(drawing: Drawing, leaf_of: Mapping[int, int | None]) -> None:
    """Raise Conflict where a locked building is put into another leaf, by place, than it stands in."""
    for row in drawing.session.execute(text(_STAND), {"plan": drawing.plan.id}):
        if leaf_of.get(row.building_id, place := drawing.at.places.get(row.unit_key)) != place:
            raise _held(row.building_id, row.name)


_STAND = """
SELECT l.building_id, v.name, coalesce((
    SELECT q.unit_key FROM plan_place q JOIN plan_move m ON m.id = q.move_id AND NOT m.undone
    WHERE q.plan_id = l.plan_id AND q.building_id = l.building_id ORDER BY m.serial DESC LIMIT 1), p.unit_id, 0) AS unit_key
FROM plan_lock l LEFT JOIN building_place p ON p.building_id = l.building_id AND upper_inf(p.valid)
LEFT JOIN building_version v ON v.building_id = l.building_id AND upper_inf(v.valid)
WHERE l.plan_id = :plan AND l.building_id IS NOT NULL ORDER BY l.building_id
"""


def _held(building: int, name: str | None) -> Conflict:
    return Conflict("The building {building} is locked in this plan; unlock it to move it.", building=name or building)


def _above(drawing: Drawing, place: int) -> Iterator[int]:
    """Yield the units above one, as it was and as it is."""
    yield from drawing.after.above(place)
    parent = drawing.at.was[place].parent if place < len(drawing.at.was) else None
    while parent is not None:
        yield parent
        parent = drawing.at.was[parent].parent


def _is_changed(drawing: Drawing, place: int) -> bool:
    """Say whether more happened to a unit than that a border beside it got a vertex."""
    return place in drawing.after.moved or _is_described(drawing, place)


def _is_own_change(drawing: Drawing, place: int) -> bool:
    """Say the same, but for units above, whose ground follows that of those below."""
    return _is_described(drawing, place) or (place in drawing.after.moved and place not in drawing.after.children())


def _is_described(drawing: Drawing, place: int) -> bool:
    if place >= len(drawing.at.was):
        return True
    was, now = drawing.at.was[place], drawing.after.units[place]
    return _said(was) != _said(now) or was.gone != now.gone


def _said(unit: UnitState) -> tuple[object, ...]:
    return unit.level, unit.kind, unit.code, unit.name, unit.parent


def _is_inside(drawing: Drawing, chain: list[int]) -> bool:
    """Say whether a unit, with those above it, is at or below where the plan is."""
    _, _, label = drawing.plan.path.rpartition(".")
    if "." not in drawing.plan.path:
        return True
    anchor = drawing.at.places.get(int(label, 36))
    if anchor is None:
        raise Invalid("The unit that the plan is about is there no more.")
    return anchor in chain
