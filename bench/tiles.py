"""Vector tiles of the buildings, nothing cached: ours in process, ST_AsMVT from a table in EPSG:3857."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import mapbox_vector_tile
import numpy as np
import psycopg
import shapely
from shapely.geometry import shape

from bench.city import SOUTH, STEP_LAT, STEP_LON, WEST, City
from bench.contest import Contest
from bench.postgis import postgis, version
from geodata.mvt import BUFFER, EXTENT, TileLayer, tile

Shown: TypeAlias = tuple[dict[str, object], shapely.Geometry]
ZOOMS = (14, 15, 16, 17)
AS_MVT = f"""
WITH bounds AS (SELECT ST_TileEnvelope(%s, %s, %s) AS box, ST_TileEnvelope(%s, %s, %s, margin => {BUFFER / EXTENT}) AS wide)
SELECT ST_AsMVT(row, 'buildings', {EXTENT}, 'geom', 'id') FROM (
  SELECT id, storeys, name, ST_AsMVTGeom(geom, box, {EXTENT}, {BUFFER}) AS geom FROM building, bounds WHERE geom && wide) AS row
WHERE geom IS NOT NULL
"""


def contests(city: City) -> Iterator[Contest]:
    """Yield one contest a zoom."""
    properties: dict[str, Sequence[str | int]] = {"storeys": city.storeys, "name": city.names}
    layer = TileLayer("buildings", city.buildings, properties=properties, ids=np.arange(len(city.buildings)))
    with postgis(city, "building") as connection:
        for z in ZOOMS:
            yield _contest(layer, connection, tiles_of(city, z))


def _contest(layer: TileLayer, connection: psycopg.Connection, places: Sequence[tuple[int, int, int]]) -> Contest:
    return Contest(
        f"Tile of buildings, z{places[0][0]}",
        {
            "gridsvc": lambda: [tile([layer], *place) for place in places],
            version(connection): lambda: [_as_mvt(connection, *place) for place in places],
        },
        differs=_differs,
        pieces=len(places),
        target=5,
    )


def tiles_of(city: City, z: int, count: int = 10) -> list[tuple[int, int, int]]:
    """Return some tiles inside the city."""
    random = np.random.default_rng(z)
    lon = WEST + city.columns * STEP_LON * random.uniform(0.2, 0.8, count)
    lat = SOUTH + city.rows * STEP_LAT * random.uniform(0.2, 0.8, count)
    x = ((lon + 180) / 360 * 2**z).astype(int)
    y = ((0.5 - np.arcsinh(np.tan(np.radians(lat))) / 2 / np.pi) * 2**z).astype(int)
    return [(z, int(column), int(row)) for column, row in zip(x, y, strict=True)]


def _as_mvt(connection: psycopg.Connection, z: int, x: int, y: int) -> bytes:
    row = connection.execute(AS_MVT, [z, x, y] * 2, prepare=True, binary=True).fetchone()
    return bytes(row[0]) if row else b""


def _differs(ours: list[bytes], theirs: list[bytes]) -> str:
    """Compare after decoding, inside the tile with its buffer: the same properties, and ground within one unit."""
    return next((told for mine, other in zip(ours, theirs, strict=True) if (told := _apart(_by_id(mine), _by_id(other)))), "")


def _apart(a: dict[int, Shown], b: dict[int, Shown]) -> str:
    nothing: Shown = ({}, shapely.Polygon())
    for key in a.keys() | b.keys():
        (mine, here), (other, there) = a.get(key, nothing), b.get(key, nothing)
        if not (shapely.buffer(here, -1.5).difference(there).is_empty and shapely.buffer(there, -1.5).difference(here).is_empty):
            return f"building {key} is elsewhere"
        if mine != other and mine and other:
            return f"building {key} has other properties"
    return ""


def _by_id(data: bytes) -> dict[int, Shown]:
    window = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    features = mapbox_vector_tile.decode(data)["buildings"]["features"]
    return {feature["id"]: (feature["properties"], shapely.intersection(shape(feature["geometry"]), window)) for feature in features}
