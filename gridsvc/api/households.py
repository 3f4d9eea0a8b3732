"""Households: of a person, listed and counted inside the reader's scopes, one corrected; addresses that wait for an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from flask import request
from sqlalchemy import Row
from sqlalchemy.orm import Session

from gridsvc.api import reader, shapes
from gridsvc.api.shapes import Coded, Named, coded, unit_read
from gridsvc.api.shapes import jurisdiction as jurisdiction_called
from gridsvc.database.queries import dwellings as queries
from gridsvc.database.queries import units
from gridsvc.database.queries.dwellings import HouseholdFilter, HouseholdRow
from gridsvc.database.queries.one_building import one_building
from gridsvc.database.session import transaction
from gridsvc.domain.addresses import terms
from gridsvc.domain.code_tables import key_of
from gridsvc.domain.households import CARE, USES
from gridsvc.domain.masking import mask_name
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.errors import Invalid, MissingPrecondition, NotFound, Stale
from gridsvc.operations import address_review, household_changes

CHANGE = {
    "application/json": {
        "type": "object",
        "properties": {
            "use": {"type": "string", "enum": list(USES)},
            "resident": {"type": ["boolean", "null"]},
            "persons": {"type": ["integer", "null"], "minimum": 0, "maximum": 99},
            "care": {"type": "array", "items": {"type": "string", "enum": list(CARE)}},
            "away": {"type": "boolean"},
            "reason": {"type": "string"},
        },
        "required": ["reason"],
    }
}
REASON = {"application/json": {"type": "object", "properties": {"reason": {"type": "string"}}, "required": ["reason"]}}
ANSWER = {"application/json": {"type": "object", "properties": {"building": {"type": "string", "format": "uuid"}}}}


class Household(TypedDict):
    """A household; `version` is what If-Match names, `member` who looks after it, the name masked."""

    id: UUID
    version: int
    building: Named
    compound: str | None
    entrance: str
    room: str
    use: Coded
    resident: bool | None
    persons: int | None
    care: list[Coded]
    away: bool
    member: Named | None


class DwellingCounts(TypedDict):
    """How many dwellings there are by use, residence and care; shops are none. Children and remainder add up to their parent."""

    dwellings: int
    own: int
    let: int
    vacant: int
    shops: int
    resident: int
    persons: int
    care: int
    elderly: int
    alone: int
    sick: int
    disabled: int
    away: int


class Households(shapes.Page):
    """A page of households by address; `counts` is null where the unit does not lie wholly inside the reader's scopes."""

    counts: DwellingCounts | None
    items: list[Household]


class Statistics(TypedDict):
    """The counts of a unit and of its children.

    For a reader who may not count households there, they are told in tens, fewer than ten as null, and `exact` is false.
    """

    exact: bool
    counts: dict[str, int | None] | None
    children: list[dict[str, Any]]


class Review(TypedDict):
    """An address that waits for somebody to say which building it means."""

    id: int
    noun: str
    ref: str
    address: str
    seen_at: datetime


class Reviews(TypedDict):
    """The addresses that wait, by spelling."""

    items: list[Review]


class Settled(TypedDict):
    """How many addresses that waited an answer settled."""

    settled: int


def of_unit(unit_id: UUID, q: str | None, use: str | None, page: int) -> Households:
    """Answer the households in a unit that the reader may see, and the counts of all."""
    with transaction(reader.actor()) as session:
        return _listed(session, unit_read(session, unit_id, None).path, q, use, page)


def of_building(building_id: UUID, q: str | None, use: str | None, page: int) -> Households:
    """Answer the households in a building that the reader may see, and the counts of all."""
    with transaction(reader.actor()) as session:
        found = one_building(session, building_id)
        if found is None:
            raise NotFound("There is no building of this id at that time.")
        return _listed(session, found.path, q, use, page)


def one(household_id: UUID) -> Household:
    """Answer a household."""
    with transaction(reader.actor()) as session:
        return _household(queries.household(session, reader.actor(), household_id))


def statistics(unit_id: UUID, as_of: datetime | None) -> Statistics:
    """Answer how many dwellings there are in a unit and its children, by use, residence and care."""
    with transaction(reader.actor()) as session:
        unit = unit_read(session, unit_id, as_of)
        below = units.children(session, unit, as_of)
        paths = [unit.path, *(child.path for child in below)]
        sums = queries.dwelling_sums(session, paths, as_of)
        exact = unit.path in sums
        found: dict[str, Any] = {path: _counts(row) for path, row in sums.items()} if exact else _coarse(session, paths)
    children = [{"id": child.public_id, "name": child.name, "counts": found.get(child.path)} for child in below]
    return {"exact": exact, "counts": found.get(unit.path), "children": children}


