"""Whether the micro-grids still tile: all of them, and after one change only those around it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import shapely

from bench.city import City
from bench.contest import Contest
from bench.postgis import postgis, version
from geodata.topology import check, check_around, unite

OVERLAPS = """
SELECT count(*) FROM leaf a JOIN leaf b ON a.id < b.id AND a.geom && b.geom AND ST_Relate(a.geom, b.geom, '2********')
"""


def contests(city: City) -> Iterator[Contest]:
    """Yield the full check, the check around one leaf and the union of all."""
    leaves, tree, middle = city.leaves, shapely.STRtree(city.leaves), len(city.leaves) // 2
    united = unite(leaves).ground
    with postgis(city, "leaf") as connection:
        yield Contest(
            f"Check a coverage of {len(leaves):,}",
            {
                "gridsvc": lambda: not check(leaves, outer=united),
                f"shapely {shapely.__version__}, coverage_is_valid": lambda: bool(shapely.coverage_is_valid(leaves)),
                f"{version(connection)}, overlaps alone": lambda: _no_overlap(connection),
            },
            rounds=3,
            target=3.6,  # 200 ms where coverage_is_valid takes 720
        )
    yield Contest(
        "Check around one changed leaf",
        {
            "gridsvc": lambda: not check_around(leaves, [middle], tree=tree),
            f"shapely {shapely.__version__}, coverage_is_valid of all": lambda: bool(shapely.coverage_is_valid(leaves)),
        },
        rounds=5,
    )
    yield Contest(
        f"Unite {len(leaves):,} leaves",
        {
            "gridsvc": lambda: unite(leaves).ground,
            f"shapely {shapely.__version__}, union_all": lambda: shapely.union_all(leaves),
        },
        differs=lambda ours, theirs: "" if ours.equals(theirs) else "another ground",
        rounds=3,
    )


def _no_overlap(connection: psycopg.Connection) -> bool:
    row = connection.execute(OVERLAPS).fetchone()
    return row == (0,)
