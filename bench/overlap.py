"""All buildings of the city to the micro-grid with the largest overlap, each contestant from data in its own form."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from bench.city import City
from bench.contest import Contest
from bench.postgis import postgis, version
from geodata.assignment import place

LARGEST = """
SELECT DISTINCT ON (b.id) b.id, l.id FROM footprint b JOIN leaf l ON ST_Intersects(l.geom, b.geom)
ORDER BY b.id, ST_Area(ST_Intersection(l.geom, b.geom)) DESC, l.id
"""


def contests(city: City) -> Iterator[Contest]:
    """Yield the one contest."""
    with postgis(city, "leaf", "footprint") as connection:
        yield Contest(
            f"{len(city.buildings):,} buildings to {len(city.leaves):,} micro-grids by largest overlap",
            {
                "gridsvc": lambda: place(city.leaves, city.buildings).leaf,
                f"shapely {shapely.__version__}, all pairs clipped": lambda: _clipped(city),
                version(connection): lambda: _by_sql(connection, len(city.buildings)),
            },
            differs=_differs,
            rounds=3,
            target=5,
        )


def _clipped(city: City) -> NDArray[np.int64]:
    building, leaf = shapely.STRtree(city.leaves).query(city.buildings, predicate="intersects")
    overlap = shapely.area(shapely.intersection(city.buildings[building], city.leaves[leaf]))
    order = np.lexsort((-leaf, overlap, building))  # of a building the largest is written last, the first of equals
    found = np.full(len(city.buildings), -1)
    found[building[order]] = leaf[order]
    return found


def _by_sql(connection: psycopg.Connection, buildings: int) -> NDArray[np.int64]:
    building, leaf = np.array(connection.execute(LARGEST).fetchall()).T
    found = np.full(buildings, -1)
    found[building] = leaf
    return found


def _differs(ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> str:
    return f"{other} buildings elsewhere" if (other := int((ours != theirs).sum())) else ""
