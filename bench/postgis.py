"""The city in a PostGIS of its own, for the peers that live there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from bench.city import City
from gridsvc.database.cluster import Private

TABLES = """
CREATE TABLE leaf (id int PRIMARY KEY, geom geometry(Polygon, 4490));
CREATE TABLE building (id int PRIMARY KEY, storeys int, name text, geom geometry(Polygon, 3857));
CREATE TABLE footprint (id int PRIMARY KEY, geom geometry(Polygon, 4490));
CREATE TABLE point (id int PRIMARY KEY, geom geometry(Point, 4490))
"""
INDEXES = """
CREATE INDEX ON leaf USING gist (geom);
CREATE INDEX ON building USING gist (geom);
CREATE INDEX ON footprint USING gist (geom);
CREATE INDEX ON point USING gist (geom)
"""


@contextmanager
def postgis(city: City, *tables: str) -> Iterator[psycopg.Connection]:
    """Start a private cluster in a temporary folder, load some tables of the city, and yield a connection to it."""
    with tempfile.TemporaryDirectory(prefix="gridsvc-bench-") as folder:
        Path(folder).chmod(0o755)  # the server runs as another user
        with Private(Path(folder)) as database, psycopg.connect(database.url("superuser"), autocommit=True) as connection:
            connection.execute("CREATE SCHEMA bench; SET search_path = bench, public; SET max_parallel_workers_per_gather = 0")
            connection.execute(TABLES)
            for table in tables:
                LOADS[table](connection, city)
            connection.execute(INDEXES)
            connection.execute("ANALYZE")
            yield connection


def version(connection: psycopg.Connection) -> str:
    """Return PostGIS and its version."""
    row = connection.execute("SELECT split_part(postgis_version(), ' ', 1)").fetchone()
    return f"PostGIS {row[0] if row else ''}"


def _load_leaves(connection: psycopg.Connection, city: City) -> None:
    _copy(connection, "leaf (id, geom)", enumerate(_ewkb(city.leaves, 4490)))


def _load_points(connection: psycopg.Connection, city: City) -> None:
    _copy(connection, "point (id, geom)", enumerate(_ewkb(city.point_shapes, 4490)))


def _load_buildings(connection: psycopg.Connection, city: City) -> None:
    connection.execute("CREATE TEMPORARY TABLE given (id int, storeys int, name text, geom geometry)")
    rows = zip(range(len(city.buildings)), city.storeys, city.names, _ewkb(city.buildings, 4326), strict=True)
    _copy(connection, "given (id, storeys, name, geom)", rows)
    connection.execute("INSERT INTO building SELECT id, storeys, name, ST_Transform(geom, 3857) FROM given; DROP TABLE given")


def _load_footprints(connection: psycopg.Connection, city: City) -> None:
    _copy(connection, "footprint (id, geom)", enumerate(_ewkb(city.buildings, 4490)))


LOADS: dict[str, Callable[[psycopg.Connection, City], None]] = {
    "leaf": _load_leaves,
    "point": _load_points,
    "building": _load_buildings,
    "footprint": _load_footprints,
}


def _ewkb(shapes: NDArray[np.object_], srid: int) -> list[str]:
    return [str(text) for text in shapely.to_wkb(shapely.set_srid(shapes, srid), hex=True, include_srid=True)]


def _copy(connection: psycopg.Connection, target: str, rows: Iterable[Sequence[object]]) -> None:
    with connection.cursor().copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
