"""Where a plan stands on the office's path, and what its reader may do about it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gridsvc.database.queries.editions import EditionSeen, edition_of_plan
from gridsvc.database.queries.jurisdictions import editions
from gridsvc.database.queries.plan_steps import StepRow, authors, path_at_level, steps
from gridsvc.database.queries.plans import PlanRow, merged_into
from gridsvc.domain.approvals import Approval, step_of
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may
from gridsvc.domain.schemes import Scheme
from gridsvc.operations.plan_merging import to_gather


@dataclass(frozen=True, slots=True)
class Way:
    """The steps of the path, what was decided, and what may be done now."""

    path: Sequence[Approval]
    decided: Sequence[StepRow]
    waiting: Approval | None
    """The step that the plan waits for, under review."""
    may_submit: bool
    may_withdraw: bool
    may_decide: bool
    """Pass it on or send it back; at the last step: publish it."""
    is_author: bool
    """Who has drawn in it does not decide about it."""
    edition: EditionSeen | None
    """What it became."""
    last: int
    """The serial of the place's last edition; 0 before the first."""
    may_undo: bool
    """Give the ground back that it changed."""
    drafts: int
    """How many other drafts it can take over."""
    into: PlanRow | None
    """The plan that took it over."""

    @property
    def is_last(self) -> bool:
        """Say whether what is left is publishing."""
        return self.waiting is not None and self.waiting == self.path[-1]


def way(session: Session, actor: Actor, plan: PlanRow, scheme: Scheme) -> Way:
    """Return the way of a plan as its reader sees it."""
    waiting = step_of(scheme.approvals, plan.step) if plan.state == "review" else None
    draws = may(actor, Action.DRAW_PLANS, plan.path)
    wrote = actor.account_id in authors(session, plan.id)
    decides = waiting is not None and may(actor, waiting.action, path_at_level(session, plan.path, waiting.level))
    edition = edition_of_plan(session, plan.id)
    publishes = may(actor, Action.PUBLISH_PLANS, jurisdiction_path(plan.jurisdiction_id))
    return Way(
        scheme.approvals, steps(session, plan.id), waiting,
        may_submit=draws and plan.state == "draft" and plan.moves > 0 and not plan.stale,
        may_withdraw=draws and plan.state in ("review", "scheduled"),
        may_decide=decides and not wrote, is_author=decides and wrote,
        edition=edition, last=max((each.serial for each in editions(session, plan.jurisdiction_id)), default=0),
        may_undo=edition is not None and edition.undone_by is None and publishes,
        drafts=len(to_gather(session, actor, plan)) if draws and plan.state == "draft" else 0,
        into=merged_into(session, plan),
    )  # fmt: skip
