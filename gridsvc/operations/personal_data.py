"""What the law asks for about the data of a person: an end, deletion after a time, and everything that is known on request."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.corrections import PRIVATE
from gridsvc.domain.paths import EVERYWHERE, jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may, require
from gridsvc.errors import Conflict, Invalid, NotFound
from gridsvc.operations.audit import record
from gridsvc.operations.corrections import unsealed
from gridsvc.sealing import unseal


def take_leave(session: Session, actor: Actor, person_id: UUID, reason: str) -> None:
    """End everything that is held about somebody who is no longer here: home, membership, posts, contracts; history stays until deleted.

    The person's account is shut, with its sign-ins and tokens. Raises Invalid without a reason, NotFound for somebody whom the actor may
    not see, NotAllowed where the actor may not change people, Conflict where a post or contract stands that the actor may not end, or an
    account that the actor may not shut.
    """
    if not reason.strip():
        raise Invalid("To take somebody out needs a reason.")
    found = _found(session, person_id)
    require(actor, Action.CHANGE_PEOPLE, found["paths"][0])
    _shut_accounts(session, actor, found["id"])
    for statement in _LEAVE:
        session.execute(statement, {"id": found["id"]})
    if session.scalar(_STAYS, {"id": found["id"]}):
        raise Conflict("Somebody else gives a post or contract that this person holds; it ends first.")
    record(session, actor, "people.leave", found["paths"][0], person=found["id"], reason=reason.strip())


def retain(session: Session, actor: Actor, jurisdiction_id: int, before: datetime) -> tuple[int, int]:
    """Delete for good what ended before an instant about people, and return how many people and rows are gone (PIPL 19, 47)."""
    path = jurisdiction_path(jurisdiction_id)
    require(actor, Action.DELETE_PEOPLE, path)
    forget = text("SELECT people, rows_gone FROM forget_people(:id, :before)")
    gone = session.execute(forget, {"id": jurisdiction_id, "before": before}).one()
    record(session, actor, "people.retain", path, before=before.isoformat(), people=gone.people, rows=gone.rows_gone)
    return gone.people, gone.rows_gone


def answer(session: Session, actor: Actor, person_id: UUID, reason: str) -> dict[str, Any]:
    """Return everything that is held about a person, in full, for a request of access and correction (PIPL 45, 46).

    Raises as `reveal` does; the trail has who asked for it and why.
    """
    if not reason.strip():
        raise Invalid("A private value is shown for a reason; say which.")
    found = _found(session, person_id)
    if not any(may(actor, Action.REVEAL, path) for path in found["paths"]):
        require(actor, Action.REVEAL, found["paths"][0])
    held: dict[str, Any] = {"id": str(person_id), "source": found["source"], "number": found["source_ref"]}
    for name, statement in _HELD.items():
        held[name] = [
            _opened(dict(row._mapping)) for row in session.execute(text(statement), {"id": found["id"], "text": str(found["id"])})
        ]
    record(session, actor, "people.answer", found["paths"][0], person=found["id"], reason=reason.strip())
    return held


def _shut_accounts(session: Session, actor: Actor, person_id: int) -> None:
    for account_id, shut in session.execute(text("SELECT * FROM shut_accounts_of(:id)"), {"id": person_id}).all():
        if not shut:
            raise Conflict("This person's account holds a role that was granted; whoever manages accounts shuts it first.")
        record(session, actor, "accounts.disable", EVERYWHERE, account_id=account_id, person=person_id)


def _found(session: Session, person_id: UUID) -> dict[str, Any]:
    stored = text("SELECT id, source, source_ref, paths::text[] AS paths FROM person WHERE public_id = :id")
    row = session.execute(stored, {"id": person_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such person here.")
    return dict(row._mapping)


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its sealed values as text, those of corrections too, and times as JSON holds them."""
    opened: dict[str, Any] = {}
    for name, value in row.items():
        if name.endswith("_sealed"):
            opened[name.removesuffix("_sealed")] = None if value is None else unseal(value)
        elif name == "changes":
            opened[name] = {field: unsealed(said) if field in PRIVATE else said for field, said in value.items()}
        else:
            opened[name] = value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)
    return opened


