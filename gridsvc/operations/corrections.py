"""Corrections: proposed by whoever is near, decided by whoever answers for the records, applied with date and reason."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gridsvc.database.queries.corrections import Waiting, thing, waiting
from gridsvc.database.tables import Correction, PersonVersion
from gridsvc.domain import corrections as rules
from gridsvc.domain.permissions import Action, Actor, may, require
from gridsvc.errors import Conflict, Invalid, NotFound
from gridsvc.operations import household_changes
from gridsvc.operations.audit import record
from gridsvc.operations.notices import tell_of_corrections
from gridsvc.sealing import look_up_digest, seal, unseal


@dataclass(frozen=True, slots=True)
class Proposed:
    """What somebody says would be right."""

    noun: str
    """household or person."""
    public_id: UUID
    given: dict[str, Any]
    """Field -> value, as a form gives it."""
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """A correction on its way into the records."""

    id: int
    public_id: UUID
    path: str
    fields: dict[str, Any]
    reason: str
    under: Action
    """The right by which it is recorded."""


def propose(session: Session, actor: Actor, wanted: Proposed) -> UUID:
    """Write down a correction for whoever decides; nothing changes yet.

    Raises NotFound for what the actor may not see, NotAllowed where the actor may not propose there, Invalid for a value that cannot
    be right, without a reason, or where nothing would change.
    """
    found, changes = _checked(session, wanted)
    require(actor, Action.PROPOSE_CORRECTIONS, found.path)
    kept = {name: _sealed(value) if name in rules.PRIVATE else value for name, value in changes.items()}
    values = {"path": found.path, "noun": wanted.noun, "thing_id": found.id, "changes": kept}
    asked = values | {"reason": wanted.reason.strip(), "account_id": actor.account_id}
    public_id: UUID = session.scalars(insert(Correction).values(**asked).returning(Correction.public_id)).one()
    record(session, actor, Action.PROPOSE_CORRECTIONS, found.path, noun=wanted.noun, fields=sorted(changes))
    tell_of_corrections(session, found.path)
    return public_id


def correct(session: Session, actor: Actor, wanted: Proposed) -> None:
    """Change it at once, for whoever may change the records there; raise as `propose` does."""
    found, changes = _checked(session, wanted)
    require(actor, Action.CHANGE_PEOPLE, found.path)
    _APPLIED[wanted.noun](
        session, actor, Change(found.id, wanted.public_id, found.path, changes, wanted.reason.strip(), Action.CHANGE_PEOPLE)
    )


def decide(session: Session, actor: Actor, public_id: UUID, *, accept: bool, answer: str = "") -> None:
    """Accept a correction, which is applied from now on, or refuse it with an answer.

    Who decides confirms what others propose, and needs no right to change records otherwise. Raises NotFound for a correction the actor
    may not see, NotAllowed where the actor may not decide there, Conflict where it is decided already, Invalid for a refusal without an
    answer.
    """
    found = _waiting(session, public_id)
    require(actor, Action.DECIDE_CORRECTIONS, found.path)
    if accept:
        private = {name: unsealed(value) if name in rules.PRIVATE else value for name, value in found.changes.items()}
        if found.thing is None:
            raise Conflict("What this correction is about is no longer recorded.")
        change = Change(found.thing_id, found.thing, found.path, private, found.reason, Action.DECIDE_CORRECTIONS)
        _APPLIED[found.noun](session, actor, change)
    elif not answer.strip():
        raise Invalid("A refusal needs an answer for whoever proposed it.")
    values = {"state": "accepted" if accept else "refused", "answer": answer.strip() or None, "by": actor.account_id}
    session.execute(_DECIDE, values | {"id": found.id, "at": datetime.now(UTC)})
    record(session, actor, Action.DECIDE_CORRECTIONS, found.path, correction=str(public_id), accepted=accept)
    tell_of_corrections(session, found.path)


def withdraw(session: Session, actor: Actor, public_id: UUID) -> None:
    """Take back one's own correction while nobody has decided; raise NotFound or Conflict otherwise."""
    found = _waiting(session, public_id)
    if found.account_id != actor.account_id:
        raise NotFound("There is no such correction here.")
    session.execute(text("UPDATE correction SET state = 'withdrawn' WHERE id = :id"), {"id": found.id})
    record(session, actor, Action.PROPOSE_CORRECTIONS, found.path, correction=str(public_id), withdrawn=True)
    tell_of_corrections(session, found.path)


def changes_directly(actor: Actor, path: str) -> bool:
    """Say whether what the actor corrects here holds at once, instead of waiting for a decision."""
    return may(actor, Action.CHANGE_PEOPLE, path)


def _checked(session: Session, wanted: Proposed) -> tuple[Any, dict[str, Any]]:
    found = thing(session, wanted.noun, wanted.public_id)
    if found is None:
        raise NotFound("There is no such household or person here.")
    changes = {name: value for name, value in rules.read(wanted.noun, wanted.given).items() if found.values.get(name, ...) != value}
    if not changes:
        raise Invalid("Nothing would change; everything is recorded as you say.")
    if not wanted.reason.strip():
        raise Invalid("A correction needs a reason: how do you know?")
    return found, changes


def _waiting(session: Session, public_id: UUID) -> Waiting:
    found = waiting(session, public_id)
    if found is None:
        raise NotFound("There is no such correction here.")
    if found.state != "open":
        raise Conflict("This correction has been dealt with already.")
    return found


def _household(session: Session, actor: Actor, change: Change) -> None:
    household_changes.correct(session, actor, change.public_id, change.fields, change.reason, under=change.under)


def _person(session: Session, actor: Actor, change: Change) -> None:
    """End the version that holds and begin the next one; what ended stays, so that a correction is undone by another."""
    ending = "UPDATE person_version SET valid = tstzrange(lower(valid), :at) WHERE person_id = :id AND upper_inf(valid) RETURNING *"
    row = session.execute(text(ending), {"id": change.id, "at": datetime.now(UTC)}).mappings().one()
    phone = change.fields["phone"]
    fields = {name: value for name, value in row.items() if name != "id"} | {"valid": Range(row["valid"].upper, None)}
    private = {"phone_sealed": seal(phone), "phone_digest": look_up_digest(phone)}
    digest = look_up_digest(phone + row["source_digest"]).hex()[:32]
    session.execute(insert(PersonVersion).inline().values(**fields | private | {"source_digest": digest}))
    told = {"person": str(change.public_id), "fields": ["phone"], "reason": change.reason}
    record(session, actor, Action.CHANGE_PEOPLE, change.path, **told)


_APPLIED: dict[str, Callable[[Session, Actor, Change], None]] = {"household": _household, "person": _person}

_DECIDE = text("UPDATE correction SET state = :state, decided_by = :by, decided_at = :at, answer = :answer WHERE id = :id")


def _sealed(value: str) -> str:
    return base64.b64encode(seal(value)).decode()


def unsealed(value: str) -> str:
    """Return the private value that a correction keeps."""
    return unseal(base64.b64decode(value))
