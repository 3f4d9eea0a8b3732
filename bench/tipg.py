"""tipg, a server of features and tiles, on the same private cluster: two uvicorn processes as ours are two of granian's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psycopg

from bench.service import free_port, running
from geodata.mvt import BUFFER
from gridsvc.database.cluster import Private

TABLES = """
CREATE SCHEMA peer;
CREATE TABLE peer.leaf AS
  SELECT unit_id AS id, name, ST_SetSRID(geom, 4326)::geometry(Geometry, 4326) AS geom FROM unit_version WHERE leaf AND upper_inf(valid);
CREATE TABLE peer.building AS
  SELECT building_id AS id, name, floors, ST_Transform(ST_SetSRID(geom, 4326), 3857)::geometry(Geometry, 3857) AS geom
  FROM building_version WHERE upper_inf(valid);
ALTER TABLE peer.leaf ADD PRIMARY KEY (id);
ALTER TABLE peer.building ADD PRIMARY KEY (id);
CREATE INDEX ON peer.leaf USING gist (geom);
CREATE INDEX ON peer.building USING gist (geom);
ANALYZE peer.leaf;
ANALYZE peer.building
"""


@contextmanager
def tipg(environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Serve leaves and buildings of an installation in the systems that suit tipg best; yield its name and address."""
    name = f"tipg {version('tipg')}"  # raises where it is not installed
    with Private(Path(environment["GRIDSVC_DATA_DIR"])) as database:
        with psycopg.connect(database.url("superuser"), autocommit=True) as connection:
            connection.execute(TABLES)
        socket, passwords = (quote(str(path), safe="") for path in (database.places.socket, database.places.password_file("superuser")))
        settings = {
            "DATABASE_URL": f"postgresql://postgres@{socket}/gridsvc?passfile={passwords}",
            "TIPG_DB_SCHEMAS": '["peer"]',
            "TIPG_CATALOG_TTL": "0",
            "TIPG_TILE_BUFFER": str(BUFFER),
        }
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "tipg.main:app", "--workers", "2", "--port", str(port), "--log-level", "critical"]
        with running(command, environment | settings, f"http://127.0.0.1:{port}/healthz"):
            yield name, f"http://127.0.0.1:{port}"


def leaf_at(lon: float, lat: float) -> str:
    """Return the path that asks which leaf holds a point; of its ground no more than the box."""
    point = quote(f"S_INTERSECTS(geom,POINT({lon} {lat}))")
    return f"/collections/peer.leaf/items?f=geojson&properties=name&bbox-only=true&filter-lang=cql2-text&filter={point}"


def building_tile(z: int, x: int, y: int) -> str:
    """Return the path of a tile."""
    return f"/collections/peer.building/tiles/WebMercatorQuad/{z}/{x}/{y}"
