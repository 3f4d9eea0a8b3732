"""Drafts of parts of an area put together in one plan of all of it, to become one edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.plans import Planned, PlanRow, planned, plans
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.domain.carrying import Carrying, Choice, Stand, changed_units
from gridsvc.domain.coverage import UnitState
from gridsvc.domain.paths import covers
from gridsvc.domain.permissions import Action, Actor, may, require
from gridsvc.errors import Invalid
from gridsvc.operations.audit import record
from gridsvc.operations.plan_drawing import Drawing, drawing
from gridsvc.operations.plan_gathered import GATHERED, check_to_gather, merge_into
from gridsvc.operations.plan_moves import Move, check_draft, keep
from gridsvc.operations.plan_path import locked
from gridsvc.operations.plan_placing import resettled
from gridsvc.operations.rebase import Clash, conflict_of, keys_of, version_of


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


def to_gather(session: Session, actor: Actor, plan: PlanRow) -> list[PlanRow]:
    """Return the drafts of a plan's area, or of a part, that it can take over, the first one first.

    They change something, and the actor may draw in them.
    """
    found = reversed(plans(session, plan.jurisdiction_id))
    below = [each for each in found if each.id != plan.id and each.state in GATHERED and each.moves and covers(plan.path, each.path)]
    return [each for each in below if may(actor, Action.DRAW_PLANS, each.path)]


def clashes(session: Session, actor: Actor, plan: PlanRow, drafts: Sequence[PlanRow]) -> list[tuple[PlanRow, Clash]]:
    """Return the units about which somebody has to choose before drafts are taken over, each with its draft and in its versions.

    `mine` is the draft's, `theirs` the plan's with the drafts before. Raises as `gather` does for what is no draft of a part.
    """
    begun, found = drawing(session, actor, plan), []
    for draft in drafts:
        _check(actor, plan, draft)
        stands = _Stands.of(begun, draft)
        keys = stands.clashing()
        found += [(draft, Clash(key, *(version_of(session, plan, each.units.get(key)) for each in stands))) for key in sorted(keys)]
        begun.at = stands.carry(begun.at, dict.fromkeys(keys, "theirs"))
    return found


def _take_over(session: Session, actor: Actor, plan: PlanRow, draft: PlanRow, choices: Mapping[int, Choice]) -> PlanRow:
    _check(actor, plan, draft)
    begun = drawing(session, actor, plan)
    begun.mosaic  # noqa: B018  # the leaves before the move, kept by asking
    begun.at = _Stands.of(begun, draft).carry(begun.at, choices)
    told = {"title": draft.title, "plan": str(draft.public_id), "version": draft.version}
    keep(session, actor, plan, begun.at, Move("Draft {title} taken over", told, *resettled(begun), kind="gather"))
    merge_into(session, plan, draft)
    record(session, actor, "plan.gather", plan.path, plan=str(plan.public_id), draft=str(draft.public_id))
    return plan_of(session, actor, plan.public_id)


def _check(actor: Actor, plan: PlanRow, draft: PlanRow) -> None:
    require(actor, Action.DRAW_PLANS, draft.path)
    if draft.id == plan.id or draft.jurisdiction_id != plan.jurisdiction_id or not covers(plan.path, draft.path):
        raise Invalid("{title} is no plan of a part of this one's area.", title=draft.title)
    check_to_gather(draft)


class _Stands(NamedTuple):
    """The base of a draft, the draft, and the plan that takes it over; its new units have keys of the plan."""

    base: Stand
    wanted: Stand
    holding: Stand

    @classmethod
    def of(cls, begun: Drawing, draft: PlanRow) -> _Stands:
        theirs, at = planned(begun.session, draft), begun.at
        known = begun.session.scalar(text("SELECT min(unit_key) FROM plan_unit WHERE plan_id = :id"), {"id": begun.plan.id})
        lowest = min(known or 0, 0, *at.keys)
        base = Stand(theirs.before, keys_of(theirs.before))
        wanted = Stand(theirs.after, [key if key > 0 else lowest + key for key in theirs.keys])
        return cls(base, wanted, Stand(begun.after, at.keys))

    def clashing(self) -> set[int]:
        """Return the keys of the units that both the draft and the plan have changed."""
        return changed_units(self.base, self.wanted) & changed_units(self.base, self.holding)

    def carry(self, at: Planned, choices: Mapping[int, Choice]) -> Planned:
        """Change the plan as the draft changed its base; raise Conflict where a choice is missing."""
        missing = self.clashing() - choices.keys()
        way = None if missing else Carrying(self.base, self.wanted, at.after, at.keys, choices)
        if way is None or way.in_the_way:
            raise conflict_of(way.in_the_way if way else missing, (self.holding, self.base, self.wanted))
        was = (*at.was, *[UnitState(0, "")] * (len(way.keys) - len(at.keys)))
        return Planned(at.before, was, at.after, way.keys, at.reasons, {key: place for place, key in enumerate(way.keys)})
