"""All points of the city to their micro-grids at once, from data that each one already holds in its own form.

Indexes are built within the measured time, since a batch comes once; the service has its own at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import geopandas
import numpy as np
import pandas
import psycopg
import shapely
from numpy.typing import NDArray

from bench.city import City
from bench.contest import Contest
from bench.postgis import postgis, version
from geodata.lookup import Cells

Answer: TypeAlias = NDArray[np.int64]
Peer: TypeAlias = tuple[str, Callable[[], Answer]]
POLYGONS_FIRST = """
SELECT array_agg(p.id), array_agg(l.id) FROM leaf AS l CROSS JOIN LATERAL
(SELECT id FROM point WHERE geom && l.geom AND ST_Intersects(l.geom, geom) OFFSET 0) AS p
"""


def contests(city: City) -> Iterator[Contest]:
    """Yield the one contest."""
    lons, lats = city.points.T.copy()
    resident = Cells(city.leaves)
    contestants: dict[str, Callable[[], Answer]] = {
        "gridsvc": lambda: Cells(city.leaves).locate_many(lons, lats).polygon,
        "gridsvc, index resident as in the service": lambda: resident.locate_many(lons, lats).polygon,
    }
    absent = {}
    for name, make in PEERS.items():
        try:
            named, work = make(city)
        except (ImportError, OSError, RuntimeError) as error:
            absent[name] = f"{type(error).__name__}: {error}"
        else:
            contestants[named] = work
    with postgis(city, "leaf", "point") as connection:
        contestants[f"{version(connection)}, polygons first"] = lambda: _by_sql(connection, len(lons))
        title = f"{len(lons):,} points to {len(city.leaves):,} micro-grids"
        yield Contest(title, contestants, differs=_differs, rounds=5, absent=absent, target=6)


def _shapely(city: City) -> Peer:
    points = city.point_shapes

    def work() -> Answer:
        leaf, point = shapely.STRtree(points).query(city.leaves, predicate="intersects")
        return _lowest(point, leaf, len(points))

    return f"shapely {shapely.__version__}, tree on the points", work


def _geopandas(city: City) -> Peer:
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(*city.points.T), crs=4490)
    leaves = geopandas.GeoDataFrame(geometry=city.leaves, crs=4490)

    def work() -> Answer:
        found = geopandas.sjoin(points, leaves, predicate="intersects")
        return _lowest(found.index.to_numpy(), found["index_right"].to_numpy(), len(points))

    return f"geopandas {geopandas.__version__}", work


def _duckdb(city: City) -> Peer:
    import duckdb  # noqa: PLC0415  # this and the next peers may be missing
    import duckdb_ext  # noqa: PLC0415

    extension = next(Path(duckdb_ext.__path__[0]).glob("extensions/*/*/spatial.duckdb_extension"))
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    for table, shapes in (("point", city.point_shapes), ("leaf", city.leaves)):
        frame = pandas.DataFrame({"id": np.arange(len(shapes)), "wkb": shapely.to_wkb(shapes)})
        connection.register("frame", frame)
        connection.execute(f"CREATE TABLE {table} AS SELECT id, ST_GeomFromWKB(wkb) AS geom FROM frame")

    def work() -> Answer:
        found = connection.execute(
            "SELECT p.id AS point, l.id AS leaf FROM point p JOIN leaf l ON ST_Intersects(l.geom, p.geom)"
        ).fetchnumpy()
        return _lowest(found["point"], found["leaf"], len(city.points))

    return f"duckdb spatial {duckdb.__version__}", work


def _polars(city: City) -> Peer:
    import polars  # noqa: PLC0415
    import polars_st  # noqa: PLC0415

    def frame(shapes: NDArray[np.object_]) -> polars.DataFrame:
        return polars.DataFrame({"id": np.arange(len(shapes)), "geometry": list(shapely.to_wkb(shapes))})

    points, leaves = frame(city.point_shapes), frame(city.leaves)

    def work() -> Answer:
        found = points.st.sjoin(leaves, predicate="intersects")
        return _lowest(found["id"].to_numpy(), found["id_right"].to_numpy(), len(city.points))

    return f"polars-st {polars_st.__version__}", work


def _sedona(city: City) -> Peer:
    import sedonadb  # noqa: PLC0415

    session = sedonadb.connect()
    for table, shapes in (("point", city.point_shapes), ("leaf", city.leaves)):
        frame = geopandas.GeoDataFrame({"id": np.arange(len(shapes))}, geometry=shapes, crs=4490)
        session.create_data_frame(frame).to_memtable().to_view(table)

    def work() -> Answer:
        query = "SELECT p.id AS point, l.id AS leaf FROM point p JOIN leaf l ON ST_Intersects(l.geometry, p.geometry)"
        found = session.sql(query).to_arrow_table()
        return _lowest(found["point"].to_numpy(), found["leaf"].to_numpy(), len(city.points))

    return f"sedonadb {sedonadb.__version__}", work


PEERS: dict[str, Callable[[City], Peer]] = {
    "shapely": _shapely,
    "geopandas": _geopandas,
    "duckdb spatial": _duckdb,
    "polars-st": _polars,
    "sedonadb": _sedona,
}


def _by_sql(connection: psycopg.Connection, count: int) -> Answer:
    row = connection.execute(POLYGONS_FIRST, binary=True).fetchone()
    return _lowest(np.asarray(row[0]), np.asarray(row[1]), count) if row else np.empty(0, dtype=np.int64)


def _lowest(point: Answer, leaf: Answer, count: int) -> Answer:
    """Return for each point the lowest leaf, or -1."""
    found = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(found, point, leaf)
    found[found == np.iinfo(np.int64).max] = -1
    return found


def _differs(ours: Answer, theirs: Answer) -> str:
    """Compare; peers know no border of one step, so a few points in a million may fall to the other side."""
    unequal = int((ours != theirs).sum())
    return f"{unequal} points elsewhere" if unequal > len(ours) / 10_000 else ""
