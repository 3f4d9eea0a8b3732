"""The public layers of vector tiles, made from the database when a zoom of theirs is first asked for.

A tile holds what is large enough to be seen at its zoom (domain/scales.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from sqlalchemy import Row

from geodata.mvt import TileLayer, clusters
from geodata.topology import BANDS
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.domain.scales import EQUATOR_M, HELD_PX, MAIN_STREETS, MINOR_STREETS_ZOOM


class Read(Protocol):
    """Reads the rows of a jurisdiction, `:id`."""

    def __call__(self, statement: str, **more: object) -> Sequence[Row[Any]]:
        """Return what the statement finds."""


class Zooms(NamedTuple):
    """Some zooms of a layer, made together."""

    first: int
    last: int
    make: Callable[[Read], list[TileLayer]]


class Source(NamedTuple):
    """Where a layer comes from: the table whose rows it shows, and what makes it."""

    table: str
    zooms: Sequence[Zooms]


LAST = 24
FIRST_ZOOMS = {"buildings": 14, "compounds": 11, "gates": 14}
"""Where layers begin to show; below it nothing is read for them."""
FIRST_CLUSTERED, CLUSTERED = 8, 15
"""Stations show from the first zoom on, each by itself from the second."""

_BUILDINGS = """
SELECT b.id, v.name, v.floors, ST_AsBinary(v.geom) AS geom
FROM building b JOIN building_version v ON v.building_id = b.id
WHERE b.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY b.id
"""
_COMPOUNDS = """
SELECT c.id, v.name, ST_AsBinary(v.geom) AS geom
FROM compound c JOIN compound_version v ON v.compound_id = c.id
WHERE c.jurisdiction_id = :id AND upper_inf(v.valid) ORDER BY v.area_m2, c.id
"""
_STREETS = """
SELECT s.id, v.name, v.street_class, ST_AsBinary(v.geom) AS geom
FROM street s JOIN street_version v ON v.street_id = s.id
WHERE s.jurisdiction_id = :id AND upper_inf(v.valid) AND v.street_class = ANY (:main) = :is_main ORDER BY s.id
"""
_STATIONS = """
SELECT s.id, s.public_id, v.name, v.kind, ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat
FROM station s JOIN station_version v ON v.station_id = s.id AND upper_inf(v.valid)
WHERE s.jurisdiction_id = :id ORDER BY s.id
"""
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
_UNITS = f"""
WITH now AS (
  SELECT unit_id, parent_id, level, kind, name, geom, area_m2, cos(radians((ST_YMin(geom) + ST_YMax(geom)) / 2)) AS shrinking
  FROM unit_version WHERE jurisdiction_id = :id AND upper_inf(valid)
), siblings AS (
  SELECT parent_id, level, percentile_cont(0.5) WITHIN GROUP (ORDER BY area_m2) AS area_m2 FROM now
  WHERE kind <> 'remainder' GROUP BY parent_id, level
), seen AS (
  SELECT now.*, CASE WHEN now.parent_id IS NULL THEN 0
    ELSE ceil(log(2, ({HELD_PX * EQUATOR_M / 256} * shrinking / sqrt(coalesce(s.area_m2, now.area_m2)))::numeric)) END AS since
  FROM now LEFT JOIN siblings s ON s.parent_id = now.parent_id AND s.level = now.level
)
SELECT u.id, u.public_id, v.level, v.kind, v.name, v.since, ST_AsBinary(coalesce(s.geom, v.geom)) AS geom
FROM seen v JOIN unit u ON u.id = v.unit_id LEFT JOIN unit_shape s ON s.unit_id = u.id AND s.zoom = :band
WHERE v.since <= :last ORDER BY u.id
"""
"""Units with the first zoom at which most units beside them are wide enough; the top is there at every zoom."""


def _units(read: Read, band: int, last: int) -> list[TileLayer]:
    rows = read(_UNITS, band=band, last=last)
    properties = _columns(rows, "level", "kind", "name") | _public_ids(rows)
    return [_layer("units", rows, properties, np.array([row.since for row in rows], dtype=float))]


def _buildings(read: Read) -> list[TileLayer]:
    rows = read(_BUILDINGS)
    return [_layer("buildings", rows, _columns(rows, "name", "floors"))]


def _compounds(read: Read) -> list[TileLayer]:
    rows = read(_COMPOUNDS)
    return [_layer("compounds", rows, _columns(rows, "name"))]


def _streets(read: Read, *, is_main: bool) -> list[TileLayer]:
    rows = read(_STREETS, main=list(MAIN_STREETS), is_main=is_main)
    return [_layer("streets", rows, {"name": [row.name for row in rows], "class": [row.street_class for row in rows]})]


def _stations(read: Read) -> list[TileLayer]:
    """Give each station from CLUSTERED on, and below that those near each other as one with their count."""
    rows = read(_STATIONS)
    lonlat = np.array([(row.lon, row.lat) for row in rows]).reshape(-1, 2)
    layers = [_clustered(rows, lonlat, np.ones(len(rows), dtype=np.int64), (CLUSTERED, LAST))]
    for zoom in range(FIRST_CLUSTERED, CLUSTERED) if rows else ():
        found = clusters(lonlat, zoom)
        layers.append(_clustered([rows[at] for at in found.first], found.lonlat, found.count, (zoom, zoom)))
    return layers


def _clustered(rows: Sequence[Row[Any]], lonlat: NDArray[np.float64], count: NDArray[np.int64], zooms: tuple[int, int]) -> TileLayer:
    alone = count == 1
    properties: dict[str, list[Any]] = {
        name: [value if one else None for value, one in zip(column, alone, strict=True)]
        for name, column in (_columns(rows, "name", "kind") | _public_ids(rows)).items()
    }
    properties |= {"count": count.tolist()}
    ids = np.array([row.id for row in rows], dtype=np.int64)
    return TileLayer("stations", np.asarray(shapely.points(lonlat), dtype=object), properties=properties, ids=ids, zooms=zooms)


def _gates(read: Read) -> list[TileLayer]:
    rows = read(_GATES)
    return [_layer("gates", rows, _public_ids(rows) | _columns(rows, "name", "kind"))]


def _barriers(read: Read) -> list[TileLayer]:
    """Give areas and lines apart: a layer holds one kind of geometry."""
    rows = read(_BARRIERS)
    flat = shapely.get_dimensions(from_wkb([row.geom for row in rows])) == 2
    chosen = [[row for row, here in zip(rows, choice, strict=True) if here] for choice in (flat, ~flat)]
    return [_layer("barriers", own, _columns(own, "name", "kind")) for own in chosen]


def _columns(rows: Sequence[Row[Any]], *names: str) -> dict[str, list[Any]]:
    return {name: [getattr(row, name) for row in rows] for name in names}


def _public_ids(rows: Sequence[Row[Any]]) -> dict[str, list[Any]]:
    return {"id": [str(row.public_id) for row in rows]}


def _layer(name: str, rows: Sequence[Row[Any]], properties: dict[str, list[Any]], since: ArrayLike = 0) -> TileLayer:
    ids = np.array([row.id for row in rows], dtype=np.int64)
    return TileLayer(name, from_wkb([row.geom for row in rows]), properties=properties, ids=ids, since=since)


_LOWS = [0, *sorted(BANDS)[1:], LAST + 1]
TILE_LAYERS: dict[str, Source] = {
    "units": Source(
        "unit_version",
        [
            Zooms(low, stop - 1, partial(_units, band=band, last=stop - 1))
            for band, (low, stop) in zip(sorted(BANDS), pairwise(_LOWS), strict=True)
        ],
    ),
    "buildings": Source("building_version", [Zooms(FIRST_ZOOMS["buildings"], LAST, _buildings)]),
    "compounds": Source("compound_version", [Zooms(FIRST_ZOOMS["compounds"], LAST, _compounds)]),
    "streets": Source(
        "street_version",
        [
            Zooms(8, LAST, partial(_streets, is_main=True)),
            Zooms(MINOR_STREETS_ZOOM - 1, LAST, partial(_streets, is_main=False)),
        ],
    ),
    "stations": Source("station_version", [Zooms(FIRST_CLUSTERED, LAST, _stations)]),
    "gates": Source("gate_version", [Zooms(FIRST_ZOOMS["gates"], LAST, _gates)]),
    "barriers": Source("barrier_version", [Zooms(8, LAST, _barriers)]),
}
"""The public layers that come as vector tiles."""
