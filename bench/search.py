"""Typing a name in the city: what the page asks after each letter, beside plain ILIKE on names of buildings, with the index and without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg
from sqlalchemy.orm import Session

from bench.city import City
from bench.contest import Contest
from bench.service import installation
from gridsvc.cli.operator import as_operator
from gridsvc.database.cluster import Private
from gridsvc.database.queries.jurisdictions import jurisdictions
from gridsvc.database.queries.search import search
from gridsvc.settings import Settings

TYPED = {
    "a rare name": ("云", "云锦", "云锦苑", "云锦苑42", "云锦苑421号楼"),
    "a name that is everywhere": ("号", "号楼", "1号楼", "21号楼", "421号楼"),
}
LIMIT = 20
LAY = """
SET session_replication_role = replica;
INSERT INTO scheme (key, name_zh, name_en, body) SELECT 'searched', 'b', 'b', body FROM scheme LIMIT 1;
INSERT INTO jurisdiction (slug, name, scheme_id, synthetic) SELECT 'bench', 'b', id, true FROM scheme WHERE key = 'searched';
INSERT INTO edition (jurisdiction_id, serial, effective_at, reason) SELECT id, 1, '2026-01-01', '' FROM jurisdiction;
INSERT INTO unit (jurisdiction_id) SELECT id FROM jurisdiction, generate_series(1, {leaves});
INSERT INTO unit_version (unit_id, jurisdiction_id, edition_id, valid, path, level, kind, code, name, leaf, geom, area_m2)
  SELECT u.id, u.jurisdiction_id, e.id, tstzrange('2026-01-01', NULL), ('j1.' || base36(u.id))::ltree, 5, 'unit',
    (140702000000 + u.id)::text, '第' || u.id || '微网格', true,
    ST_Multi(ST_Expand(ST_SetSRID(ST_MakePoint(113, 37), 4490), 0.001)), 1 FROM unit u, edition e;
INSERT INTO building (jurisdiction_id, source, source_ref) SELECT id, 'bench', n::text FROM jurisdiction, generate_series(1, {buildings}) n;
INSERT INTO building_version (building_id, valid, source_digest, name, geom, footprint_m2)
  SELECT id, tstzrange('2026-01-01', NULL), '', CASE WHEN id % 500 = 421 THEN '云锦苑' ELSE '新华里' END || id % 1000 || '号楼',
    ST_Multi(ST_Expand(ST_SetSRID(ST_MakePoint(113, 37), 4490), 0.0001)), 1 FROM building;
SET session_replication_role = origin;
ANALYZE
"""
PLAIN = "SELECT name FROM building_version WHERE upper_inf(valid) AND name ILIKE %s ORDER BY length(name), name LIMIT 20"


def contests(city: City) -> Iterator[Contest]:
    """Yield one contest for a name that few have and one for what all have in theirs."""
    with (
        installation() as (folder, environment),
        Private(folder / "data") as database,
        psycopg.connect(database.url("superuser"), autocommit=True) as owner,
    ):
        for statement in LAY.format(leaves=len(city.leaves), buildings=len(city.buildings)).split(";"):
            owner.execute(statement.encode())
        with as_operator(Settings.from_environment(environment)) as (session, _):
            place = jurisdictions(session)[0].id
            for what, typed in TYPED.items():
                yield _contest(f"Typing {what} among {len(city.buildings):,} buildings", (session, place), owner, typed)


def _contest(title: str, here: tuple[Session, int], owner: psycopg.Connection, typed: Sequence[str]) -> Contest:
    session, place = here
    return Contest(
        title,
        {
            "gridsvc, units, compounds, stations too": lambda: [len(search(session, place, part, limit=LIMIT)) for part in typed],
            "ILIKE, buildings alone": lambda: [_plain(owner, part, "on") for part in typed],
            "ILIKE, no index": lambda: [_plain(owner, part, "off") for part in typed],
        },
        pieces=len(typed),
        rounds=5,
    )


def _plain(owner: psycopg.Connection, part: str, indexed: str) -> int:
    owner.execute(f"SET enable_bitmapscan = {indexed}".encode())
    return len(owner.execute(PLAIN, [f"%{part}%"]).fetchall())
