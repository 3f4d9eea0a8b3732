"""Seal the trail: batches of rows in a chain of digests, its heads in a file outside the database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import psycopg

from gridsvc.errors import Busy

MOST_ROWS = 10_000
"""How many rows a seal holds at most."""


def seal(connection: psycopg.Connection[Any], heads: Path) -> int:
    """Seal what has not been sealed, write the heads to the file, and return how many rows were sealed.

    The connection commits each statement by itself: a head is written when its seal is there for good. One that a crash has
    kept out of the file is written by the next call. Raises Busy where somebody is writing a long transaction.
    """
    sealed = 0
    while count := _sealed(connection):
        sealed += count
    _write_heads(connection, heads)
    return sealed


def _sealed(connection: psycopg.Connection[Any]) -> int:
    count = _value(connection.execute("SELECT seal_audit(%s)", (MOST_ROWS,)))
    if count is None:
        raise Busy("Somebody is writing to the trail in a long transaction; it is sealed when that has ended.")
    return int(count)


def _write_heads(connection: psycopg.Connection[Any], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "rb+") as opened:
        lines = opened.read().splitlines()
        last = orjson.loads(lines[-1])["seal"] if lines else 0
        for row in connection.execute("SELECT id, last_id, digest, sealed_at FROM audit_heads(%s)", (last,)):
            head = {"seal": row[0], "last_id": row[1], "digest": row[2].hex(), "sealed_at": row[3]}
            opened.write(orjson.dumps(head) + b"\n")
        opened.flush()
        os.fsync(opened.fileno())


def _value(cursor: psycopg.Cursor[Any]) -> Any:  # noqa: ANN401  # whatever was asked for
    row = cursor.fetchone()
    return row[0] if row else None
