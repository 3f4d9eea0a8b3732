"""Drafts of parts of an area put together in one plan of all of it, to become one edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.plans import Planned, PlanRow, planned
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.domain.carrying import Carrying, Choice, Stand, changed_units
from gridsvc.domain.coverage import UnitState
from gridsvc.domain.paths import covers
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Invalid
from gridsvc.operations.audit import record
from gridsvc.operations.plan_drawing import Drawing, drawing
from gridsvc.operations.plan_gathered import check_to_gather, merge_into
from gridsvc.operations.plan_moves import Move, check_draft, keep
from gridsvc.operations.plan_path import locked
from gridsvc.operations.plan_placing import resettled
from gridsvc.operations.rebase import conflict_of, keys_of


def gather(session: Session, actor: Actor, plan: PlanRow, drafts: Sequence[PlanRow], choices: Mapping[int, Choice]) -> PlanRow:
    """Take other plans over into a draft, each as one move; they are merged and go no way of their own any more.

    `choices` says of each unit that both have changed whether the draft's version stands (`mine`) or this plan's (`theirs`). Raises
    Conflict with a finding for each about which nobody chose, Invalid for a draft outside the plan's area or one of another place.
    """
    plan = locked(session, actor, plan)
    check_draft(actor, plan)
    for each in drafts:
        plan = _take_over(session, actor, plan, locked(session, actor, each), choices)
    return plan


def _take_over(session: Session, actor: Actor, plan: PlanRow, draft: PlanRow, choices: Mapping[int, Choice]) -> PlanRow:
    require(actor, Action.DRAW_PLANS, draft.path)
    if draft.id == plan.id or draft.jurisdiction_id != plan.jurisdiction_id or not covers(plan.path, draft.path):
        raise Invalid("{title} is no plan of a part of this one's area.", title=draft.title)
    check_to_gather(draft)
    begun = drawing(session, actor, plan)
    begun.mosaic  # noqa: B018  # the leaves before the move, kept by asking
    _carry(begun, session, draft, choices)
    told = {"title": draft.title, "plan": str(draft.public_id), "version": draft.version}
    keep(session, actor, plan, begun.at, Move("Draft {title} taken over", told, *resettled(begun), kind="gather"))
    merge_into(session, plan, draft)
    record(session, actor, "plan.gather", plan.path, plan=str(plan.public_id), draft=str(draft.public_id))
    return plan_of(session, actor, plan.public_id)


def _carry(begun: Drawing, session: Session, draft: PlanRow, choices: Mapping[int, Choice]) -> None:
    """Change what the move works on as the draft changed its base; its new units get keys of the plan."""
    theirs, at = planned(session, draft), begun.at
    lowest = session.scalar(text("SELECT least(min(unit_key), 0) FROM plan_unit WHERE plan_id = :id"), {"id": begun.plan.id}) or 0
    base = Stand(theirs.before, keys_of(theirs.before))
    wanted = Stand(theirs.after, [key if key > 0 else lowest + key for key in theirs.keys])
    holding = Stand(begun.after, at.keys)
    missing = (changed_units(base, wanted) & changed_units(base, holding)) - choices.keys()
    way = None if missing else Carrying(base, wanted, begun.after, at.keys, choices)
    if missing or (way and way.in_the_way):
        raise conflict_of(missing or (way.in_the_way if way else set()), (holding, base, wanted))
    if way:
        was = (*at.was, *[UnitState(0, "")] * (len(way.keys) - len(at.keys)))
        begun.at = Planned(at.before, was, begun.after, way.keys, at.reasons, {key: place for place, key in enumerate(way.keys)})
