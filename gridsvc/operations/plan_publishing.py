"""Making a plan the next edition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.plans import Planned, PlanRow, planned
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations import editions
from gridsvc.operations.assignment import assign
from gridsvc.operations.audit import record
from gridsvc.operations.households import store_estimates
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.operations.lineage import record_household_shares
from gridsvc.operations.plans import last_edition
from gridsvc.operations.progress import report


def publish(session: Session, actor: Actor, plan: PlanRow, *, at: datetime) -> editions.Published:
    """Make the plan the next edition from `at` on; every building takes its leaf, households without a count get an estimate.

    Raises Conflict where another edition came since, Invalid where the coverage would not tile.
    """
    require(actor, Action.PUBLISH_PLANS, plan.path)
    lock_borders(session, plan.jurisdiction_id)
    if plan.state != "draft":
        raise Conflict("The plan is no draft any more; nothing can be changed in it.")
    if last_edition(session, plan.jurisdiction_id) != plan.edition_id:
        raise Conflict("The plan stands upon an edition that is not the last one any more; begin another upon that one.")
    plan_now = planned(session, plan)
    _refuse_broken(plan_now)
    report(session, "Writing the edition …")
    edition = editions.publish(session, plan.jurisdiction_id, plan_now.before, plan_now.after.pruned(), effective_at=at, reason=plan.title)
    store_estimates(session, plan.jurisdiction_id, at)
    moved = assign(session, plan.jurisdiction_id, at, around=edition.around)
    record_household_shares(session, edition.edition_id, moved)
    session.execute(text("UPDATE plan SET state = 'published' WHERE id = :id"), {"id": plan.id})
    record(session, actor, Action.PUBLISH_PLANS, plan.path, plan=str(plan.public_id), edition=edition.serial, buildings_moved=len(moved))
    return edition


def _refuse_broken(plan: Planned) -> None:
    findings = check(plan.after.ground_of(plan.after.leaves()))
    if findings:
        raise Invalid("The units would not tile; nothing was written. {first}", first=findings[0], findings=findings)
