"""Households one by one and counted; of a person, read under rights alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gridsvc.database.session import nobody_asks
from gridsvc.domain.addresses import Terms
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, may_anywhere, require
from gridsvc.errors import NotFound

PAGE = 100
"""Rows of a page."""


class HouseholdRow(NamedTuple):
    """A household as it stands, and the member who looks after it."""

    id: int
    public_id: UUID
    version: int
    """What a change names as seen."""
    building: UUID
    building_name: str | None
    compound: str | None
    entrance: str
    room: str
    use: str
    resident: bool | None
    persons: int | None
    care: list[str]
    away: bool
    person: UUID | None
    person_name: str | None
    """In full: whoever shows it masks it."""
    path: str


ANYWHERE = Terms()


@dataclass(frozen=True, slots=True)
class HouseholdFilter:
    """Which households are wanted."""

    terms: Terms = ANYWHERE
    use: str | None = None


def households(session: Session, actor: Actor, path: str, wanted: HouseholdFilter | None = None, page: int = 1) -> list[HouseholdRow]:
    """Return a page of the households at or below a path that the actor may see; raise where that is none anywhere."""
    _require_reader(actor)
    wanted = wanted or HouseholdFilter()
    terms = wanted.terms
    given = {
        "path": path, "place": terms.place, "names": None if terms.names is None else list(terms.names), "entrance": terms.entrance,
        "room": terms.room, "use": wanted.use, "most": PAGE, "skip": (page - 1) * PAGE,
    }  # fmt: skip
    return [HouseholdRow(*row) for row in session.execute(text(_PAGE), given)]


_PAGE = """
SELECT * FROM households_in(cast(:path AS ltree), :place, cast(:names AS text[]), :entrance, :room, :use, :most, :skip)
"""


def household(session: Session, actor: Actor, public_id: UUID) -> HouseholdRow:
    """Return a household; raise NotFound where there is none, or not for the actor."""
    _require_reader(actor)
    row = session.execute(text(_ONE), {"id": public_id}).one_or_none()
    if row is None:
        raise NotFound("There is no household of this id here.")
    return HouseholdRow(*row)


_ONE = """
SELECT h.id, h.public_id, v.id, b.public_id, d.name, c.name, h.entrance, h.room, v.use, v.resident, v.persons, v.care, v.away,
  p.public_id, q.name, h.path
FROM household h JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid)
JOIN building b ON b.id = h.building_id JOIN building_version d ON d.building_id = b.id AND upper_inf(d.valid)
LEFT JOIN compound_version c ON c.compound_id = d.compound_id AND upper_inf(c.valid)
LEFT JOIN contract k ON k.household_id = h.id AND upper_inf(k.valid)
LEFT JOIN person p ON p.id = k.person_id LEFT JOIN person_version q ON q.person_id = p.id AND upper_inf(q.valid)
WHERE h.public_id = :id
"""


def _require_reader(actor: Actor) -> None:
    if not may_anywhere(actor, Action.READ_PEOPLE):
        require(actor, Action.READ_PEOPLE, EVERYWHERE)


def dwelling_sums(session: Session, paths: Sequence[str], as_of: datetime | None = None) -> dict[str, Row[Any]]:
    """Return by path how many dwellings there are, by use, residence and care, for paths wholly inside the reader's scopes.

    Shops are counted apart; what is not known of any dwelling is 0.
    """
    if nobody_asks(session) or not paths:
        return {}
    rows = session.execute(text("SELECT * FROM dwelling_sums(cast(:paths AS ltree[]), :as_of)"), {"paths": list(paths), "as_of": as_of})
    return {row.path: row for row in rows}


def public_dwelling_sums(session: Session, paths: Sequence[str]) -> dict[str, Row[Any]]:
    """Return the same of units in tens, for everybody; fewer than ten are None."""
    rows = session.execute(text("SELECT * FROM public_dwelling_sums(cast(:paths AS ltree[]))"), {"paths": list(paths)})
    return {row.path: row for row in rows}


class ReviewRow(NamedTuple):
    """An address that waits for somebody to say what it means."""

    id: int
    noun: str
    source: str
    source_ref: str
    address: str
    seen_at: datetime


def reviews(session: Session, actor: Actor, path: str, jurisdiction_id: int) -> list[ReviewRow]:
    """Return the addresses that wait and were brought in where the actor may change people, alike ones together.

    Raises NotSignedIn or NotAllowed where the actor may change people nowhere.
    """
    if not may_anywhere(actor, Action.CHANGE_PEOPLE):
        require(actor, Action.CHANGE_PEOPLE, path)
    return [ReviewRow(*row) for row in session.execute(text(_REVIEWS), {"id": jurisdiction_id})]


_REVIEWS = """
SELECT id, noun, source, source_ref, address, seen_at FROM address_review WHERE jurisdiction_id = :id ORDER BY address, id LIMIT 500
"""


def addressed_buildings(session: Session, jurisdiction_id: int) -> Sequence[Row[Any]]:
    """Return id, ref, name, compound, path and box of every current building, by id: what an address is matched with."""
    return session.execute(text(_ADDRESSED), {"id": jurisdiction_id}).all()


_ADDRESSED = """
SELECT b.id, b.source_ref AS ref, v.name, c.name AS compound,
  (coalesce(u.path, cast('j' || base36(b.jurisdiction_id) AS ltree)) || ('b_' || base36(b.id)))::text AS path,
  ARRAY[ST_XMin(v.geom), ST_YMin(v.geom), ST_XMax(v.geom), ST_YMax(v.geom)] AS box
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
LEFT JOIN compound_version c ON c.compound_id = v.compound_id AND upper_inf(c.valid)
LEFT JOIN building_place p ON p.building_id = b.id AND upper_inf(p.valid)
LEFT JOIN unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid)
WHERE b.jurisdiction_id = :id ORDER BY b.id
"""


def aliases(session: Session, jurisdiction_id: int) -> dict[str, int]:
    """Return the building of each spelling that was learned."""
    rows = session.execute(text("SELECT spelling, building_id FROM address_alias WHERE jurisdiction_id = :id"), {"id": jurisdiction_id})
    return {row.spelling: row.building_id for row in rows}


def known_households(session: Session, jurisdiction_id: int) -> Sequence[Row[Any]]:
    """Return id, source, ref, building_id, entrance and room of every household that the reader may see."""
    return session.execute(text(_KNOWN), {"id": jurisdiction_id}).all()


_KNOWN = "SELECT id, source, source_ref AS ref, building_id, entrance, room FROM household WHERE jurisdiction_id = :id"
