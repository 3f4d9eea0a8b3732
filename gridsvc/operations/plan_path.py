"""A plan's way through the office: submitted, passed on step by step, sent back, withdrawn. The steps are those of the scheme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from gridsvc.database.queries.plan_steps import authors, path_at_level, steps
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.tables import Plan, PlanStep
from gridsvc.domain.approvals import Approval, step_after, step_of
from gridsvc.domain.instants import day
from gridsvc.domain.permissions import Action, Actor, Role, require
from gridsvc.errors import Conflict, Invalid, NotAllowed, Stale
from gridsvc.operations.audit import record
from gridsvc.operations.plan_notices import SENT_BACK, WAITS, Told, tell


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about a plan at a step, which the decider names as seen."""

    step: str
    document: str | None = None
    """The number of the document (文号)."""
    document_on: date | None = None
    reason: str | None = None


def submit(session: Session, actor: Actor, plan: PlanRow) -> PlanRow:
    """Hand a draft to the office; from now on it is frozen.

    Raises Conflict where it is no draft or stands upon an edition that holds no more, Invalid where it changes nothing.
    """
    require(actor, Action.DRAW_PLANS, plan.path)
    plan = locked(session, actor, plan)
    if plan.state != "draft":
        raise Conflict("The plan is no draft any more; nothing can be changed in it.")
    if not plan.moves:
        raise Invalid("The plan changes nothing yet; there is nothing to submit.")
    if plan.stale:
        raise Conflict("Another edition came since the plan was begun; carry the plan over to it, then submit it.")
    path = scheme_of(session, plan.jurisdiction_id).approvals
    note(session, actor, plan, Decision(path[0].key), "submitted")
    return _waits(session, actor, plan, path[1])


def pass_on(session: Session, actor: Actor, plan: PlanRow, decision: Decision) -> PlanRow:
    """Pass a plan at the step that it waits for, to the next one; the last step is publishing, which is not passed.

    Raises NotAllowed without the right at the step's level and to who has drawn in the plan, Invalid without the number of a document
    where one belongs to the step, Conflict while a public notice runs, unless a reason is given for making it shorter.
    """
    plan, step = _at_step(session, actor, plan, decision.step)
    path = scheme_of(session, plan.jurisdiction_id).approvals
    if step == path[-1]:
        raise Conflict("The office has passed the plan; what is left is to publish it.")
    check_no_author(session, actor, plan)
    if step.document and not (decision.document or "").strip():
        raise Invalid("The number of the document (文号) is missing; {step} is done by a document.", step=step.name_zh)
    ends = _notice_ends(session, plan, step)
    if ends and ends > datetime.now(UTC) and not (decision.reason or "").strip():
        raise Conflict("The public notice runs until {day}; to make it shorter, say why.", day=day(ends))
    note(session, actor, plan, decision, "passed")
    return _waits(session, actor, plan, step_after(path, step.key))


def send_back(session: Session, actor: Actor, plan: PlanRow, decision: Decision) -> PlanRow:
    """Make a plan under review a draft again, for the reason given; raise Invalid without one."""
    plan, _ = _at_step(session, actor, plan, decision.step)
    if not (decision.reason or "").strip():
        raise Invalid("Say why the plan is sent back; its author has to know what to change.")
    note(session, actor, plan, decision, "sent_back")
    told = {"title": plan.title, "reason": decision.reason}
    return _draft(session, actor, plan, Told(Action.DRAW_PLANS, plan.path, SENT_BACK, told))


def withdraw(session: Session, actor: Actor, plan: PlanRow, reason: str | None = None) -> PlanRow:
    """Take a plan back that is under review or has its day; it is a draft again, and nothing is published at that day."""
    require(actor, Action.DRAW_PLANS, plan.path)
    plan = locked(session, actor, plan)
    if plan.state not in ("review", "scheduled"):
        raise Conflict("Only a plan that was submitted can be withdrawn.")
    last = scheme_of(session, plan.jurisdiction_id).approvals[-1].key
    note(session, actor, plan, Decision(plan.step or last, reason=reason), "withdrawn")
    return _draft(session, actor, plan, None)


