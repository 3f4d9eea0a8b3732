"""A private value in full, for a reason that stays in the trail with whose it is; the value itself does not."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.masking import MASKS
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, may_anywhere, require
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.audit import record
from gridsvc.sealing import unseal

SEALED = {"phone", "id_number"}


def reveal(session: Session, actor: Actor, person_id: UUID, field: str, reason: str) -> str | None:
    """Return one private value of a person, None where nothing is known, and leave a trace of who asked for it and why.

    Raises Invalid without a reason or for a field that is not private, NotFound for somebody whose values the actor may not reveal,
    NotSignedIn or NotAllowed where the actor may reveal nobody's.
    """
    if field not in MASKS:
        raise Invalid("{field!r} is no private field; {known} are.", field=field, known=", ".join(MASKS))
    if not reason.strip():
        raise Invalid("A private value is shown for a reason; say which.")
    if not may_anywhere(actor, Action.REVEAL):
        require(actor, Action.REVEAL, EVERYWHERE)
    row = session.execute(text("SELECT * FROM private_values(:person)"), {"person": person_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such person here.")
    record(session, actor, Action.REVEAL, str(row.path), person=row.id, field=field, reason=reason.strip())
    stored = getattr(row, f"{field}_sealed" if field in SEALED else field)
    if stored is None:
        return None
    return unseal(stored) if field in SEALED else str(stored)
