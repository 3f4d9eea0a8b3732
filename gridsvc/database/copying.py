"""Handing many rows to the database at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session


def fill_temporary(session: Session, table: str, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Make a temporary table of these columns (name -> type) and fill it; it lives as long as the transaction, or until the next one.

    Rows come by COPY: as parameters they would be written out by Python, one value after the other.
    """
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    session.execute(text(f"DROP TABLE IF EXISTS {table}"))
    session.execute(text(f"CREATE TEMPORARY TABLE {table} ({typed}) ON COMMIT DROP"))
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("the database is reached through psycopg")
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    session.execute(text(f"ANALYZE {table}"))