def correct(household_id: UUID) -> Household:
    """Correct what is known of a household from now on: some of its fields, with a reason."""
    given = _body()
    reason = str(given.pop("reason", ""))
    actor = reader.actor()
    with transaction(actor) as session:
        _as_seen(session, household_id)
        return _household(household_changes.correct(session, actor, household_id, given, reason))


def take_back(household_id: UUID) -> Household:
    """Let a household be again as it was before its last change, with a reason."""
    given = _body()
    actor = reader.actor()
    with transaction(actor) as session:
        _as_seen(session, household_id)
        return _household(household_changes.take_back(session, actor, household_id, str(given.get("reason", ""))))


def reviews(slug: str) -> Reviews:
    """Answer the addresses of a jurisdiction that wait for an answer."""
    place = jurisdiction_called(slug)
    with transaction(reader.actor()) as session:
        found = queries.reviews(session, reader.actor(), jurisdiction_path(place.id), place.id)
    return {
        "items": [{"id": row.id, "noun": row.noun, "ref": row.source_ref, "address": row.address, "seen_at": row.seen_at} for row in found]
    }


def answer(review_id: int) -> Settled:
    """Say which building an address means; without one it is taken off the list. The spelling is known from then on."""
    given = _body()
    actor = reader.actor()
    with transaction(actor) as session:
        if given.get("building") is None:
            address_review.drop(session, actor, review_id)
            return {"settled": 1}
        return {"settled": address_review.answer(session, actor, review_id, _id(given["building"]))}


def _body() -> dict[str, Any]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Invalid("A change is a JSON object, for example {example}.", example='{"use": "let", "reason": "…"}')
    return given


def _id(given: object) -> UUID:
    try:
        return UUID(str(given))
    except ValueError:
        raise NotFound("There is no such building here.") from None


def _as_seen(session: Session, household_id: UUID) -> None:
    """Raise unless the reader's If-Match names the household as it stands."""
    row = queries.household(session, reader.actor(), household_id)
    tags = request.if_match
    if not tags:
        raise MissingPrecondition("A change of a household needs If-Match with its version, here {version}.", version=f'"{row.version}"')
    if not tags.contains(str(row.version)):
        raise Stale("Somebody else changed this household; look at it again.")


def _listed(session: Session, path: str, q: str | None, use: str | None, page: int) -> Households:
    key = key_of(USES, use)
    if use is not None and key is None:
        raise Invalid("{word!r} is no use of a dwelling; the uses are {uses}.", word=use, uses=", ".join(USES))
    found = queries.households(session, reader.actor(), path, HouseholdFilter(terms(q or ""), key), page)
    sums = queries.dwelling_sums(session, [path]).get(path)
    counts = None if sums is None else _counts(sums)
    return {"counts": counts, "items": [_household(row) for row in found], **shapes.page(found, page, queries.PAGE)}


def _counts(row: Row[Any]) -> DwellingCounts:
    return {
        "dwellings": row.dwellings, "own": row.own, "let": row.let, "vacant": row.vacant, "shops": row.shops, "resident": row.resident,
        "persons": row.persons, "care": row.care, "elderly": row.elderly, "alone": row.alone, "sick": row.sick, "disabled": row.disabled,
        "away": row.away,
    }  # fmt: skip


def _coarse(session: Session, paths: list[str]) -> dict[str, dict[str, Any]]:
    names = ("dwellings", "own", "let", "vacant", "shops", "resident")
    return {path: {name: getattr(row, name) for name in names} for path, row in queries.public_dwelling_sums(session, paths).items()}


def _household(row: HouseholdRow) -> Household:
    return {
        "id": row.public_id,
        "version": row.version,
        "building": {"id": row.building, "name": row.building_name},
        "compound": row.compound,
        "entrance": row.entrance,
        "room": row.room,
        "use": coded(USES, row.use),
        "resident": row.resident,
        "persons": row.persons,
        "care": [coded(CARE, key) for key in row.care],
        "away": row.away,
        "member": {"id": row.person, "name": mask_name(row.person_name) if row.person_name else None} if row.person else None,
    }
