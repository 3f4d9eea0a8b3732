"""The review list: a person says which building an address means, once; the spelling is known from then on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.addresses import spelled
from gridsvc.domain.paths import EVERYWHERE, jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may, may_anywhere, require, widest_below
from gridsvc.domain.proposals import ImportFile
from gridsvc.errors import NotFound
from gridsvc.operations.audit import record


@dataclass(frozen=True, slots=True)
class Waiting:
    """An address that means no building, or several."""

    source_ref: str
    address: str


def put_on_review(session: Session, actor: Actor, file: ImportFile, noun: str, waiting: Iterable[Waiting]) -> None:
    """Keep addresses of a file for a person to say what they mean, at the place where the actor may change people.

    What was kept of the same rows before is replaced.
    """
    rows = {row.source_ref: row.address for row in waiting}
    path = widest_below(actor, Action.CHANGE_PEOPLE, jurisdiction_path(file.jurisdiction_id))
    given = {"id": file.jurisdiction_id, "noun": noun, "source": file.source, "refs": list(rows), "path": path}
    session.execute(text(_FORGET), given)
    session.execute(text(_KEEP), {**given, "addresses": list(rows.values())})


_FORGET = """
DELETE FROM address_review WHERE jurisdiction_id = :id AND noun = :noun AND source = :source AND source_ref = ANY(:refs)
"""
_KEEP = """
INSERT INTO address_review (jurisdiction_id, noun, source, source_ref, address, path)
SELECT :id, :noun, :source, ref, address, cast(:path AS ltree)
FROM unnest(cast(:refs AS text[]), cast(:addresses AS text[])) AS given (ref, address)
"""


def answer(session: Session, actor: Actor, review_id: int, building: UUID) -> int:
    """Say which building an address means; return how many of those that wait are settled by it.

    The spelling is learned: the next file that has it finds the building, and so does the same file brought in again.
    Raises NotFound for an address or building that is not there, or not in the area where the actor may change people.
    """
    place, address, path = _open(session, actor, review_id)
    house = session.execute(text(_HOUSE), {"building": building, "id": place}).one_or_none()
    if house is None or not may(actor, Action.CHANGE_PEOPLE, house.path):
        raise NotFound("There is no such building here.")
    spelling = spelled(address)
    session.execute(text(_LEARN), {"id": place, "spelling": spelling, "building": house.id})
    waiting = session.execute(text("SELECT id, address FROM address_review WHERE jurisdiction_id = :id"), {"id": place}).all()
    settled = [number for number, address in waiting if spelled(address) == spelling]
    session.execute(text("DELETE FROM address_review WHERE id = ANY(:ids)"), {"ids": settled})
    record(session, actor, "address.learned", path, building=str(building), settled=len(settled))
    return len(settled)


_HOUSE = "SELECT id, building_path(id)::text AS path FROM building WHERE public_id = :building AND jurisdiction_id = :id"
_LEARN = """
INSERT INTO address_alias (jurisdiction_id, spelling, building_id) VALUES (:id, :spelling, :building)
ON CONFLICT (jurisdiction_id, spelling) DO UPDATE SET building_id = excluded.building_id, learned_at = now()
"""


def drop(session: Session, actor: Actor, review_id: int) -> None:
    """Take an address off the list that means nothing here."""
    _, _, path = _open(session, actor, review_id)
    session.execute(text("DELETE FROM address_review WHERE id = :id"), {"id": review_id})
    record(session, actor, "address.dropped", path)


def _open(session: Session, actor: Actor, review_id: int) -> tuple[int, str, str]:
    """Return jurisdiction, text and path of an address that waits."""
    if not may_anywhere(actor, Action.CHANGE_PEOPLE):
        require(actor, Action.CHANGE_PEOPLE, EVERYWHERE)
    stored = text("SELECT jurisdiction_id, address, path::text AS path FROM address_review WHERE id = :id")
    found = session.execute(stored, {"id": review_id}).one_or_none()
    if found is None:
        raise NotFound("There is no such address on the review list.")
    require(actor, Action.CHANGE_PEOPLE, found.path)
    return found.jurisdiction_id, found.address, found.path
