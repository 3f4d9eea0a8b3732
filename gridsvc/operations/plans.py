"""Plans: begin, put a tree in, correct it, undo, put aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.topology import merge, transfer
from gridsvc.database.queries.plans import Planned, PlanRow, buildings_of, planned
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.tables import Edition, Plan, PlanMove, UnitCode
from gridsvc.domain.numbering import number
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.plans import PlanUnit, plant
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations.audit import record
from gridsvc.operations.ground_of_buildings import ground_of_buildings
from gridsvc.operations.households import Households, Weight, households
from gridsvc.operations.plan_moves import Move, check_draft, keep
from gridsvc.operations.progress import report


def begin(session: Session, actor: Actor, jurisdiction_id: int, title: str, *, path: str | None = None) -> PlanRow:
    """Begin a plan upon the current edition; `path` is where it will change something, the whole jurisdiction unless given."""
    path = path or jurisdiction_path(jurisdiction_id)
    require(actor, Action.DRAW_PLANS, path)
    last = last_edition(session, jurisdiction_id)
    new = Plan(jurisdiction_id=jurisdiction_id, path=path, title=title, edition_id=last, account_id=actor.account_id)
    session.add(new)
    session.flush()
    session.refresh(new)
    return plan_of(session, actor, new.public_id)


def add_tree(
    session: Session, actor: Actor, plan: PlanRow, anchor: int | None, tree: Sequence[PlanUnit], *, findings: Sequence[Finding] = ()
) -> None:
    """Put a tree in place of everything below a unit (its id; None: of the whole jurisdiction) as one move of the plan."""
    add_trees(session, actor, plan, [(anchor, tree)], findings=findings)


def add_trees(
    session: Session,
    actor: Actor,
    plan: PlanRow,
    trees: Sequence[tuple[int | None, Sequence[PlanUnit]]],
    *,
    findings: Sequence[Finding] = (),
) -> None:
    """Put trees, each in place of everything below a unit, as one move of the plan; keys are unique over all of them."""
    at = planned(session, plan)
    units = [unit for _, tree in trees for unit in tree]
    places: dict[str, int] = {}
    for anchor, tree in trees:
        report(session, "Fitting {count} units together …", count=len(tree))
        places |= plant(at.after, None if anchor is None else at.place_of(anchor), tree)
    number(at.after, scheme_of(session, plan.jurisdiction_id), _codes(session, plan.jurisdiction_id))
    leaf_of = {building: places[unit.key] for unit in units for building in unit.buildings}
    told = {"units": len(units), "buildings": len(leaf_of)}
    reasons = {places[unit.key]: _about(_name(at, places[unit.key]), unit.reason) for unit in units if unit.reason is not None}
    weights = households(session, plan.jurisdiction_id)
    move = Move("{units} units drawn around {buildings} buildings", told, leaf_of, weights, reasons, findings)
    keep(session, actor, plan, at, move)


def move_buildings(session: Session, actor: Actor, plan: PlanRow, buildings: Sequence[int], taker: int) -> None:
    """Give buildings with their ground to another leaf of the plan; the leaf they all stand in is found.

    Raises Invalid where they stand in several leaves or would leave it in pieces, NotFound for a leaf that is not there.
    """
    at = planned(session, plan)
    placed = {row.building_id: row for row in buildings_of(session, plan.id)}
    givers = {placed[building].unit_key for building in buildings if building in placed}
    if len(givers) != 1 or any(building not in placed for building in buildings):
        raise Invalid("The buildings stand in {count} units of the plan; move those of one at a time.", count=len(givers))
    giver, to = at.place_of(givers.pop()), at.place_of(taker)
    leaves = at.after.leaves()
    standing = [row.building_id for row in placed.values() if row.unit_key == at.keys[giver]]
    ground = ground_of_buildings(session, at.after.units[giver].ground, standing, buildings)
    change = transfer(at.after.ground_of(leaves), ground, leaves.index(giver), leaves.index(to))
    at.after.rearranged(leaves, change)
    at.after.unite_ancestors()
    told = {"count": len(buildings), "old": _name(at, giver), "new": _name(at, to)}
    move = Move("{count} buildings from {old} to {new}", told, dict.fromkeys(buildings, to), _known(placed.values()))
    keep(session, actor, plan, at, move)


def merge_units(session: Session, actor: Actor, plan: PlanRow, keys: Sequence[int]) -> None:
    """Unite leaves of the plan into the first one, which keeps its name."""
    at = planned(session, plan)
    places = [at.place_of(key) for key in keys]
    leaves = at.after.leaves()
    if any(place not in leaves for place in places):
        raise Invalid("Only units without others below them can be merged.")
    at.after.rearranged(leaves, merge(at.after.ground_of(leaves), [leaves.index(place) for place in places]))
    at.after.unite_ancestors()
    moved = [row for row in buildings_of(session, plan.id) if row.unit_key in keys[1:]]
    told = {"others": "、".join(_name(at, place) for place in places[1:]), "name": _name(at, places[0])}
    keep(session, actor, plan, at, Move("{others} into {name}", told, {row.building_id: places[0] for row in moved}, _known(moved)))


def rename(session: Session, actor: Actor, plan: PlanRow, key: int, name: str) -> None:
    """Call a unit of the plan something else."""
    if not name.strip():
        raise Invalid("A unit needs a name.")
    at = planned(session, plan)
    place = at.place_of(key)
    told = {"old": _name(at, place), "new": name.strip()}
    at.after.describe(place, name=name.strip())
    keep(session, actor, plan, at, Move("{old} is called {new}", told))


def undo(session: Session, actor: Actor, plan: PlanRow) -> None:
    """Take the last move back: what was before it counts again, byte for byte."""
    check_draft(actor, plan)
    last = session.scalars(select(PlanMove).where(PlanMove.plan_id == plan.id, ~PlanMove.undone).order_by(PlanMove.serial.desc())).first()
    if last is None:
        raise Conflict("There is nothing left to undo.")
    session.execute(text("UPDATE plan_move SET undone = true WHERE id = :id"), {"id": last.id})


def discard(session: Session, actor: Actor, plan: PlanRow) -> None:
    """Put a plan aside for good; it stays to be read."""
    check_draft(actor, plan)
    session.execute(text("UPDATE plan SET state = 'discarded' WHERE id = :id"), {"id": plan.id})
    record(session, actor, "plan.discard", plan.path, plan=str(plan.public_id), title=plan.title)


def last_edition(session: Session, jurisdiction_id: int) -> int | None:
    """Return the id of the edition that holds; None where there is none yet."""
    return session.scalar(select(func.max(Edition.id)).where(Edition.jurisdiction_id == jurisdiction_id))


def _known(rows: Iterable[Row[Any]]) -> Households:
    return {row.building_id: Weight(row.households, row.estimated) for row in rows if row.households is not None}


def _codes(session: Session, jurisdiction_id: int) -> set[str]:
    return set(session.scalars(select(UnitCode.code).where(UnitCode.jurisdiction_id == jurisdiction_id)))


def _about(name: str, reason: Finding) -> Finding:
    """Return a reason that calls its unit by the name it got; reasons are found before units are numbered and named."""
    values = {key: _about(name, value) if isinstance(value, Finding) else value for key, value in reason.values.items()}
    return replace(reason, values=values | ({"place": name} if "place" in values else {}))


def _name(at: Planned, place: int) -> str:
    return at.after.units[place].name
