"""Protected rows by box and by name, for somebody with the whole place and for a grid leader; the floor is the owner, whom nothing binds.

The third contestant is what row security alone would do: the same question asked of the tables as the serving role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg

from bench.city import City
from bench.contest import Contest
from bench.service import installation
from gridsvc.database.cluster import Private

ROWS, LEAVES, QUESTIONS = 300_000, 1_000, 50
TARGET = 0.5
"""Ours takes at most twice the time of the owner."""
LAY = f"""
SET session_replication_role = replica;
INSERT INTO scheme (key, name_zh, name_en, body) VALUES ('bench', 'b', 'b', '');
INSERT INTO jurisdiction (slug, name, scheme_id, synthetic) SELECT 'bench', 'b', id, true FROM scheme WHERE key = 'bench';
INSERT INTO parking_space (jurisdiction_id, source, source_ref, paths)
  SELECT j.id, 'bench', n::text, ARRAY[('j' || base36(j.id) || '.t.' || base36(n % {LEAVES} + 1))::ltree]
  FROM jurisdiction j, generate_series(1, {ROWS}) n WHERE slug = 'bench';
INSERT INTO parking_space_version (parking_space_id, valid, source_digest, number, kind, level, geom)
  SELECT s.id, tstzrange('2026-01-01', NULL), '', 'B-' || s.source_ref, 'shared', 'ground', ST_Multi(ST_Expand(ST_SetSRID(ST_MakePoint(
    113 + leaf % 40 * 0.004 + random() * 0.004, 37 + leaf / 40 * 0.004 + random() * 0.004), 4490), 0.00001))
  FROM (SELECT id, source_ref, source_ref::int % {LEAVES} AS leaf FROM parking_space WHERE source = 'bench') s;
INSERT INTO building (jurisdiction_id, source, source_ref) SELECT id, 'bench', '1' FROM jurisdiction WHERE slug = 'bench';
INSERT INTO person (jurisdiction_id, source, source_ref, paths)
  SELECT j.id, 'bench', n::text, ARRAY[('j' || base36(j.id) || '.t.' || base36(n % {LEAVES} + 1))::ltree]
  FROM jurisdiction j, generate_series(1, {ROWS}) n WHERE slug = 'bench';
INSERT INTO person_version (person_id, valid, name, source_digest)
  SELECT p.id, tstzrange('2026-01-01', NULL), chr(19968 + p.source_ref::int % 90) || chr(20100 + p.source_ref::int / 90 % 400)
    || chr(21000 + p.source_ref::int / 36000), '' FROM person p WHERE source = 'bench';
INSERT INTO account (name) VALUES ('root'), ('leaf');
INSERT INTO role_grant (account_id, role, path, valid)
  SELECT a.id, 'grid_leader', CASE a.name WHEN 'root' THEN 'j' || base36(j.id) ELSE 'j' || base36(j.id) || '.t.' || base36(1) END::ltree,
    tstzrange('2026-01-01', NULL) FROM account a, jurisdiction j WHERE a.name IN ('root', 'leaf') AND slug = 'bench';
SET session_replication_role = origin;
"""
PLAIN_TILE = """
WITH bounds AS (
  SELECT ST_TileEnvelope(16, %(x)s, %(y)s) AS tile, ST_Transform(ST_TileEnvelope(16, %(x)s, %(y)s), 4490) AS box
), shapes AS (
  SELECT n.public_id::text AS id, v.number, v.kind, v.level, ST_AsMVTGeom(ST_Transform(v.geom, 3857), bounds.tile) AS geom
  FROM bounds JOIN parking_space_version v ON v.geom && bounds.box AND upper_inf(v.valid) JOIN parking_space n ON n.id = v.parking_space_id
  WHERE n.paths <@ cast(%(path)s AS ltree)
)
SELECT octet_length(coalesce(ST_AsMVT(shapes, 'parking_spaces', 4096, 'geom'), '')) FROM shapes WHERE geom IS NOT NULL
"""
TILE = "SELECT octet_length(tile_parking_spaces(16, %(x)s, %(y)s))"
PEOPLE = "SELECT array_agg(id) FROM people_in(%(path)s, %(part)s, NULL, NULL, 50, 0)"
PLAIN_PEOPLE = """
SELECT array_agg(id) FROM (
  SELECT p.id FROM person p JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid)
  LEFT JOIN member m ON m.person_id = p.id AND upper_inf(m.valid)
  WHERE p.paths <@ cast(%(path)s AS ltree) AND position(%(part)s IN v.name) > 0
    AND string_to_array(v.name, NULL) @> string_to_array(%(part)s, NULL) ORDER BY v.name, p.id LIMIT 50
) f
"""


def contests(_: City) -> Iterator[Contest]:
    """Yield one contest for each question and scope."""
    with (
        installation() as (folder, _environment),
        Private(folder / "data") as database,
        psycopg.connect(database.url("superuser"), autocommit=True) as owner,
    ):
        owner.execute(LAY)
        owner.execute("ANALYZE")
        root = str(_asked(owner, "SELECT 'j' || base36(id) FROM jurisdiction", {}))
        for name, path in (("root", root), ("leaf", f"{root}.t.1")):
            with _as(database.url("app"), name) as reader:
                yield _tiles(reader, owner, name, path)
                yield _names(reader, owner, name, path)


def _tiles(reader: psycopg.Connection, owner: psycopg.Connection, name: str, path: str) -> Contest:
    """Return the contest of a box: tiles around the leaf's ground."""
    tiles = [{"x": 53337 + at % 7, "y": 25470 - at // 7, "path": path} for at in range(QUESTIONS)]
    return Contest(
        f"{ROWS:,} parking spaces by box, scope of the {name}",
        {
            "gridsvc, as the reader": lambda: [_asked(reader, TILE, tile) for tile in tiles],
            "the same without row security": lambda: [_asked(owner, PLAIN_TILE, tile) for tile in tiles],
        },
        pieces=QUESTIONS,
        target=TARGET,
    )


def _names(reader: psycopg.Connection, owner: psycopg.Connection, name: str, path: str) -> Contest:
    """Return the contest of a part of a name."""
    parts = [{"path": path, "part": chr(20100 + at * 7)} for at in range(5)]
    return Contest(
        f"{ROWS:,} people by part of a name, scope of the {name}",
        {
            "gridsvc, as the reader": lambda: [_asked(reader, PEOPLE, part) for part in parts],
            "the same without row security": lambda: [_asked(owner, PLAIN_PEOPLE, part) for part in parts],
        },
        pieces=len(parts),
        target=TARGET,
    )


@contextmanager
def _as(url: str, name: str) -> Iterator[psycopg.Connection]:
    """Give a connection of the serving role on which this account asks."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT set_config('gridsvc.account_id', account_id::text, false) FROM actor_of_name(%s)", [name])
        yield connection


def _asked(connection: psycopg.Connection, question: str, values: Mapping[str, object]) -> object:
    row = connection.execute(question.encode(), values, prepare=True).fetchone()
    return row[0] if row else None