def describe(session: Session, actor: Actor, plan: PlanRow, *, title: str | None = None, purpose: str | None = None) -> PlanRow:
    """Give a draft another title or purpose; None leaves it as it is."""
    require(actor, Action.DRAW_PLANS, plan.path)
    plan = locked(session, actor, plan)
    if plan.state != "draft":
        raise Conflict("The plan is no draft any more; nothing can be changed in it.")
    if title is not None and not title.strip():
        raise Invalid("A plan needs a title.")
    given = {name: value.strip() for name, value in (("title", title), ("purpose", purpose)) if value is not None}
    if given:
        session.execute(update(Plan).where(Plan.id == plan.id).values(given))
    return plan_of(session, actor, plan.public_id)


def locked(session: Session, actor: Actor, plan: PlanRow) -> PlanRow:
    """Return the plan as it stands now, which nobody else changes until the transaction ends."""
    session.execute(text("SELECT FROM plan WHERE id = :id FOR UPDATE"), {"id": plan.id})
    return plan_of(session, actor, plan.public_id)


def check_no_author(session: Session, actor: Actor, plan: PlanRow) -> None:
    """Raise NotAllowed to who has drawn in the plan; the operator of the command line stands above the office's path."""
    if actor.account_id in authors(session, plan.id) and not speaks_as_operator(actor):
        raise NotAllowed("You have drawn in this plan yourself; somebody else decides about it.")


def speaks_as_operator(actor: Actor) -> bool:
    """Say whether the command line is asking."""
    return any(grant.role == Role.OPERATOR and not grant.path for grant in actor.grants)


def note(session: Session, actor: Actor, plan: PlanRow, decision: Decision, done: str) -> None:
    """Write down what was decided."""
    values = {
        "plan_id": plan.id, "path": plan.path, "step": decision.step, "decision": done, "reason": (decision.reason or "").strip() or None,
        "document": (decision.document or "").strip() or None, "document_on": decision.document_on, "account_id": actor.account_id,
    }  # fmt: skip
    session.execute(insert(PlanStep).values(values))
    record(session, actor, f"plan.{done}", plan.path, plan=str(plan.public_id), step=decision.step)


def _at_step(session: Session, actor: Actor, plan: PlanRow, seen: str) -> tuple[PlanRow, Approval]:
    """Return the plan, locked, and the step that it waits for, about which the actor may decide."""
    plan = locked(session, actor, plan)
    if plan.state != "review":
        raise Conflict("The plan is not under review.")
    if plan.step != seen:
        raise Stale("The plan waits for another step now ({step}); look at it again.", step=plan.step)
    step = step_of(scheme_of(session, plan.jurisdiction_id).approvals, plan.step)
    require(actor, step.action, path_at_level(session, plan.path, step.level))
    return plan, step


def _notice_ends(session: Session, plan: PlanRow, step: Approval) -> datetime | None:
    """Return until when the plan is shown to the public: from the decision before on; None at a step without notice."""
    if step.notice_days is None:
        return None
    return steps(session, plan.id)[-1].at + timedelta(days=step.notice_days)


def _waits(session: Session, actor: Actor, plan: PlanRow, step: Approval) -> PlanRow:
    session.execute(update(Plan).where(Plan.id == plan.id).values(state="review", step=step.key))
    path = path_at_level(session, plan.path, step.level)
    tell(session, plan.public_id, Told(step.action, path, WAITS, {"title": plan.title, "step": step.name_zh}))
    return plan_of(session, actor, plan.public_id)


def _draft(session: Session, actor: Actor, plan: PlanRow, told: Told | None) -> PlanRow:
    session.execute(update(Plan).where(Plan.id == plan.id).values(state="draft", step=None, effective_at=None))
    tell(session, plan.public_id, told)
    return plan_of(session, actor, plan.public_id)
