"""What people say about a plan, at a place of it, at a unit, or about all of it; settled once it is dealt with."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from geodata.crs import STORED
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.tables import PlanComment
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Invalid, NotFound

LONGEST = 2000
"""Characters of a comment."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What is said, and about what."""

    body: str
    unit_key: int | None = None
    point: tuple[float, float] | None = None
    """Lon, lat of EPSG:4490."""


def comment(session: Session, actor: Actor, plan: PlanRow, said: Comment) -> UUID:
    """Say something about a plan, in whatever state; return the comment's public id. Whoever may read the plan may."""
    require(actor, Action.READ_PLANS, plan.path)
    if not said.body.strip() or len(said.body) > LONGEST:
        raise Invalid("A comment has 1 to {most} characters.", most=LONGEST)
    values = {
        "plan_id": plan.id, "path": plan.path, "body": said.body.strip(), "unit_key": said.unit_key, "account_id": actor.account_id,
        "geom": None if said.point is None else func.ST_SetSRID(func.ST_MakePoint(*(round(each, 8) for each in said.point)), STORED),
    }  # fmt: skip
    return session.scalars(insert(PlanComment).values(values).returning(PlanComment.public_id)).one()


def settle(session: Session, actor: Actor, plan: PlanRow, comment_id: UUID) -> None:
    """Say that a comment is dealt with; raise NotFound where the plan has no such comment. Whoever draws the plan may."""
    require(actor, Action.DRAW_PLANS, plan.path)
    found = (PlanComment.public_id == comment_id, PlanComment.plan_id == plan.id)
    if session.scalar(select(PlanComment.id).where(*found)) is None:
        raise NotFound("There is no such comment.")
    session.execute(update(PlanComment).where(*found, PlanComment.settled_at.is_(None)).values(settled_at=func.now()))
