"""Cities of several sizes laid into one database, past the imports, whose checks take their time: to show how work grows."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import psycopg
import shapely

from bench.city import City
from bench.service import SCHEME
from geodata.lookup import Cells
from geodata.topology import unite
from gridsvc.cli.operator import as_operator
from gridsvc.database.tables import Jurisdiction
from gridsvc.domain.coverage import Coverage, UnitState
from gridsvc.operations.editions import publish
from gridsvc.operations.jurisdictions import add_jurisdiction, lock_borders
from gridsvc.settings import Settings

GROWTH = (1, 4, 16)
ROWS_PER_LEAF = 5
"""Parking spaces that stand in each leaf."""
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
GROUPS = ((2, 1), (4, 4), (10, 10))
"""Into how many parts the city is divided across and up at each level below the district."""
SPACES = f"""
SET session_replication_role = replica;
INSERT INTO parking_space (jurisdiction_id, source, source_ref, paths)
  SELECT v.jurisdiction_id, 'bench', v.unit_id || '-' || n, ARRAY[v.path] FROM unit_version v, generate_series(1, {ROWS_PER_LEAF}) n
  WHERE v.leaf AND v.jurisdiction_id = %(place)s;
INSERT INTO parking_space_version (parking_space_id, valid, source_digest, kind, geom)
  SELECT s.id, tstzrange('2026-01-01', NULL), '', 'shared',
    ST_Translate(ST_Centroid(v.geom), split_part(s.source_ref, '-', 2)::int * 0.00005, 0)
  FROM parking_space s JOIN unit_version v ON v.unit_id = split_part(s.source_ref, '-', 1)::bigint WHERE s.jurisdiction_id = %(place)s;
INSERT INTO parking_space_place (parking_space_id, unit_id, valid, share, pinned)
  SELECT s.id, split_part(s.source_ref, '-', 1)::bigint, tstzrange('2026-01-01', NULL), 1, false
  FROM parking_space s WHERE s.jurisdiction_id = %(place)s;
SET session_replication_role = origin
"""
BUILDINGS = """
SET session_replication_role = replica;
INSERT INTO building (jurisdiction_id, source, source_ref) SELECT %(place)s, 'bench', ref FROM footprint ORDER BY ref::int;
INSERT INTO building_version (building_id, valid, name, use, floors, geom, footprint_m2, source_digest)
  SELECT b.id, tstzrange('2026-01-01', NULL), f.ref || '号楼', 'residential', f.floors, ST_Multi(g.geom), ST_Area(g.geom::geography), ''
  FROM footprint f JOIN building b ON b.source_ref = f.ref AND b.jurisdiction_id = %(place)s,
    LATERAL (SELECT ST_GeomFromWKB(decode(f.wkb, 'hex'), 4490) AS geom) g;
INSERT INTO building_place (building_id, unit_id, valid, share, cut_m2, pinned)
  SELECT b.id, f.leaf, tstzrange('2026-01-01', NULL), 1, 0, false
  FROM footprint f JOIN building b ON b.source_ref = f.ref AND b.jurisdiction_id = %(place)s;
INSERT INTO building_households (building_id, valid, households, basis, path)
  SELECT b.id, tstzrange('2026-01-01', NULL), f.floors * 4, 'counted', v.path || ('b_' || base36(b.id))::ltree
  FROM footprint f JOIN building b ON b.source_ref = f.ref AND b.jurisdiction_id = %(place)s
  JOIN unit_version v ON v.unit_id = f.leaf AND upper_inf(v.valid);
DROP TABLE footprint;
SET session_replication_role = origin
"""
LEAVES = "SELECT unit_id FROM unit_version WHERE jurisdiction_id = %s AND leaf AND upper_inf(valid) ORDER BY unit_id"


def sizes(city: City) -> list[City]:
    """Return the city at each size of `GROWTH`, the largest one whole."""
    return [City(round(city.columns * (part / GROWTH[-1]) ** 0.5), round(city.rows * (part / GROWTH[-1]) ** 0.5)) for part in GROWTH]


def lay(settings: Settings, city: City, owner: str) -> int:
    """Bring units and parking spaces in; return the jurisdiction. `owner` is the address of the database as its superuser."""
    with as_operator(settings) as (session, operator):
        new = Jurisdiction(slug=f"bench-{city.columns}", name="Bench", synthetic=True)
        place = add_jurisdiction(session, operator, new, scheme_key=SCHEME).id
        lock_borders(session, place)
        publish(session, place, Coverage([]), Coverage(_tree(city)), effective_at=SINCE, reason="bench")
    with psycopg.connect(owner, autocommit=True) as connection:
        _run(connection, SPACES, place)
    return place


def lay_buildings(city: City, place: int, owner: str) -> None:
    """Bring buildings with their households into a city that is laid, each into the leaf of its middle."""
    with psycopg.connect(owner, autocommit=True) as connection:
        leaves = [key for (key,) in connection.execute(LEAVES, [place])]
        middles = shapely.get_coordinates(shapely.centroid(city.buildings))
        leaf = Cells(city.leaves).locate_many(*middles.T).polygon
        connection.execute("CREATE TEMPORARY TABLE footprint (ref text, leaf bigint, floors int, wkb text)")
        with connection.cursor().copy("COPY footprint FROM STDIN") as rows:
            shapes = shapely.to_wkb(city.buildings, hex=True).tolist()
            for ref, (at, floors, shape) in enumerate(zip(leaf.tolist(), city.storeys, shapes, strict=True)):
                if at >= 0:
                    rows.write_row((str(ref), leaves[at], floors, shape))
        _run(connection, BUILDINGS, place)


def _run(connection: psycopg.Connection, script: str, place: int) -> None:
    for statement in script.split(";"):
        connection.execute(statement.encode(), {"place": place} if "%(" in statement else None)
    connection.execute("ANALYZE")


def _tree(city: City) -> list[UnitState]:
    units = [UnitState(1, "district", ground=unite(city.leaves).ground)]
    above = np.zeros(len(city.leaves), dtype=np.int64)
    for level, (across, up) in enumerate(GROUPS, 2):
        column, row = np.meshgrid(np.arange(city.columns) * across // city.columns, np.arange(city.rows) * up // city.rows)
        _, first, number = np.unique((row * across + column).ravel(), return_index=True, return_inverse=True)
        parents, begin = above[first], len(units)
        units += [
            UnitState(level, f"{level}-{at}", parent=int(parent), ground=unite(city.leaves[number == at]).ground)
            for at, parent in enumerate(parents)
        ]
        above = begin + number
    return units + [UnitState(5, f"5-{at}", parent=int(above[at]), ground=leaf) for at, leaf in enumerate(city.leaves)]
