"""Drafts that a plan has taken over: they are merged while that counts, and drafts of their own again once it does not."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.plans import PlanRow, moves
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict
from gridsvc.operations.plan_notices import tell

GATHERED = ("draft", "review")
"""The states of a plan that another one can take over."""
CONCERNED = frozenset({"gather", "take-back"})
"""Moves whose undoing or redoing may give drafts back or take them again."""


def check_to_gather(draft: PlanRow) -> None:
    """Raise Conflict for a plan that goes its own way no more."""
    if draft.state not in GATHERED:
        raise Conflict("{title} is no draft any more; it cannot be taken over.", title=draft.title)


def merge_into(session: Session, plan: PlanRow, draft: PlanRow) -> None:
    """Let a draft go no way of its own any more; nobody is asked about it either."""
    session.execute(text(_MERGE), {"plan": plan.id, "draft": draft.id})
    tell(session, draft.public_id, None)


def settle_gathered(session: Session, actor: Actor, plan: PlanRow) -> None:
    """Give back the drafts whose move counts no more, and merge those again whose move counts again.

    Raises Conflict for one to be merged again that was changed since.
    """
    made = [move for move in moves(session, plan.id) if move.kind == "gather" and not move.undone]
    counting = {UUID(move.told["plan"]): move.told.get("version") for move in made}
    session.execute(text(_GIVE_BACK), {"plan": plan.id, "kept": list(counting)})
    for public_id in session.scalars(text(_APART), {"plan": plan.id, "kept": list(counting)}).all():
        draft = plan_of(session, actor, public_id)
        check_to_gather(draft)
        if draft.version != counting[public_id]:
            raise Conflict("{title} was changed since it was taken over; take it over anew.", title=draft.title)
        merge_into(session, plan, draft)


def give_all_back(session: Session, plan: PlanRow) -> None:
    """Give back every draft that a plan has taken over."""
    session.execute(text(_GIVE_BACK), {"plan": plan.id, "kept": []})


_MERGE = "UPDATE plan SET state = 'merged', step = NULL, effective_at = NULL, merged_into_id = :plan WHERE id = :draft"
_GIVE_BACK = """
UPDATE plan SET state = 'draft', merged_into_id = NULL
WHERE merged_into_id = :plan AND state = 'merged' AND public_id <> ALL (cast(:kept AS uuid[]))
"""
_APART = """
SELECT public_id FROM plan WHERE public_id = ANY (cast(:kept AS uuid[])) AND merged_into_id IS DISTINCT FROM :plan ORDER BY id FOR UPDATE
"""
