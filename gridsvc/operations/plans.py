"""Plans: begin, put a tree in, correct it, undo, put aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.queries.plans import Planned, PlanRow, planned
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.tables import Edition, Plan, UnitCode
from gridsvc.domain.numbering import number
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.plans import PlanUnit, plant
from gridsvc.operations.audit import record
from gridsvc.operations.households import households
from gridsvc.operations.plan_drawing import Drawing
from gridsvc.operations.plan_gathered import give_all_back
from gridsvc.operations.plan_locks import check_stay
from gridsvc.operations.plan_moves import Move, check_draft, keep
from gridsvc.operations.plan_placing import resettled
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
    """Put trees, each in place of everything below a unit, as one move of the plan; keys are unique over all of them.

    Buildings whose ground changes and that no tree names take their leaf by their ground. Raises Conflict for a locked one that moves.
    """
    begun = Drawing(session, actor, plan, planned(session, plan))
    at, _ = begun.at, begun.mosaic  # the leaves as they are now
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
    others, _ = resettled(begun, placed=leaf_of)
    check_stay(begun, others | leaf_of)
    move = Move("{units} units drawn around {buildings} buildings", told, others | leaf_of, weights, reasons, findings)
    keep(session, actor, plan, at, move)


def discard(session: Session, actor: Actor, plan: PlanRow) -> None:
    """Put a plan aside for good; it stays to be read, and drafts that it has taken over go their own way again."""
    check_draft(actor, plan)
    give_all_back(session, plan)
    session.execute(text("UPDATE plan SET state = 'discarded' WHERE id = :id"), {"id": plan.id})
    record(session, actor, "plan.discard", plan.path, plan=str(plan.public_id), title=plan.title)


def last_edition(session: Session, jurisdiction_id: int) -> int | None:
    """Return the id of the edition that holds; None where there is none yet."""
    return session.scalar(select(func.max(Edition.id)).where(Edition.jurisdiction_id == jurisdiction_id))


def _codes(session: Session, jurisdiction_id: int) -> set[str]:
    return set(session.scalars(select(UnitCode.code).where(UnitCode.jurisdiction_id == jurisdiction_id)))


def _about(name: str, reason: Finding) -> Finding:
    """Return a reason that calls its unit by the name it got; reasons are found before units are numbered and named."""
    values = {key: _about(name, value) if isinstance(value, Finding) else value for key, value in reason.values.items()}
    return replace(reason, values=values | ({"place": name} if "place" in values else {}))


def _name(at: Planned, place: int) -> str:
    return at.after.units[place].name
