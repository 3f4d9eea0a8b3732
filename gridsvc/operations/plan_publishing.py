"""Making a plan the next edition: at once, or at a date and time by a job that looks again then."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from gridsvc.database.queries.plan_steps import path_at_level
from gridsvc.database.queries.plans import PlanRow, planned
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.tables import Edition, Plan
from gridsvc.domain.coverage import Coverage
from gridsvc.domain.instants import instant
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Conflict, GridError
from gridsvc.operations import editions
from gridsvc.operations.assignment import put_places
from gridsvc.operations.audit import record
from gridsvc.operations.edition_making import make_edition, refuse_broken
from gridsvc.operations.jobs import Ask, ask
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.operations.plan_notices import NOT_PUBLISHED, Told, tell
from gridsvc.operations.plan_path import Decision, check_no_author, locked, note, speaks_as_operator
from gridsvc.operations.plan_pins import pins_of
from gridsvc.operations.rebase import carried_over


def publish(session: Session, actor: Actor, plan: PlanRow, *, at: datetime) -> editions.Published:
    """Make the plan the next edition from `at` on; every building takes its leaf, households without a count get an estimate.

    The steps of the office's path are done; only the operator of the command line may publish a draft. Raises Conflict where they are
    not, or where another edition came since, Invalid where the coverage would not tile, NotAllowed to who has drawn in the plan.
    """
    lock_borders(session, plan.jurisdiction_id)
    plan = _ripe(session, actor, plan)
    return _made_edition(session, actor, plan, at)


def schedule(session: Session, actor: Actor, plan: PlanRow, *, at: datetime) -> UUID:
    """Give the plan the instant at which it becomes an edition; until then it is frozen, and can be withdrawn. Return the job's id.

    A job publishes it then, under the actor's rights of that moment. Raises as `publish` does.
    """
    plan = _ripe(session, actor, plan)
    refuse_broken(_grounds(session, plan)[1])
    session.execute(update(Plan).where(Plan.id == plan.id).values(state="scheduled", step=None, effective_at=at))
    tell(session, plan.public_id, None)
    given = {"plan": str(plan.public_id), "title": plan.title, "path": plan.path, "at": at.isoformat()}
    record(session, actor, "plan.schedule", plan.path, plan=str(plan.public_id), at=at.isoformat())
    return ask(session, actor, Ask("publish", plan.path, given, action=Action.PUBLISH_PLANS, not_before=at))


def publish_scheduled(session: Session, actor: Actor, arguments: dict[str, Any]) -> dict[str, Any]:
    """Publish a plan whose instant has come, as a job; one that was withdrawn meanwhile stays as it is.

    It takes effect at its instant, or where another edition began since, at that one's.
    """
    plan = plan_of(session, actor, UUID(arguments["plan"]))
    lock_borders(session, plan.jurisdiction_id)
    plan = locked(session, actor, plan)
    require(actor, Action.PUBLISH_PLANS, plan.path)
    at = instant(arguments["at"])
    if plan.state != "scheduled" or plan.effective_at != at:
        return {"sentence": {"template": "The plan {title} was withdrawn; nothing was published.", "values": {"title": plan.title}}}
    last = session.scalar(select(func.max(Edition.effective_at)).where(Edition.jurisdiction_id == plan.jurisdiction_id))
    edition = _made_edition(session, actor, plan, max(at, last or at))
    told = {"title": plan.title, "serial": edition.serial}
    return {"edition": edition.serial, "sentence": {"template": "The plan {title} is edition {serial}.", "values": told}}


def tell_planner(session: Session, arguments: dict[str, Any], error: GridError | GeodataError) -> None:
    """Tell whoever draws where the plan is that it could not be published at its instant, and why."""
    told = {"title": arguments["title"], "reason": error}
    tell(session, UUID(arguments["plan"]), Told(Action.DRAW_PLANS, arguments["path"], NOT_PUBLISHED, told))


def _ripe(session: Session, actor: Actor, plan: PlanRow) -> PlanRow:
    """Return the plan, locked, where the actor may publish it now."""
    plan = locked(session, actor, plan)
    last = scheme_of(session, plan.jurisdiction_id).approvals[-1]
    require(actor, Action.PUBLISH_PLANS, path_at_level(session, plan.path, last.level))
    if plan.state == "draft" and speaks_as_operator(actor):
        return plan
    if plan.state == "draft":
        raise Conflict("The plan has not been through the office yet; submit it first.")
    if plan.state != "review":
        raise Conflict("The plan is not under review any more; look at it again.")
    if plan.step != last.key:
        raise Conflict("The plan still waits for a step of the office ({step}).", step=plan.step)
    check_no_author(session, actor, plan)
    note(session, actor, plan, Decision(last.key), "passed")
    return plan


def _made_edition(session: Session, actor: Actor, plan: PlanRow, at: datetime) -> editions.Published:
    """Publish what the plan leads to, carried over where another edition came since and changed other units."""
    before, after = _grounds(session, plan)
    put_places(session, pins_of(session, plan.jurisdiction_id, plan.id, after), at)
    edition, moved = make_edition(session, plan.jurisdiction_id, before, after, at=at, reason=plan.title)
    done = {"state": "published", "step": None, "published_id": edition.edition_id, "effective_at": at}
    session.execute(update(Plan).where(Plan.id == plan.id).values(done))
    tell(session, plan.public_id, None)
    record(session, actor, Action.PUBLISH_PLANS, plan.path, plan=str(plan.public_id), edition=edition.serial, buildings_moved=moved)
    return edition


def _grounds(session: Session, plan: PlanRow) -> tuple[Coverage, Coverage]:
    """Return what holds now, and what the plan makes of it; raise Conflict where an edition since changed the same units."""
    if plan.stale:
        return carried_over(session, plan)
    plan_now = planned(session, plan)
    return plan_now.before, plan_now.after
