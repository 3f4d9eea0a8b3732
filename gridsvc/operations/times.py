"""Between ordinary and urgent times (平时/急时): the second, thicker roster counts in an area while it is switched on there."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.units import UnitRow
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations.audit import record


def switch(session: Session, actor: Actor, unit: UnitRow, reason: str, *, urgent: bool) -> None:
    """Begin or end urgent times in a unit; the posts of the urgent roster there carry their rights meanwhile.

    Raises NotAllowed where the actor may not switch there, Invalid without a reason, Conflict where it is so already.
    """
    require(actor, Action.SWITCH_TIMES, unit.path)
    if not reason.strip():
        raise Invalid("Switching the times needs a reason.")
    given = {"unit": unit.id, "reason": reason.strip(), "account": actor.account_id}
    if not session.execute(_BEGIN if urgent else _END, given).all():
        if urgent:
            raise Conflict("{name} is in urgent times already.", name=unit.name)
        raise Conflict("{name} is in ordinary times already.", name=unit.name)
    record(session, actor, Action.SWITCH_TIMES, unit.path, unit=str(unit.public_id), urgent=urgent, reason=reason.strip())


_BEGIN = text("""
INSERT INTO urgent_time (unit_id, valid, reason, account_id)
SELECT :unit, tstzrange(now(), NULL), :reason, :account
WHERE NOT EXISTS (SELECT FROM urgent_time u WHERE u.unit_id = :unit AND u.valid @> now())
RETURNING id
""")
_END = text("""
UPDATE urgent_time SET valid = tstzrange(lower(valid), now()) WHERE unit_id = :unit AND upper_inf(valid) RETURNING id
""")
