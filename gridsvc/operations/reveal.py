"""A private field of a person in full, for whoever may and says why; each time leaves a trace."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Action, Actor, may, require
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.audit import record
from gridsvc.sealing import unseal

SEALED = {"phone": "phone_sealed", "id_number": "id_number_sealed"}
PLAIN = {"name": "name", "address": "home_text", "born_on": "born_on::text"}


def reveal(session: Session, actor: Actor, person_id: UUID, field: str, reason: str) -> str | None:
    """Return a private field in full, None where nothing is recorded; the trail keeps who asked for which field of whom, and why.

    Raises NotFound for a person whom the actor may not see, NotAllowed where the actor may not see private fields, Invalid for another
    field or without a reason.
    """
    if field not in SEALED | PLAIN:
        raise Invalid("{field!r} is no private field; {known} are.", field=field, known=", ".join(SEALED | PLAIN))
    if not reason.strip():
        raise Invalid("Seeing a private field in full needs a reason.")
    row = session.execute(text(_PERSON.format(field=(SEALED | PLAIN)[field])), {"id": person_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such household or person here.")
    path = next((path for path in row.paths if may(actor, Action.REVEAL, path)), row.paths[0])
    require(actor, Action.REVEAL, path)
    record(session, actor, Action.REVEAL, path, person=row.id, field=field, reason=reason.strip())
    return row.value if row.value is None or field in PLAIN else unseal(row.value)


_PERSON = """
SELECT p.id, p.paths::text[] AS paths, v.{field} AS value
FROM person p JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid) WHERE p.public_id = :id
"""
