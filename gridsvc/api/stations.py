"""Stations and gates: listed, one in full, the nearest."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from geodata.crs import parse_crs, point_to_stored
from gridsvc.api import shapes
from gridsvc.api.shapes import Coded, Feature, Named, coded, jurisdiction_of, moment, unit_read
from gridsvc.api.shapes import jurisdiction as jurisdiction_called
from gridsvc.database.queries import stations as queries
from gridsvc.database.queries.locate import locate, locate_at
from gridsvc.database.queries.nearest import nearest_stations
from gridsvc.database.queries.stations import GateRow, PointFilter, StationRow
from gridsvc.database.resident import StationRef
from gridsvc.database.session import transaction
from gridsvc.domain import gates, stations
from gridsvc.domain.code_tables import Code, key_of
from gridsvc.domain.permissions import NOBODY
from gridsvc.errors import Invalid, NotFound


class Station(TypedDict):
    """A station; `point` is lon, lat of EPSG:4490, `unit` the leaf it stands in."""

    id: UUID
    jurisdiction: str
    name: str | None
    kind: Coded
    hours: str | None
    phone: str | None
    address: str | None
    services: str | None
    unit: Named | None
    point: tuple[float, float]


class StationInList(Station):
    """A station with its rooms and compound."""

    floor_area_m2: float | None
    premises: Coded | None
    compound: Named | None


class Stations(shapes.Page):
    """A page of stations by name; `more` says whether another page may follow."""

    items: list[StationInList]


class NearStation(Station):
    """A station and how far it is along the surface of the Earth; `open` is null while hours are text."""

    distance_m: float
    open: bool | None


class NearStations(TypedDict):
    """The nearest first; `straight_line` says that distances are not those of a walk."""

    items: list[NearStation]
    straight_line: bool
    point: tuple[float, float]
    at: str | None


class Gate(TypedDict):
    """A gate of a compound; `point` is lon, lat of EPSG:4490, `unit` the leaf (by id) it stands in."""

    id: UUID
    name: str | None
    kind: Coded
    compound: Named | None
    unit: UUID | None
    point: tuple[float, float]


class Gates(shapes.Page):
    """A page of gates by name; `more` says whether another page may follow."""

    items: list[Gate]


def listed(jurisdiction: str, kind: str | None, as_of: datetime | None, page: int) -> Stations:
    """Answer the stations of a jurisdiction, of one kind or of all."""
    place = jurisdiction_called(jurisdiction)
    return _page(PointFilter(place.id, kind=_kind(stations.KINDS, kind), as_of=as_of), page)


def of_unit(unit_id: UUID, kind: str | None, as_of: datetime | None, page: int) -> Stations:
    """Answer the stations that stand in a unit, of one kind or of all."""
    with transaction(NOBODY) as session:
        path = unit_read(session, unit_id, as_of).path
    return _page(PointFilter(path=path, kind=_kind(stations.KINDS, kind), as_of=as_of), page)


def one(station_id: UUID, as_of: datetime | None) -> Feature:
    """Answer a station as a GeoJSON feature: what it is, where it stands, and the units on whose border it stands too."""
    with transaction(NOBODY) as session:
        found = queries.station(session, station_id, as_of)
        if found is None:
            raise NotFound("There is no station of this id at that time.")
        slug = jurisdiction_of(found.jurisdiction_id).slug
        stood = locate(found.lon, found.lat, slug) if as_of is None else locate_at(session, found.lon, found.lat, as_of, slug)
    properties: dict[str, Any] = {**_listed(found), "pinned": found.pinned, "reason": found.reason}
    properties["on_border_with"] = [{"id": unit.public_id, "code": unit.code, "name": unit.name} for unit in stood.on_border_with]
    point = properties.pop("point")
    return {"type": "Feature", "id": properties.pop("id"), "geometry": {"type": "Point", "coordinates": point}, "properties": properties}


def nearest(lon: float, lat: float, crs: str, limit: int, kind: str | None, at: datetime | None) -> NearStations:
    """Answer the nearest stations in a straight line, by geodesic distance.

    `at` is the moment somebody would go; hours are text as yet, so that `open` is null.
    """
    lon, lat = point_to_stored(lon, lat, parse_crs(crs))
    found = nearest_stations(lon, lat, _kind(stations.KINDS, kind), limit)
    items: list[NearStation] = [{**_station(each), "distance_m": round(distance_m, 2), "open": None} for distance_m, each in found]
    return {"items": items, "straight_line": True, "point": (lon, lat), "at": moment(at)}


def gates_listed(jurisdiction: str, kind: str | None, as_of: datetime | None, page: int) -> Gates:
    """Answer the gates of a jurisdiction, of one kind or of all."""
    place = jurisdiction_called(jurisdiction)
    return _gates(PointFilter(place.id, kind=_kind(gates.KINDS, kind), as_of=as_of), page)


def gates_of_unit(unit_id: UUID, kind: str | None, as_of: datetime | None, page: int) -> Gates:
    """Answer the gates that stand in a unit, of one kind or of all."""
    with transaction(NOBODY) as session:
        path = unit_read(session, unit_id, as_of).path
    return _gates(PointFilter(path=path, kind=_kind(gates.KINDS, kind), as_of=as_of), page)


def _kind(table: dict[str, Code], word: str | None) -> str | None:
    key = key_of(table, word)
    if word is not None and key is None:
        raise Invalid("{word!r} is no kind; the kinds are {kinds}.", word=word, kinds=", ".join(table))
    return key


def _page(wanted: PointFilter, page: int) -> Stations:
    with transaction(NOBODY) as session:
        found = queries.stations(session, wanted, page)
    return {"items": [_listed(row) for row in found], **shapes.page(found, page, queries.PAGE)}


def _gates(wanted: PointFilter, page: int) -> Gates:
    with transaction(NOBODY) as session:
        found = queries.gates(session, wanted, page)
    return {"items": [_gate(row) for row in found], **shapes.page(found, page, queries.PAGE)}


def _station(row: StationRow | StationRef) -> Station:
    return {
        "id": row.public_id,
        "jurisdiction": row.jurisdiction if isinstance(row, StationRef) else jurisdiction_of(row.jurisdiction_id).slug,
        "name": row.name,
        "kind": coded(stations.KINDS, row.kind),
        "hours": row.hours,
        "phone": row.phone,
        "address": row.address,
        "services": row.services,
        "unit": {"id": row.unit_public_id, "name": row.unit_name} if row.unit_public_id else None,
        "point": (row.lon, row.lat),
    }


def _listed(row: StationRow) -> StationInList:
    return {
        **_station(row),
        "floor_area_m2": row.floor_area_m2,
        "premises": coded(stations.PREMISES, row.premises) if row.premises else None,
        "compound": _compound(row),
    }


def _gate(row: GateRow) -> Gate:
    return {
        "id": row.public_id,
        "name": row.name,
        "kind": coded(gates.KINDS, row.kind),
        "compound": _compound(row),
        "unit": row.unit_public_id,
        "point": (row.lon, row.lat),
    }


def _compound(row: StationRow | GateRow) -> Named | None:
    return {"id": row.compound_public_id, "name": row.compound_name} if row.compound_public_id else None