_PERIOD = "lower({0}.valid) AS since, upper({0}.valid) AS until"
_HELD = {
    "person": f"""
        SELECT v.name, v.phone_sealed, v.id_number_sealed, v.born_on, v.home_text, b.name AS home_building, {_PERIOD.format("v")}
        FROM person_version v LEFT JOIN building_version b ON b.building_id = v.home_building_id AND upper_inf(b.valid)
        WHERE v.person_id = :id ORDER BY v.id""",
    "home": """
        SELECT b.name AS building, h.entrance, h.room, w.use, w.resident, w.persons, w.care, w.away
        FROM person_version v JOIN household h ON h.id = v.home_household_id
        JOIN household_version w ON w.household_id = h.id AND upper_inf(w.valid)
        LEFT JOIN building_version b ON b.building_id = h.building_id AND upper_inf(b.valid)
        WHERE v.person_id = :id AND upper_inf(v.valid)""",
    "membership": f"""
        SELECT m.kind, m.full AS is_full, o.name AS branch, r.name AS reporting_branch, u.name AS unit, m.exemption, m.max_households,
               {_PERIOD.format("m")}
        FROM member m LEFT JOIN organisation_version o ON o.organisation_id = m.branch_id AND upper_inf(o.valid)
        LEFT JOIN organisation_version r ON r.organisation_id = m.reporting_branch_id AND upper_inf(r.valid)
        LEFT JOIN organisation_version u ON u.organisation_id = m.unit_id AND upper_inf(u.valid)
        WHERE m.person_id = :id ORDER BY m.id""",
    "posts": f"""
        SELECT a.post, a.deputy, a.roster, a.state, a.origin, a.duty_phone, a.role, a.ends_on, a.reason, u.name AS unit,
               o.name AS organisation,
               {_PERIOD.format("a")}
        FROM appointment a LEFT JOIN unit_version u ON u.unit_id = a.unit_id AND upper_inf(u.valid)
        LEFT JOIN organisation_version o ON o.organisation_id = a.organisation_id AND upper_inf(o.valid)
        WHERE a.person_id = :id ORDER BY a.id""",
    "households": f"""
        SELECT b.name AS building, h.entrance, h.room, {_PERIOD.format("c")}
        FROM contract c JOIN household h ON h.id = c.household_id
        LEFT JOIN building_version b ON b.building_id = h.building_id AND upper_inf(b.valid)
        WHERE c.person_id = :id ORDER BY c.id""",
    "accounts": "SELECT a.name, a.created_at, a.disabled_at FROM account a WHERE a.person_id = :id ORDER BY a.id",
    "addresses_asked_about": """
        SELECT r.address, r.seen_at FROM address_review r JOIN person p USING (jurisdiction_id, source, source_ref)
        WHERE r.noun = 'person' AND p.id = :id ORDER BY r.id""",
    "corrections": """
        SELECT c.changes, c.reason, c.state, c.asked_at FROM correction c WHERE c.noun = 'person' AND c.thing_id = :id ORDER BY c.id""",
    "looked_at": """
        SELECT a.at, a.action, a.detail->>'field' AS field, a.detail->>'reason' AS reason FROM audit a
        WHERE a.action IN ('people.reveal', 'people.answer') AND a.detail->>'person' = :text ORDER BY a.id""",
}
"""What is held about a person, by where it stands."""

_LEAVE = [
    text(f"UPDATE {part} SET valid = tstzrange(lower(valid), greatest(lower(valid), now())) WHERE person_id = :id AND upper_inf(valid)")
    for part in ("contract", "appointment", "member", "person_version")
]
_STAYS = text("""
SELECT EXISTS (SELECT FROM appointment WHERE person_id = :id AND upper_inf(valid))
  OR EXISTS (SELECT FROM contract WHERE person_id = :id AND upper_inf(valid))
""")
