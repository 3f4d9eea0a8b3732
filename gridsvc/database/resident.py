"""Public ground kept in each serving process: read anew when the generation has grown, never about persons.

Reading is lazy by part: who asks for points only never pays for tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.lookup import Cells
from geodata.mvt import TileLayer, clusters, tile
from geodata.nearest import Nearest
from geodata.topology import BANDS
from gridsvc.database.freshness import generation
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdictions
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import NOBODY


class UnitRef(NamedTuple):
    """A unit of a chain."""

    id: int
    public_id: UUID
    level: int
    kind: str
    code: str | None
    name: str
    level_name_zh: str
    level_name_en: str


class BuildingRef(NamedTuple):
    """A building at a point."""

    public_id: UUID
    name: str | None


class CompoundRef(NamedTuple):
    """A compound at a point."""

    public_id: UUID
    name: str | None


class StationRef(NamedTuple):
    """A station as everybody may know it."""

    jurisdiction: str
    public_id: UUID
    name: str | None
    kind: str
    hours: str | None
    phone: str | None
    address: str | None
    services: str | None
    unit_public_id: UUID | None
    unit_name: str | None
    lon: float
    lat: float


class Ground:
    """The public ground of one jurisdiction."""

    def __init__(self, jurisdiction: JurisdictionRow) -> None:
        self.jurisdiction = jurisdiction
        self._tile_layers: dict[str, list[TileLayer]] = {}

    @cached_property
    def leaves(self) -> Cells:
        """Answer which leaf a point stands in; the lowest code of several."""
        return Cells(from_wkb([row.geom for row in self._leaf_rows]))

    @cached_property
    def chains(self) -> list[tuple[UnitRef, ...]]:
        """Give the units from the top to each leaf."""
        scheme = self.jurisdiction.scheme
        refs = {row.id: _unit_ref(row, scheme.levels) for row in self._unit_rows}
        above = {row.id: row.parent_id for row in self._unit_rows}

        def chain(unit_id: int | None) -> tuple[UnitRef, ...]:
            return () if unit_id is None else (*chain(above[unit_id]), refs[unit_id])

        return [chain(row.id) for row in self._leaf_rows]

    @cached_property
    def buildings(self) -> tuple[Cells, list[BuildingRef]]:
        """Answer which building a point stands in."""
        rows = self.read(_BUILDINGS)
        return Cells(from_wkb([row.geom for row in rows])), [BuildingRef(row.public_id, row.name) for row in rows]

    @cached_property
    def compounds(self) -> tuple[Cells, list[CompoundRef]]:
        """Answer which compound a point stands in, the smallest of several."""
        rows = self.read(_COMPOUNDS)
        return Cells(from_wkb([row.geom for row in rows])), [CompoundRef(row.public_id, row.name) for row in rows]

    @cached_property
    def stations(self) -> list[StationRef]:
        """Give all stations."""
        return [StationRef._make((self.jurisdiction.slug, *row[1:-1])) for row in self.read(_STATIONS)]

    def tile_layers(self, name: str) -> list[TileLayer]:
        """Give the layers of vector tiles of this name, made when first asked for."""
        if name not in self._tile_layers:
            self._tile_layers[name] = TILE_LAYERS[name](self)
        return self._tile_layers[name]

    @cached_property
    def _unit_rows(self) -> Sequence[Row[Any]]:
        return self.read(_UNITS)

    @cached_property
    def _leaf_rows(self) -> list[Row[Any]]:
        return [row for row in self._unit_rows if row.leaf]

    def read(self, statement: str, **more: object) -> Sequence[Row[Any]]:
        """Return the rows that a statement finds in this jurisdiction, `:id`."""
        with transaction(NOBODY) as session:
            return session.execute(text(statement), {"id": self.jurisdiction.id, **more}).all()


_UNITS = """
SELECT u.id, u.public_id, v.parent_id, v.level, v.kind, v.code, v.name, v.leaf, CASE WHEN v.leaf THEN ST_AsBinary(v.geom) END AS geom
FROM unit_version v JOIN unit u ON u.id = v.unit_id
WHERE v.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY v.kind = 'remainder', v.code COLLATE "C" NULLS LAST, u.id
"""
_BUILDINGS = """
SELECT b.id, b.public_id, v.name, v.use, v.floors, ST_AsBinary(v.geom) AS geom
FROM building b JOIN building_version v ON v.building_id = b.id
WHERE b.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY b.id
"""
_COMPOUNDS = """
SELECT c.id, c.public_id, v.name, ST_AsBinary(v.geom) AS geom
FROM compound c JOIN compound_version v ON v.compound_id = c.id
WHERE c.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY v.area_m2, c.id
"""
_STREETS = """
SELECT s.id, v.name, v.street_class, ST_AsBinary(v.geom) AS geom
FROM street s JOIN street_version v ON v.street_id = s.id
WHERE s.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY s.id
"""
_STATIONS = """
SELECT s.id, s.public_id, v.name, v.kind, v.hours, v.phone, v.address, v.services, unit.public_id AS unit_public_id, u.name AS unit_name,
       ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat, ST_AsBinary(v.geom) AS geom
