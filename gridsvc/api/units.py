"""Units: search, one in full, its children, what is in it, its ground."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from gridsvc.api import people as people_api
from gridsvc.api import reader, shapes
from gridsvc.api.parking import FacilityCounts, counts
from gridsvc.api.people import PeopleCounts
from gridsvc.api.shapes import Feature, Unit, unit_read
from gridsvc.database.queries import unit_lists, units
from gridsvc.database.queries.four_sides import four_sides
from gridsvc.database.queries.people import PeopleSums, people_sums
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.session import transaction
from gridsvc.domain import four_sides as rules
from gridsvc.domain.permissions import NOBODY, Action, Actor, may, may_anywhere


class UnitFound(Unit):
    """A unit with the names of the units above it, the top one first: a unit without a code is known by where it lies."""

    within: list[str]


class Units(shapes.PageOf):
    """A page of units, by code, those without one by name; `total` counts those of all pages."""

    items: list[UnitFound]


class Version(TypedDict):
    """The unit during a period; `until` is null for the one that holds."""

    since: datetime
    until: datetime | None
    edition: int
    reason: str
    code: str | None
    name: str
    parent: UUID | None
    area_m2: float


class Heir(TypedDict):
    """A unit that ground went to in an edition; `area_share` is of what the unit had, 0 to 1."""

    id: UUID
    edition: int
    effective_at: datetime
    area_m2: float
    area_share: float


class Side(TypedDict):
    """What bounds a unit on one side: a `line` (street, water, railway), `unit`, `compound`, `undivided` ground, or the `edge`."""

    kind: str
    name: str | None


class Sides(TypedDict):
    """What bounds a unit (四至)."""

    east: Side
    south: Side
    west: Side
    north: Side


class UnitInFull(Unit):
    """A unit with the chain above it, what bounds it, its versions and where its ground went."""

    chain: list[Unit]
    sides: Sides
    history: list[Version]
    successors: list[Heir]


class Children(TypedDict):
    """The units directly below, by code, the remainder last."""

    items: list[Unit]


class Summary(TypedDict):
    """What is in a unit; children and remainder add up to it.

    `buildings_known` is of how many buildings households are known: null where the reader may not see them. Of these
    alone are the sums, which are null where none is known. `facilities` is null where the reader may not see them, and so is `people`,
    which is of today alone.
    """

    area_m2: float
    units_by_level: dict[str, int]
    buildings: int
    buildings_known: int | None
    households: int | None
    shops: int | None
    estimated: bool
    stations: int
    gates: int
    facilities: FacilityCounts | None
    people: PeopleCounts | None


class SummaryOfUnit(Summary):
    """What is in a unit, and in each unit directly below."""

    id: UUID
    children: dict[str, Summary]


def find(jurisdiction: str | None, q: str | None, code: str | None, level: int | None, as_of: datetime | None, page: int) -> Units:
    """Answer units by part of a name or the beginning of a code, by code, by level."""
    place = shapes.jurisdiction(jurisdiction) if jurisdiction else None
    wanted = unit_lists.UnitFilter(place.id if place else None, q, code, level, as_of)
    with transaction(NOBODY) as session:
        found, total = unit_lists.find_units(session, wanted, page)
        above = unit_lists.names_above(session, found, as_of)
    return {"items": [{**shapes.unit(row), "within": above[row.id]} for row in found], **shapes.page_of(total, page, unit_lists.PAGE)}


def one(unit_id: UUID, as_of: datetime | None) -> UnitInFull:
    """Answer a unit with the chain above it, its history and its successors."""
    with transaction(NOBODY) as session:
        row = unit_read(session, unit_id, as_of)
        above = units.ancestors(session, row, as_of)
        sides = four_sides(session, [row], as_of)[row.id]
        history, heirs = unit_lists.versions(session, unit_id), unit_lists.heirs(session, unit_id)
    return {
        **shapes.unit(row),
        "chain": [shapes.unit(each) for each in above],
        "sides": {"east": _side(sides.east), "south": _side(sides.south), "west": _side(sides.west), "north": _side(sides.north)},
        "history": [_version(each) for each in history],
        "successors": [_heir(each) for each in heirs],
    }


def children(unit_id: UUID, as_of: datetime | None) -> Children:
    """Answer the units directly below a unit."""
    with transaction(NOBODY) as session:
        return {"items": [shapes.unit(row) for row in units.children(session, unit_read(session, unit_id, as_of), as_of)]}


def summary(unit_id: UUID, as_of: datetime | None) -> SummaryOfUnit:
    """Answer what is in a unit and in each unit directly below: areas, units, buildings, households."""
    actor = reader.actor()
    with transaction(actor) as session:
        row = unit_read(session, unit_id, as_of)
        below = units.children(session, row, as_of)
        found = units.summaries(session, [row, *below], as_of)
        counted = _people(session, actor, [row, *below]) if as_of is None else {}
    figures: dict[int, Summary] = {
        each.id: {**_summary(found[each.id], *_reads(actor, each, as_of)), "people": people_api.counts(counted.get(each.path))}
        for each in (row, *below)
    }
    return {"id": row.public_id, **figures[row.id], "children": {str(each.public_id): figures[each.id] for each in below}}


def boundary(unit_id: UUID, as_of: datetime | None) -> Feature:
    """Answer the ground of a unit as one GeoJSON feature."""
    with transaction(NOBODY) as session:
        row = unit_read(session, unit_id, as_of)
        ground = units.geojson(session, [row], as_of)[row.id]
    properties = {key: value for key, value in shapes.unit(row).items() if key not in ("id", "bounds")}
    return {"type": "Feature", "id": row.public_id, "geometry": orjson.Fragment(ground), "properties": properties}


def _people(session: Session, actor: Actor, rows: list[units.UnitRow]) -> dict[str, PeopleSums]:
    """Return what is counted of people by path, where the reader may count."""
    paths = [row.path for row in rows if may(actor, Action.READ_HOUSEHOLDS, row.path)]
    return people_sums(session, paths, scheme_of(session, rows[0].jurisdiction_id))


def _reads(actor: Actor, row: units.UnitRow, as_of: datetime | None) -> tuple[bool, bool]:
    """Turn the first lock for households and facilities; the path of another date is judged by row security, which knows today's."""
    actions = (Action.READ_HOUSEHOLDS, Action.READ_FACILITIES)
    households, facilities = (may(actor, action, row.path) if as_of is None else may_anywhere(actor, action) for action in actions)
    return households, facilities


def _summary(found: units.Summary, reads_households: bool, reads_facilities: bool) -> Summary:
    return {
        "area_m2": round(found.area_m2, 2),
        "units_by_level": {str(level): count for level, count in found.units_by_level.items()},
        "buildings": found.buildings,
        "buildings_known": found.buildings_known if reads_households else None,
        "households": found.households if reads_households else None,
        "shops": found.shops if reads_households else None,
        "estimated": found.estimated and reads_households,
        "stations": found.stations,
        "gates": found.gates,
        "facilities": counts(found.facilities) if reads_facilities else None,
        "people": None,
    }


def _side(side: rules.Side) -> Side:
    return {"kind": side.kind, "name": side.name}


def _version(row: unit_lists.VersionRow) -> Version:
    return {
        "since": row.began,
        "until": row.ended,
        "edition": row.edition,
        "reason": row.reason,
        "code": row.code,
        "name": row.name,
        "parent": row.parent_public_id,
        "area_m2": round(row.area_m2, 2),
    }


def _heir(row: unit_lists.HeirRow) -> Heir:
    return {
        "id": row.public_id,
        "edition": row.edition,
        "effective_at": row.effective_at,
        "area_m2": round(row.area_m2, 2),
        "area_share": round(row.area_share, 6),
    }
