"""Parking and fire lanes: of a place, listed and counted inside the reader's scopes."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from gridsvc.api import reader
from gridsvc.api.shapes import Coded, Page, coded, unit_read
from gridsvc.api.shapes import jurisdiction as jurisdiction_called
from gridsvc.api.shapes import page as page_beside
from gridsvc.database.queries import facilities, units
from gridsvc.database.queries import fire_lanes as lane_queries
from gridsvc.database.queries import parking as queries
from gridsvc.database.queries.fire_lanes import LaneRow
from gridsvc.database.queries.parking import LotRow, SpaceRow
from gridsvc.database.session import transaction
from gridsvc.domain.fire_lanes import FORMS
from gridsvc.domain.parking import KINDS, LEVELS
from gridsvc.errors import NotFound


class FacilityCounts(TypedDict):
    """What is of a place in a unit; children and remainder add up to it.

    `capacity` is what the sources of the lots say, `parking_spaces` how many are drawn. A lane counts where most of it runs,
    its length where it runs.
    """

    parking_lots: int
    capacity: int | None
    parking_spaces: int
    spaces_by_kind: dict[str, int]
    spaces_by_level: dict[str, int]
    fire_lanes: int
    fire_lanes_m: float


class Lot(TypedDict):
    """A parking lot; `spaces` counts those drawn. Bounds are west, south, east, north."""

    id: UUID
    name: str | None
    kind: Coded
    level: Coded | None
    capacity: int | None
    spaces: int
    area_m2: float | None
    compound: str | None
    unit: UUID
    bounds: list[float]


class Space(TypedDict):
    """A parking space; `number` is what is painted on it. Bounds are west, south, east, north."""

    id: UUID
    number: str | None
    kind: Coded
    level: Coded | None
    lot: str | None
    unit: UUID
    bounds: list[float]


class Lane(TypedDict):
    """A fire lane; `here_m` is how much of it runs in the unit asked about, `units` its leaves there, the longest piece first."""

    id: UUID
    name: str | None
    form: Coded
    clear_width_m: float | None
    clear_height_m: float | None
    length_m: float | None
    here_m: float | None
    area_m2: float | None
    units: list[UUID]
    bounds: list[float]


class Counted(Page):
    """A page of a unit's list; `counts` is null where the unit does not lie wholly inside the reader's scopes."""

    counts: FacilityCounts | None


class Lots(Counted):
    """A page of lots by name; `counts` is null where the unit does not lie wholly inside the reader's scopes."""

    items: list[Lot]


class Spaces(Page):
    """A page of spaces by number."""

    items: list[Space]


class Lanes(Counted):
    """A page of lanes by name; `counts` is null where the unit does not lie wholly inside the reader's scopes."""

    items: list[Lane]


def lots(jurisdiction: str, as_of: datetime | None, page: int) -> Lots:
    """Answer the parking lots of a jurisdiction that the reader may see, and the counts of all parking."""
    with transaction(reader.actor()) as session:
        return _lots(session, _top(session, jurisdiction, as_of), as_of, page)


def lots_of_unit(unit_id: UUID, as_of: datetime | None, page: int) -> Lots:
    """Answer the parking lots in a unit that the reader may see, and the counts of all its parking."""
    with transaction(reader.actor()) as session:
        return _lots(session, unit_read(session, unit_id, as_of).path, as_of, page)


def spaces_of_unit(unit_id: UUID, as_of: datetime | None, page: int) -> Spaces:
    """Answer the parking spaces in a unit that the reader may see."""
    actor = reader.actor()
    with transaction(actor) as session:
        found = queries.parking_spaces(session, actor, unit_read(session, unit_id, as_of).path, as_of, page)
    return {"items": [_space(row) for row in found], **page_beside(found, page, facilities.PAGE)}


def fire_lanes(jurisdiction: str, as_of: datetime | None, page: int) -> Lanes:
    """Answer the fire lanes of a jurisdiction that the reader may see, with their number and length."""
    with transaction(reader.actor()) as session:
        return _lanes(session, _top(session, jurisdiction, as_of), as_of, page)


def fire_lanes_of_unit(unit_id: UUID, as_of: datetime | None, page: int) -> Lanes:
    """Answer the fire lanes that run through a unit and that the reader may see, with their number and length there."""
    with transaction(reader.actor()) as session:
        return _lanes(session, unit_read(session, unit_id, as_of).path, as_of, page)


def counts(sums: facilities.FacilitySums | None) -> FacilityCounts | None:
    """Return the sums as they stand in answers."""
    if sums is None:
        return None
    return {
        "parking_lots": sums.parking_lots,
        "capacity": sums.capacity,
        "parking_spaces": sums.parking_spaces,
        "spaces_by_kind": sums.spaces_by_kind,
        "spaces_by_level": sums.spaces_by_level,
        "fire_lanes": sums.fire_lanes,
        "fire_lanes_m": round(sums.fire_lanes_m, 2),
    }


def _top(session: Session, slug: str, as_of: datetime | None) -> str:
    top = units.root(session, jurisdiction_called(slug).id, as_of)
    if top is None:
        raise NotFound("{slug} has no units at that time.", slug=slug)
    return top.path


def _lots(session: Session, path: str, as_of: datetime | None, page: int) -> Lots:
    found = queries.parking_lots(session, reader.actor(), path, as_of, page)
    return {"items": [_lot(row) for row in found], "counts": _counts(session, path, as_of), **page_beside(found, page, facilities.PAGE)}


def _lanes(session: Session, path: str, as_of: datetime | None, page: int) -> Lanes:
    found = lane_queries.fire_lanes(session, reader.actor(), path, as_of, page)
    return {"items": [_lane(row) for row in found], "counts": _counts(session, path, as_of), **page_beside(found, page, facilities.PAGE)}


def _counts(session: Session, path: str, as_of: datetime | None) -> FacilityCounts | None:
    return counts(facilities.facility_sums(session, [path], as_of).get(path))


def _lot(row: LotRow) -> Lot:
    return {
        "id": row.public_id,
        "name": row.name,
        "kind": coded(KINDS, row.kind),
        "level": coded(LEVELS, row.level) if row.level else None,
        "capacity": row.capacity,
        "spaces": row.spaces,
        "area_m2": _rounded(row.area_m2),
        "compound": row.compound,
        "unit": row.unit_public_id,
        "bounds": list(row.bounds),
    }


def _space(row: SpaceRow) -> Space:
    return {
        "id": row.public_id,
        "number": row.number,
        "kind": coded(KINDS, row.kind),
        "level": coded(LEVELS, row.level) if row.level else None,
        "lot": row.lot,
        "unit": row.unit_public_id,
        "bounds": list(row.bounds),
    }


def _lane(row: LaneRow) -> Lane:
    return {
        "id": row.public_id,
        "name": row.name,
        "form": coded(FORMS, row.form),
        "clear_width_m": row.clear_width_m,
        "clear_height_m": row.clear_height_m,
        "length_m": _rounded(row.length_m),
        "here_m": _rounded(row.here_m),
        "area_m2": _rounded(row.area_m2),
        "units": row.units,
        "bounds": list(row.bounds),
    }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 2)
