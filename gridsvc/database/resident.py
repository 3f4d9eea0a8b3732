"""Public ground kept in each serving process: read anew when the generation has grown, never about persons.

Reading is lazy by part: who asks for points only never pays for tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property, partial
from threading import Lock
from typing import Any, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.lookup import Cells
from geodata.mvt import TileLayer, tile
from geodata.nearest import Nearest
from gridsvc.database.freshness import generation
from gridsvc.database.ground_tiles import TILE_LAYERS
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


Mark: TypeAlias = tuple[Any, ...]
"""Tells one state of a table from another."""
Part = TypeVar("Part")
Ref = TypeVar("Ref")


class Ground:
    """The public ground of one jurisdiction."""

    def __init__(self, jurisdiction: JurisdictionRow, before: Ground | None = None) -> None:
        """`before` is the ground of an earlier generation, whose parts stay where their table has not changed."""
        self.jurisdiction = jurisdiction
        self._marks: dict[str, Mark] = {}
        self._parts: dict[Hashable, tuple[Mark, Any]] = {}
        self._before: dict[Hashable, tuple[Mark, Any]] = (
            before._before | before._parts if before and before.jurisdiction == jurisdiction else {}
        )

    @property
    def leaves(self) -> Cells:
        """Answer which leaf a point stands in; the lowest code of several."""
        return self._part("leaves", "unit_version", self._leaves)[0]

    @property
    def chains(self) -> list[tuple[UnitRef, ...]]:
        """Give the units from the top to each leaf."""
        return self._part("leaves", "unit_version", self._leaves)[1]

    def _leaves(self) -> tuple[Cells, list[tuple[UnitRef, ...]]]:
        scheme, rows = self.jurisdiction.scheme, self.read(_UNITS)
        refs = {row.id: _unit_ref(row, scheme.levels) for row in rows}
        above = {row.id: row.parent_id for row in rows}

        def chain(unit_id: int | None) -> tuple[UnitRef, ...]:
            return () if unit_id is None else (*chain(above[unit_id]), refs[unit_id])

        leaves = [row for row in rows if row.leaf]
        return Cells(from_wkb([row.geom for row in leaves])), [chain(row.id) for row in leaves]

    @property
    def buildings(self) -> tuple[Cells, list[BuildingRef]]:
        """Answer which building a point stands in."""
        return self._part("buildings", "building_version", lambda: self._standing(_BUILDINGS, BuildingRef))

    @property
    def compounds(self) -> tuple[Cells, list[CompoundRef]]:
        """Answer which compound a point stands in, the smallest of several."""
        return self._part("compounds", "compound_version", lambda: self._standing(_COMPOUNDS, CompoundRef))

    def _standing(self, statement: str, ref: Callable[[UUID, str | None], Ref]) -> tuple[Cells, list[Ref]]:
        rows = self.read(statement)
        return Cells(from_wkb([row.geom for row in rows])), [ref(row.public_id, row.name) for row in rows]

    @cached_property
    def stations(self) -> list[StationRef]:
        """Give all stations."""
        return [StationRef._make((self.jurisdiction.slug, *row[1:])) for row in self.read(_STATIONS)]

    def tile_layers(self, name: str, z: int) -> list[TileLayer]:
        """Give the layers of this name that vector tiles of a zoom are cut from, made when first asked for."""
        table, zooms = TILE_LAYERS[name]
        shown = [(at, each.make) for at, each in enumerate(zooms) if each.first <= z <= each.last]
        return [layer for at, make in shown for layer in self._part((name, at), table, partial(make, self.read))]

    def warm(self) -> None:
        """Make every part."""
        _ = self.leaves, self.buildings, self.compounds, self.stations
        for name, source in TILE_LAYERS.items():
            for zooms in source.zooms:
                self.tile_layers(name, zooms.first)

    def _part(self, name: Hashable, table: str, make: Callable[[], Part]) -> Part:
        """Return what is kept under a name, made anew where its table has changed since."""
        if name not in self._parts:
            mark = self._mark(table)  # before reading: what changes meanwhile is seen the next time
            known = self._before.pop(name, None)
            self._parts[name] = known if known and known[0] == mark else (mark, make())
        found: Part = self._parts[name][1]
        return found

    def _mark(self, table: str) -> Mark:
        """Return what differs once a row has come, gone or changed: each is written by a younger transaction."""
        if table not in self._marks:
            self._marks[table] = tuple(self.read(f"SELECT count(*), sum(xmin::text::bigint) FROM {table}")[0])
        return self._marks[table]

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
SELECT b.public_id, v.name, ST_AsBinary(v.geom) AS geom
FROM building b JOIN building_version v ON v.building_id = b.id
WHERE b.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY b.id
"""
_COMPOUNDS = """
SELECT c.public_id, v.name, ST_AsBinary(v.geom) AS geom
FROM compound c JOIN compound_version v ON v.compound_id = c.id
WHERE c.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY v.area_m2, c.id
"""
_STATIONS = """
SELECT s.id, s.public_id, v.name, v.kind, v.hours, v.phone, v.address, v.services, unit.public_id AS unit_public_id, u.name AS unit_name,
       ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat
FROM station s JOIN station_version v ON v.station_id = s.id AND upper_inf(v.valid)
LEFT JOIN station_place p ON p.station_id = s.id AND upper_inf(p.valid)
LEFT JOIN unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid) LEFT JOIN unit ON unit.id = p.unit_id
WHERE s.jurisdiction_id = :id ORDER BY s.id
"""


def _unit_ref(row: Row[Any], levels: Sequence[Any]) -> UnitRef:
    level = levels[min(row.level, len(levels)) - 1]
    return UnitRef(row.id, row.public_id, row.level, row.kind, row.code, row.name, level.name_zh, level.name_en)


class Resident:
    """All public ground as of a generation."""

    def __init__(self, number: int, session: Session, before: Resident | None = None) -> None:
        """What has not changed is taken over from the generation `before`."""
        known = before.grounds if before else {}
        self.generation = number
        self.grounds: dict[str, Ground] = {row.slug: Ground(row, known.get(row.slug)) for row in jurisdictions(session)}
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
        if key not in self._tiles:
            if len(self._tiles) > MOST_TILES:
                self._tiles.clear()
            self._tiles[key] = tile([each for ground in self.grounds.values() for each in ground.tile_layers(layer, z)], z, x, y)
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
                    _resident = Resident(number, session, _resident)
    return _resident


def warm() -> None:
    """Read all public ground: called before serving processes are forked, it is there in each of them, and once in memory."""
    for ground in current().grounds.values():
        ground.warm()
