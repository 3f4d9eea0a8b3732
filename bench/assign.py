"""Points in one table, the micro-grid of each into another; PostGIS as it is planned, and driven by the polygons."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TypeAlias

import pandas
import psycopg

from bench.city import City
from bench.contest import Contest
from bench.postgis import postgis, version
from geodata.lookup import Cells

Answer: TypeAlias = tuple[int, int]
"""How many points are placed, and a sum that tells whether where."""
PLAIN = "INSERT INTO placed SELECT p.id, min(l.id) FROM point p JOIN leaf l ON ST_Intersects(l.geom, p.geom) GROUP BY p.id"
POLYGONS_FIRST = """
INSERT INTO placed SELECT p.id, min(l.id) FROM leaf AS l CROSS JOIN LATERAL
(SELECT id FROM point WHERE geom && l.geom AND ST_Intersects(l.geom, geom) OFFSET 0) AS p GROUP BY p.id
"""


def contests(city: City) -> Iterator[Contest]:
    """Yield the one contest; emptying the table and summing it up is measured with all alike."""
    with postgis(city, "leaf", "point") as connection:
        connection.execute("CREATE UNLOGGED TABLE placed (point int, leaf int)")
        name = version(connection)
        yield Contest(
            f"{len(city.points):,} points to {len(city.leaves):,} micro-grids, from table to table",
            {
                "gridsvc, COPY out and in": lambda: _ours(connection, city),
                f"{name}, as planned": lambda: _theirs(connection, PLAIN),
                f"{name}, polygons first": lambda: _theirs(connection, POLYGONS_FIRST),
            },
            differs=lambda ours, theirs: f"{theirs} instead of {ours}" if ours != theirs else "",
            rounds=3,
            target=15,
        )


def _ours(connection: psycopg.Connection, city: City) -> Answer:
    connection.execute("TRUNCATE placed")
    points = io.BytesIO()
    with connection.cursor().copy("COPY (SELECT id, ST_X(geom), ST_Y(geom) FROM point) TO STDOUT (FORMAT csv)") as copy:
        points.writelines(copy)
    points.seek(0)
    number, lon, lat = pandas.read_csv(points, header=None).to_numpy().T
    leaf = Cells(city.leaves).locate_many(lon, lat).polygon
    inside = leaf >= 0
    rows = pandas.DataFrame({"point": number[inside].astype(int), "leaf": leaf[inside]})
    with connection.cursor().copy("COPY placed FROM STDIN (FORMAT csv)") as copy:
        copy.write(rows.to_csv(header=False, index=False))
    return _placed(connection)


def _theirs(connection: psycopg.Connection, question: str) -> Answer:
    connection.execute("TRUNCATE placed")
    connection.execute(question)
    return _placed(connection)


def _placed(connection: psycopg.Connection) -> Answer:
    row = connection.execute("SELECT count(*), sum((point % 1009) * leaf) FROM placed").fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
