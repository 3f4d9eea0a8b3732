"""Points in one table, the micro-grid of each into another; PostGIS as it is planned, and driven by the polygons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import psycopg

from bench.city import City
from bench.contest import Contest
from bench.postgis import postgis, version
from geodata.lookup import Cells

Answer: TypeAlias = str
"""The table that holds point and leaf."""
PLAIN = "INSERT INTO {table} SELECT p.id, min(l.id) FROM point p JOIN leaf l ON ST_Intersects(l.geom, p.geom) GROUP BY p.id"
POLYGONS_FIRST = """
INSERT INTO {table} SELECT p.id, min(l.id) FROM leaf AS l CROSS JOIN LATERAL
(SELECT id FROM point WHERE geom && l.geom AND ST_Intersects(l.geom, geom) OFFSET 0) AS p GROUP BY p.id
"""
HEADER, TRAILER = 19, 2
"""Bytes around the rows of PostgreSQL's binary COPY; numbers come with the highest byte first, each after its own length."""
POINT = [("fields", ">i2"), ("id_bytes", ">i4"), ("id", ">i4"), ("lon_bytes", ">i4"), ("lon", ">f8"), ("lat_bytes", ">i4"), ("lat", ">f8")]
PLACED = [("fields", ">i2"), ("point_bytes", ">i4"), ("point", ">i4"), ("leaf_bytes", ">i4"), ("leaf", ">i4")]
ELSEWHERE = """
SELECT count(*) FROM {ours} o FULL JOIN {theirs} t USING (point) JOIN point p ON p.id = point
WHERE o.leaf IS DISTINCT FROM t.leaf
  AND NOT EXISTS (SELECT FROM leaf WHERE leaf.id IN (o.leaf, t.leaf) AND ST_DWithin(ST_Boundary(leaf.geom), p.geom, 2e-8))
"""
"""Points placed otherwise that do not lie on a border, which is ours when it is within a step of the grid, about a millimetre."""


def contests(city: City) -> Iterator[Contest]:
    """Yield the one contest; emptying the table is measured with all alike."""
    with postgis(city, "leaf", "point") as connection:
        for table in ("ours", "planned", "polygons"):
            connection.execute(f"CREATE UNLOGGED TABLE {table} (point int, leaf int)")
        name = version(connection)
        yield Contest(
            f"{len(city.points):,} points to {len(city.leaves):,} micro-grids, from table to table",
            {
                "gridsvc, COPY out and in": lambda: _ours(connection, city),
                f"{name}, as planned": lambda: _theirs(connection, "planned", PLAIN),
                f"{name}, polygons first": lambda: _theirs(connection, "polygons", POLYGONS_FIRST),
            },
            differs=lambda ours, theirs: _elsewhere(connection, ours, theirs),
            rounds=3,
            target=15,
        )


def _ours(connection: psycopg.Connection, city: City) -> Answer:
    connection.execute("TRUNCATE ours")
    with connection.cursor().copy("COPY (SELECT id, ST_X(geom), ST_Y(geom) FROM point) TO STDOUT (FORMAT binary)") as copy:
        points = np.frombuffer(b"".join(copy)[HEADER:-TRAILER], dtype=POINT)
    leaf = Cells(city.leaves).locate_many(points["lon"].astype(float), points["lat"].astype(float)).polygon
    inside = leaf >= 0
    rows = np.empty(int(inside.sum()), dtype=PLACED)
    rows["fields"], rows["point_bytes"], rows["leaf_bytes"] = 2, 4, 4
    rows["point"], rows["leaf"] = points["id"][inside], leaf[inside]
    with connection.cursor().copy("COPY ours FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(HEADER - 11) + rows.tobytes() + b"\xff\xff")
    return "ours"


def _theirs(connection: psycopg.Connection, table: str, question: str) -> Answer:
    connection.execute(f"TRUNCATE {table}")
    connection.execute(question.format(table=table))
    return table


def _elsewhere(connection: psycopg.Connection, ours: Answer, theirs: Answer) -> str:
    row = connection.execute(ELSEWHERE.format(ours=ours, theirs=theirs)).fetchone()
    return f"{row[0]} points elsewhere" if row and row[0] else ""
