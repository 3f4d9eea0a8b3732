"""What an edition leaves to be confirmed (待确认): where organisations belong whose unit ended, who looks after whom over a border."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.instants import day
from gridsvc.domain.notices import CONFIRM_DAYS
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Conflict, NotFound
from gridsvc.operations.audit import record
from gridsvc.operations.contracts import level_of

TOLD = {
    Action.CHANGE_PEOPLE: "{place}: {count} organisations lost their unit; confirm where they belong by {day}.",
    Action.ASSIGN_CONTRACTS: "{place}: {count} households are looked after from another grid now; confirm who does by {day}.",
}


def propose_successions(session: Session, jurisdiction_id: int, edition_id: int, moved: Sequence[int]) -> int:
    """Propose what comes after, for an edition that has moved these buildings, and tell who decides; return how much waits.

    组织关系 stays as it is, and so does everything else until somebody confirms.
    """
    given = {
        "edition": edition_id, "moved": list(moved), "level": level_of(scheme_of(session, jurisdiction_id)),
        "until": day(datetime.now(UTC) + timedelta(days=CONFIRM_DAYS)), "told": json.dumps(TOLD),
    }  # fmt: skip
    count: int = session.execute(text(_PROPOSE), given).scalar_one()
    return count


_PROPOSE = """
SELECT propose_successions(:edition, cast(:moved AS bigint[]), cast(:level AS smallint), :until, cast(:told AS jsonb))
"""


def confirm(session: Session, actor: Actor, succession: UUID, *, accept: bool = True) -> None:
    """Let the organisation, or the member, come after as proposed; with `accept` false everything stays as it is.

    Raises NotFound for what the actor may not see, Conflict where it was decided before, or where nobody was found who could.
    """
    row = session.execute(text("SELECT * FROM succession WHERE public_id = :id FOR UPDATE"), {"id": succession}).one_or_none()
    if row is None:
        raise NotFound("There is no such proposal.")
    require(actor, Action(row.action), row.path)
    if row.decided_at is not None:
        raise Conflict("This was decided before.")
    if accept and row.contract_id is not None and row.to_person_id is None:
        raise Conflict("Nobody in that grid can look after the household; give it to somebody by hand.")
    if accept:
        for statement in (_LEAVE, _STAND) if row.organisation_id is not None else (_END, _BEGIN):
            session.execute(text(statement), dict(row._mapping))
    session.execute(text(_DECIDED), {"id": row.id, "accepted": accept, "by": actor.account_id})
    record(session, actor, "successions.confirm", row.path, succession=str(succession), accepted=accept)


_LEAVE = """
UPDATE organisation_ground SET valid = tstzrange(lower(valid), greatest(lower(valid), now()))
WHERE organisation_id = :organisation_id AND unit_id = :unit_id AND upper_inf(valid)
"""
_STAND = """
INSERT INTO organisation_ground (organisation_id, unit_id, leads, valid)
SELECT g.organisation_id, :to_unit_id, g.leads AND NOT EXISTS (
  SELECT FROM organisation_ground o WHERE o.organisation_id = g.organisation_id AND o.leads AND upper_inf(o.valid)), tstzrange(now(), NULL)
FROM organisation_ground g
WHERE g.organisation_id = :organisation_id AND g.unit_id = :unit_id AND NOT EXISTS (
  SELECT FROM organisation_ground o WHERE o.organisation_id = g.organisation_id AND o.unit_id = :to_unit_id AND upper_inf(o.valid))
ORDER BY g.id DESC LIMIT 1
"""
_END = "UPDATE contract SET valid = tstzrange(lower(valid), greatest(lower(valid), now())) WHERE id = :contract_id AND upper_inf(valid)"
_BEGIN = """
INSERT INTO contract (person_id, household_id, valid, reason)
SELECT :to_person_id, c.household_id, tstzrange(now(), NULL), cast(:public_id AS text) FROM contract c
WHERE c.id = :contract_id AND NOT EXISTS (SELECT FROM contract o WHERE o.household_id = c.household_id AND upper_inf(o.valid))
"""
_DECIDED = "UPDATE succession SET decided_at = now(), accepted = :accepted, decided_by = :by WHERE id = :id"
