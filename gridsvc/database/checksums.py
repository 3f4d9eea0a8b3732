"""What a database holds, as one line a table: the same data give the same lines on every server."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

EXACT = SQL(
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL IntervalStyle = 'postgres'; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'"
)
"""How values become text, whatever the server's habits."""
TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2
"""
"""Our own tables; what extensions brought is theirs."""
ROWS = SQL(
    "SELECT count(*) || ' ' || coalesce(md5(string_agg(line, '' ORDER BY line)), '-') "
    'FROM (SELECT md5(ROW(t.*)::text) COLLATE "C" AS line FROM {} t) AS lines'
)
"""Number of rows and the md5 of the rows' md5s, sorted: rows are a set. Geometry is text in EWKB, exact to the last bit."""
SEQUENCES = SQL(
    "SELECT coalesce(md5(string_agg(concat_ws(' ', schemaname, sequencename, last_value), ',' "
    'ORDER BY schemaname COLLATE "C", sequencename COLLATE "C")), \'-\') FROM pg_catalog.pg_sequences'
)


def tables(connection: Connection[Any]) -> list[tuple[str, str]]:
    """Return schema and name of every table of ours."""
    return connection.execute(TABLES).fetchall()


def question(name: str) -> SQL | Composed:
    """Return the SQL that answers the line of `schema.table`, or of "sequences"."""
    return SEQUENCES if name == "sequences" else ROWS.format(Identifier(*name.split(".", 1)))


def checksums(connection: Connection[Any]) -> dict[str, str]:
    """Return a line by `schema.table`, and one for all sequences, of what this transaction sees; connect as the owner."""
    connection.execute(EXACT)
    names = [*(f"{schema}.{name}" for schema, name in tables(connection)), "sequences"]
    return {name: row[0] for name in names if (row := connection.execute(question(name)).fetchone())}
