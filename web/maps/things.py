"""What stands in a unit, as rows of the panel: one noun at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from geodata.findings import Box
from gridsvc.database.queries import fire_lanes, parking, stations
from gridsvc.database.queries.units import Summary, UnitRow
from gridsvc.domain import fire_lanes as lanes
from gridsvc.domain import gates as gate_codes
from gridsvc.domain import parking as parking_codes
from gridsvc.domain import stations as station_codes
from gridsvc.domain.code_tables import Code
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.permissions import Action, Actor, may_anywhere

AROUND_DEG = 0.0006
"""What is shown around a point that one goes to, to each side."""
PAGE = 100
"""Rows of a page, as the queries have it."""

KINDS: dict[str, Mapping[str, Code]] = {
    "stations": station_codes.KINDS,
    "gates": gate_codes.KINDS,
    "parking_lots": parking_codes.KINDS,
    "parking_spaces": parking_codes.KINDS,
    "fire_lanes": lanes.FORMS,
}
"""The code table of each noun's kinds."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One row."""

    key: UUID
    name: str | None
    kind: str
    """A key of its noun's table in KINDS."""
    notes: Sequence[tuple[str, Mapping[str, object]]]
    """English templates with their values, what is worth knowing of it."""
    phone: str | None
    box: Box


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a noun is in a unit."""

    noun: str
    """A key of domain.facilities.FACILITIES."""
    count: int
    note: tuple[str, Mapping[str, object]] | None = None


def standing(summary: Summary) -> list[Standing]:
    """Return the nouns of which something is in a unit that the reader may know of, the counts adding up level by level."""
    found = [Standing("stations", summary.stations), Standing("gates", summary.gates)]
    if sums := summary.facilities:
        capacity = None if sums.capacity is None else ("{count} spaces by their sources", {"count": sums.capacity})
        found += [
            Standing("parking_lots", sums.parking_lots, capacity),
            Standing("parking_spaces", sums.parking_spaces),
            Standing("fire_lanes", sums.fire_lanes, ("{length_m:,.0f} m in all", {"length_m": sums.fire_lanes_m})),
        ]
    return [each for each in found if each.count]


def sources(session: Session, actor: Actor, jurisdiction_id: int) -> list[str]:
    """Return the layers of tiles that a jurisdiction has beside its ground and that the reader may ask for."""
    of_place = [name for name, facility in FACILITIES.items() if not facility.is_public]
    return [*stations.public_nouns(session, jurisdiction_id), *(of_place if may_anywhere(actor, Action.READ_FACILITIES) else [])]


def things(session: Session, actor: Actor, noun: str, unit: UnitRow, as_of: datetime | None, page: int) -> list[Thing]:
    """Return a page of what stands in a unit; raise NotSignedIn or NotAllowed where the actor reads such things nowhere."""
    return list(READ[noun](session, actor, unit, as_of, page))


def _stations(session: Session, _actor: Actor, unit: UnitRow, as_of: datetime | None, page: int) -> Iterable[Thing]:
    for row in stations.stations(session, stations.PointFilter(unit.jurisdiction_id, unit.path, as_of=as_of), page):
        notes = [("{text}", {"text": text}) for text in (row.hours, row.address) if text]
        yield Thing(row.public_id, row.name, row.kind, notes, row.phone, _around(row.lon, row.lat))


def _gates(session: Session, _actor: Actor, unit: UnitRow, as_of: datetime | None, page: int) -> Iterable[Thing]:
    for row in stations.gates(session, stations.PointFilter(unit.jurisdiction_id, unit.path, as_of=as_of), page):
        notes = [("{text}", {"text": row.compound_name})] if row.compound_name else []
        yield Thing(row.public_id, row.name, row.kind, notes, None, _around(row.lon, row.lat))


def _lots(session: Session, actor: Actor, unit: UnitRow, as_of: datetime | None, page: int) -> Iterable[Thing]:
    for row in parking.parking_lots(session, actor, unit.path, as_of, page):
        notes = [("{count} spaces", {"count": row.spaces or row.capacity})] if row.spaces or row.capacity else []
        yield Thing(row.public_id, row.name, row.kind, notes, None, row.bounds)


def _spaces(session: Session, actor: Actor, unit: UnitRow, as_of: datetime | None, page: int) -> Iterable[Thing]:
    for row in parking.parking_spaces(session, actor, unit.path, as_of, page):
        notes = [("{text}", {"text": text}) for text in (row.level, row.lot) if text]
        yield Thing(row.public_id, row.number, row.kind, notes, None, row.bounds)


def _lanes(session: Session, actor: Actor, unit: UnitRow, as_of: datetime | None, page: int) -> Iterable[Thing]:
    for row in fire_lanes.fire_lanes(session, actor, unit.path, as_of, page):
        notes: list[tuple[str, Mapping[str, object]]] = []
        if row.clear_width_m is not None:
            notes.append(("{width_m:g} m clear width", {"width_m": row.clear_width_m}))
        if row.here_m is not None:
            notes.append(("{length_m:,.0f} m here", {"length_m": row.here_m}))
        yield Thing(row.public_id, row.name, row.form, notes, None, row.bounds)


READ: dict[str, Callable[[Session, Actor, UnitRow, datetime | None, int], Iterable[Thing]]] = {
    "stations": _stations,
    "gates": _gates,
    "parking_lots": _lots,
    "parking_spaces": _spaces,
    "fire_lanes": _lanes,
}
"""What lists each noun."""


def _around(lon: float, lat: float) -> Box:
    return lon - AROUND_DEG, lat - AROUND_DEG, lon + AROUND_DEG, lat + AROUND_DEG