FROM station s JOIN station_version v ON v.station_id = s.id AND upper_inf(v.valid)
LEFT JOIN station_place p ON p.station_id = s.id AND upper_inf(p.valid)
LEFT JOIN unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid) LEFT JOIN unit ON unit.id = p.unit_id
WHERE s.jurisdiction_id = :id ORDER BY s.id
"""
FIRST_ZOOMS = {"buildings": 13, "compounds": 11, "gates": 14}
"""Where layers begin to show; below it nothing is read for them."""
FIRST_CLUSTERED, CLUSTERED = 8, 15
"""Stations show from the first zoom on, each by itself from the second."""
_GATES = """
SELECT g.id, g.public_id, v.name, v.kind, ST_AsBinary(v.geom) AS geom
FROM gate g JOIN gate_version v ON v.gate_id = g.id AND upper_inf(v.valid)
WHERE g.jurisdiction_id = :id ORDER BY g.id
"""
_BARRIERS = """
SELECT b.id, v.name, v.kind, ST_AsBinary(v.geom) AS geom
FROM barrier b JOIN barrier_version v ON v.barrier_id = b.id
WHERE b.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY b.id
"""
_DRAWN = """
SELECT u.id, u.public_id, v.level, v.kind, v.name, ST_AsBinary(coalesce(s.geom, v.geom)) AS geom
FROM unit_version v JOIN unit u ON u.id = v.unit_id LEFT JOIN unit_shape s ON s.unit_id = u.id AND s.zoom = :band
WHERE v.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY u.id
"""


def _unit_ref(row: Row[Any], levels: Sequence[Any]) -> UnitRef:
    level = levels[min(row.level, len(levels)) - 1]
    return UnitRef(row.id, row.public_id, row.level, row.kind, row.code, row.name, level.name_zh, level.name_en)


def _unit_layers(ground: Ground) -> list[TileLayer]:
    lows = sorted(BANDS)
    layers = []
    for low, high in zip(lows, [*lows[1:], 25], strict=True):
        rows = ground.read(_DRAWN, band=low)
        properties = {key: [getattr(row, key) for row in rows] for key in ("level", "kind", "name")}
        properties["id"] = [str(row.public_id) for row in rows]
        layers.append(_layer("units", rows, properties, (0 if low == lows[0] else low, high - 1)))
    return layers


def _building_layers(ground: Ground) -> list[TileLayer]:
    rows = ground.read(_BUILDINGS)
    return [
        _layer(
            "buildings", rows, {"name": [row.name for row in rows], "floors": [row.floors for row in rows]}, (FIRST_ZOOMS["buildings"], 24)
        )
    ]


def _compound_layers(ground: Ground) -> list[TileLayer]:
    rows = ground.read(_COMPOUNDS)
    return [_layer("compounds", rows, {"name": [row.name for row in rows]}, (FIRST_ZOOMS["compounds"], 24))]


def _street_layers(ground: Ground) -> list[TileLayer]:
    rows = ground.read(_STREETS)
    return [_layer("streets", rows, {"name": [row.name for row in rows], "class": [row.street_class for row in rows]}, (8, 24))]


def _station_layers(ground: Ground) -> list[TileLayer]:
    """Give each station from CLUSTERED on, and below that those near each other as one with their count."""
    rows = ground.read(_STATIONS)
    lonlat = np.array([(row.lon, row.lat) for row in rows]).reshape(-1, 2)
    layers = [_stations(rows, lonlat, np.ones(len(rows), dtype=np.int64), (CLUSTERED, 24))]
    for zoom in range(FIRST_CLUSTERED, CLUSTERED) if rows else ():
        found = clusters(lonlat, zoom)
        layers.append(_stations([rows[at] for at in found.first], found.lonlat, found.count, (zoom, zoom)))
    return layers


def _stations(rows: Sequence[Row[Any]], lonlat: NDArray[np.float64], count: NDArray[np.int64], zooms: tuple[int, int]) -> TileLayer:
    alone = count == 1
    properties: dict[str, list[Any]] = {
        name: [getattr(row, name) if one else None for row, one in zip(rows, alone, strict=True)] for name in ("name", "kind")
    }
    properties |= {"id": [str(row.public_id) if one else None for row, one in zip(rows, alone, strict=True)], "count": count.tolist()}
    ids = np.array([row.id for row in rows], dtype=np.int64)
    return TileLayer("stations", np.asarray(shapely.points(lonlat), dtype=object), properties=properties, ids=ids, zooms=zooms)


def _gate_layers(ground: Ground) -> list[TileLayer]:
    return [_point_layer("gates", ground.read(_GATES), (FIRST_ZOOMS["gates"], 24))]


def _point_layer(name: str, rows: Sequence[Row[Any]], zooms: tuple[int, int]) -> TileLayer:
    properties = {"id": [str(row.public_id) for row in rows], "name": [row.name for row in rows], "kind": [row.kind for row in rows]}
    return _layer(name, rows, properties, zooms)


def _barrier_layers(ground: Ground) -> list[TileLayer]:
    """Give areas and lines apart: a layer holds one kind of geometry."""
    rows = ground.read(_BARRIERS)
    shapes = from_wkb([row.geom for row in rows])
    flat = shapely.get_dimensions(shapes) == 2
    layers = []
    for chosen in (flat, ~flat):
        own = [row for row, here in zip(rows, chosen, strict=True) if here]
        layers.append(_layer("barriers", own, {"name": [row.name for row in own], "kind": [row.kind for row in own]}, (8, 24)))
    return layers


def _layer(name: str, rows: Sequence[Row[Any]], properties: dict[str, list[Any]], zooms: tuple[int, int]) -> TileLayer:
    ids = np.array([row.id for row in rows], dtype=np.int64)
    return TileLayer(name, from_wkb([row.geom for row in rows]), properties=properties, ids=ids, zooms=zooms)


TILE_LAYERS: dict[str, Callable[[Ground], list[TileLayer]]] = {
    "units": _unit_layers,
    "buildings": _building_layers,
    "compounds": _compound_layers,
    "streets": _street_layers,
    "stations": _station_layers,
    "gates": _gate_layers,
    "barriers": _barrier_layers,
}
"""The public layers that come as vector tiles."""


class Resident:
    """All public ground as of a generation."""

    def __init__(self, number: int, session: Session) -> None:
        self.generation = number
        self.grounds = {row.slug: Ground(row) for row in jurisdictions(session)}
        self._tiles: dict[tuple[str, int, int, int], bytes] = {}
        self._nearest: dict[str | None, tuple[Nearest, list[StationRef]]] = {}

    def stations(self, kind: str | None) -> tuple[Nearest, list[StationRef]]:
        """Give the stations of a kind or of all, in every jurisdiction, and what answers which are nearest."""
        if kind not in self._nearest:
            refs = [each for ground in self.grounds.values() for each in ground.stations if kind in (None, each.kind)]
            self._nearest[kind] = Nearest([each.lon for each in refs], [each.lat for each in refs]), refs
        return self._nearest[kind]

    def tile(self, layer: str, z: int, x: int, y: int) -> bytes:
        """Return a vector tile of a public layer, every jurisdiction together; each is encoded once a generation."""
        key = (layer, z, x, y)
        if z < FIRST_ZOOMS.get(layer, 0):
            return b""
        if key not in self._tiles:
            if len(self._tiles) > MOST_TILES:
                self._tiles.clear()
            self._tiles[key] = tile([each for ground in self.grounds.values() for each in ground.tile_layers(layer)], z, x, y)
        return self._tiles[key]


MOST_TILES = 20_000
"""How many encoded tiles a process keeps; about 100 MB."""

_lock = Lock()
_resident: Resident | None = None


def current() -> Resident:
    """Return the public ground as of now: what was read last, unless something has changed since."""
    global _resident  # noqa: PLW0603  # one copy a process
    number = generation()
    if _resident is None or _resident.generation != number:
        with _lock:
            if _resident is None or _resident.generation != number:
                with transaction(NOBODY) as session:
                    _resident = Resident(number, session)
    return _resident
