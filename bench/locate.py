"""One point, its micro-grid: asked one after another, without HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import shapely

from bench.city import City
from bench.contest import Contest
from bench.postgis import postgis, version
from geodata.lookup import BORDER_DEG, Cells

POINTS = 2000
CONTAINING = f"""
SELECT min(id) FROM leaf WHERE ST_DWithin(geom, ST_SetSRID(ST_MakePoint(%s, %s), 4490), {BORDER_DEG})
"""


def contests(city: City) -> Iterator[Contest]:
    """Yield the one contest."""
    points = city.points[:POINTS].tolist()
    cells, tree = Cells(city.leaves), shapely.STRtree(city.leaves)

    def by_tree(lon: float, lat: float) -> int:
        found = tree.query(shapely.Point(lon, lat), predicate="dwithin", distance=BORDER_DEG)
        return int(found.min()) if len(found) else -1

    with postgis(city, "leaf") as connection:
        yield Contest(
            "Point to micro-grid, one at a time",
            {
                "gridsvc": lambda: [cells.locate(*point)[0] for point in points],
                f"shapely {shapely.__version__}, STRtree": lambda: [by_tree(*point) for point in points],
                f"{version(connection)}, prepared": lambda: [_by_sql(connection, *point) for point in points],
            },
            pieces=len(points),
        )


def _by_sql(connection: psycopg.Connection, lon: float, lat: float) -> int:
    row = connection.execute(CONTAINING, [lon, lat], prepare=True).fetchone()
    return -1 if row is None or row[0] is None else int(row[0])
