"""One household corrected by hand: dated, with a reason, and taken back as easily."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.dwellings import HouseholdRow, household
from gridsvc.domain.households import CARE, USES
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations.audit import record
from gridsvc.sealing import look_up_digest

FIELDS = ("use", "resident", "persons", "care", "away")
"""What is said of a household, and may be corrected."""


def correct(
    session: Session, actor: Actor, household_id: UUID, given: Mapping[str, Any], reason: str, *, under: Action = Action.CHANGE_PEOPLE
) -> HouseholdRow:
    """Correct some FIELDS of a household from now on, under the right to change it, or to decide about what was proposed.

    Raises NotFound, NotAllowed, and Invalid without a reason or where a field or value is none.
    """
    found = _open(session, actor, household_id, reason, under)
    if unknown := sorted(set(given) - set(FIELDS)):
        raise Invalid("A household has no field {field!r}; it has {known}.", field=unknown[0], known=", ".join(FIELDS))
    said = {field: getattr(found, field) for field in FIELDS} | dict(given)
    _check(said)
    if any(said[field] != getattr(found, field) for field in FIELDS):
        _write(session, found, said)
        fields = sorted(field for field in given if said[field] != getattr(found, field))
        record(session, actor, Action.CHANGE_PEOPLE, found.path, household=str(household_id), fields=fields, reason=reason)
    return household(session, actor, household_id)


def take_back(session: Session, actor: Actor, household_id: UUID, reason: str) -> HouseholdRow:
    """Let a household be again, from now on, as it was before its last change; raise Conflict where there was none."""
    found = _open(session, actor, household_id, reason)
    before = session.execute(text(_BEFORE), {"id": found.id, "version": found.version}).one_or_none()
    if before is None:
        raise Conflict("This household has not been changed since it was brought in; there is nothing to take back.")
    _write(session, found, dict(before._mapping))
    record(session, actor, Action.CHANGE_PEOPLE, found.path, household=str(household_id), taken_back=True, reason=reason)
    return household(session, actor, household_id)


def end(session: Session, actor: Actor, household_id: UUID, reason: str) -> None:
    """Let a household be no more from now on, as where dwellings were joined; its contract ends with it."""
    found = _open(session, actor, household_id, reason)
    session.execute(text(_CLOSE), {"version": found.version, "at": datetime.now(UTC)})
    record(session, actor, Action.CHANGE_PEOPLE, found.path, household=str(household_id), ended=True, reason=reason)


def _open(session: Session, actor: Actor, household_id: UUID, reason: str, under: Action = Action.CHANGE_PEOPLE) -> HouseholdRow:
    found = household(session, actor, household_id)
    require(actor, under, found.path)
    if not reason.strip():
        raise Invalid("A change needs a reason.")
    return found


def _check(said: Mapping[str, Any]) -> None:
    if said["use"] not in USES:
        raise Invalid("{given!r} is no use of a dwelling; {known} are.", given=said["use"], known=", ".join(USES))
    if not isinstance(said["care"], list) or not set(said["care"]) <= set(CARE):
        raise Invalid("{given!r} is no list of who needs care; it may hold {known}.", given=said["care"], known=", ".join(CARE))
    if said["persons"] is not None and (type(said["persons"]) is not int or not 0 <= said["persons"] <= 99):
        raise Invalid("{given!r} is no number of persons; 0 to 99 would be right.", given=said["persons"])
    if type(said["away"]) is not bool or type(said["resident"]) not in (bool, type(None)):
        raise Invalid("Whether somebody lives there permanently, or is away, is true or false.")


def _write(session: Session, found: HouseholdRow, said: Mapping[str, Any]) -> None:
    """Make this what is known of a household from now on."""
    at = datetime.now(UTC)
    values = {field: said[field] for field in FIELDS} | {"care": sorted(said["care"])}
    digest = look_up_digest(repr((found.version, *values.values()))).hex()[:32]
    session.execute(text(_CLOSE), {"version": found.version, "at": at})
    session.execute(text(_OPEN), {"household": found.id, "at": at, "digest": digest, **values})


_CLOSE = "UPDATE household_version SET valid = tstzrange(lower(valid), greatest(lower(valid), :at)) WHERE id = :version"
_OPEN = """
INSERT INTO household_version (household_id, valid, use, resident, persons, care, away, source_digest)
SELECT :household, tstzrange(greatest(max(upper(valid)), :at), NULL), :use, :resident, :persons, :care, :away, :digest
FROM household_version WHERE household_id = :household AND NOT isempty(valid)
"""
_BEFORE = """
SELECT use, resident, persons, care, away FROM household_version
WHERE household_id = :id AND id < :version AND NOT isempty(valid) ORDER BY id DESC LIMIT 1
"""
