"""The way of a plan through the office: what was decided at which step, and who may decide about the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class StepRow:
    """What became of a plan at a step."""

    step: str
    decision: str
    """A name of domain.plans.DECISIONS."""
    reason: str | None
    document: str | None
    """The number of the document (文号)."""
    document_on: date | None
    by: str | None
    at: datetime


def steps(session: Session, plan_id: int) -> list[StepRow]:
    """Return what was decided about a plan, the first decision first."""
    rows = session.execute(text(_STEPS), {"id": plan_id})
    return [StepRow(*row) for row in rows]


_STEPS = """
SELECT s.step, s.decision, s.reason, s.document, s.document_on, a.name, s.at
FROM plan_step s LEFT JOIN plan_people(:id) a ON a.id = s.account_id WHERE s.plan_id = :id ORDER BY s.id
"""


def authors(session: Session, plan_id: int) -> frozenset[int]:
    """Return the accounts that began a plan or made a move of it that counts."""
    return frozenset(session.scalars(text(_AUTHORS), {"id": plan_id}))


_AUTHORS = """
SELECT account_id FROM plan WHERE id = :id AND account_id IS NOT NULL
UNION SELECT account_id FROM plan_move WHERE plan_id = :id AND NOT undone AND account_id IS NOT NULL
"""


def path_at_level(session: Session, path: str, level: int) -> str:
    """Return the path of the lowest unit at or above a path that stands at the level or higher; of none, that of the jurisdiction."""
    found = session.scalar(text(_AT_LEVEL), {"path": path, "level": level})
    return found or path.partition(".")[0]


_AT_LEVEL = """
SELECT v.path::text FROM unit_version v
WHERE v.path @> cast(:path AS ltree) AND upper_inf(v.valid) AND v.level <= :level ORDER BY nlevel(v.path) DESC LIMIT 1
"""
