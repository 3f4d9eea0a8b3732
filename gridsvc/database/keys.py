"""Encrypt every sealed field again, with a fresh key."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from gridsvc import sealing

_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'bytea' AND column_name LIKE '%\\_sealed' ORDER BY 1, 2
"""
MOST_ROWS = 1000
"""How many rows are written at a time."""


def rotate(owner_url: str) -> dict[str, int]:
    """Seal every `*_sealed` column with a fresh key and retire the old ones; return how many values each column holds.

    All or nothing; while it lasts, nobody writes to these tables. What another process has sealed before and writes after is
    looked for once more. Raises Conflict where a value is sealed with a key that is not here; then the old keys stay.
    """
    sealing.add_key()
    with psycopg.connect(owner_url) as connection:
        counts = {f"{table}.{column}": _seal_anew(connection, table, column) for table, column in connection.execute(_COLUMNS)}
    with psycopg.connect(owner_url) as connection:
        for table, column in connection.execute(_COLUMNS):
            _seal_anew(connection, table, column)
    sealing.retire_old_keys()
    return counts


def _seal_anew(connection: psycopg.Connection[Any], table: str, column: str) -> int:
    names = {"table": Identifier(table), "column": Identifier(column)}
    connection.execute(SQL("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE").format(**names))
    # A row's place is its name here: nobody else writes, and not every such table has one number.
    asked = SQL("SELECT ctid::text, {column} FROM {table} WHERE {column} IS NOT NULL").format(**names)
    change = SQL("UPDATE {table} SET {column} = %s WHERE ctid = %s::tid").format(**names)
    count = 0
    with connection.cursor(name="sealed") as reading, connection.cursor() as writing:
        reading.execute(asked)
        while rows := reading.fetchmany(MOST_ROWS):
            writing.executemany(change, [(sealing.sealed_anew(sealed), place) for place, sealed in rows])
            count += len(rows)
    return count
