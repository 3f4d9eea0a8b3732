"""The nearest stations in a straight line, by geodesic distance: ours, and PostGIS by `<->` with as many candidates measured again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import psycopg

from bench.city import City
from bench.contest import Contest
from bench.postgis import postgis, version
from geodata.nearest import Nearest

STATIONS_PER_LEAF, COUNT, QUESTIONS = 0.1, 5, 1000
CANDIDATES = 20
"""Degrees of longitude are shorter than those of latitude, so `<->` ranks wrongly: of so many first ones the nearest are among them."""
Ranked = list[list[int]]
NEAREST = f"""
WITH near AS MATERIALIZED (
  SELECT id, geom FROM station ORDER BY geom <-> ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490) LIMIT {CANDIDATES}
)
SELECT id FROM near ORDER BY ST_Distance(geom::geography, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490)::geography), id LIMIT {COUNT}
"""
GEOGRAPHY = f"""
SELECT id FROM station ORDER BY geom::geography <-> ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490)::geography LIMIT {COUNT}
"""


def contests(city: City) -> Iterator[Contest]:
    """Yield the one contest."""
    count = max(COUNT, round(len(city.leaves) * STATIONS_PER_LEAF))
    random = np.random.default_rng(city.seed + 3)
    places = city.points[random.permutation(len(city.points))[:count]]
    questions = city.points[:QUESTIONS].tolist()
    resident = Nearest(places[:, 0], places[:, 1])
    with postgis(city) as connection:
        _load(connection, places)
        name = version(connection)
        yield Contest(
            f"Nearest {COUNT} of {count:,} stations, straight line",
            {
                "gridsvc": lambda: [[at for _, at in resident.find(lon, lat, COUNT)] for lon, lat in questions],
                f"{name}, <-> and measured again": lambda: [_asked(connection, NEAREST, *each) for each in questions],
                f"{name}, <-> of geography": lambda: [_asked(connection, GEOGRAPHY, *each) for each in questions],
            },
            differs=_differs,
            pieces=QUESTIONS,
        )


def _load(connection: psycopg.Connection, places: np.ndarray) -> None:
    connection.execute("CREATE TABLE station (id int PRIMARY KEY, geom geometry(Point, 4490))")
    shapes = [f"SRID=4490;POINT({lon} {lat})" for lon, lat in places.tolist()]
    with connection.cursor().copy("COPY station (id, geom) FROM STDIN") as copy:
        for row in enumerate(shapes):
            copy.write_row(row)
    connection.execute("CREATE INDEX ON station USING gist (geom); CREATE INDEX ON station USING gist ((geom::geography)); ANALYZE station")


def _asked(connection: psycopg.Connection, question: str, lon: float, lat: float) -> list[int]:
    return [int(row[0]) for row in connection.execute(question, {"lon": lon, "lat": lat}, prepare=True)]


def _differs(ours: Ranked, theirs: Ranked) -> str:
    other = sum(mine != their for mine, their in zip(ours, theirs, strict=True))
    return f"{other} of {len(ours):,} answers are others" if other else ""
