"""Questions that are asked often and answered by few rows: nothing is compiled for them, and no answer is described anew."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


def ask(session: Session, sql: str, given: Mapping[str, object]) -> list[Any]:
    """Return the rows of a question as tuples with names; `:name` in it stands for a value. Raises what SQLAlchemy would raise."""
    driver = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    values = {name: _array(value) if isinstance(value, list) else value for name, value in given.items()}
    try:
        with driver.cursor(row_factory=namedtuple_row) as cursor:
            return list(cursor.execute(_for_driver(sql), values))
    except psycopg.Error as error:
        raise DBAPIError.instance(sql, values, error, psycopg.Error) from error


def _array(values: list[Any]) -> object:
    """Return whole numbers as one text, which the server reads as whatever it expects; of other values the list itself.

    The driver would write one after the other, and name another type, hence prepare another statement, when numbers grow.
    """
    if not all(value is None or type(value) is int for value in values):
        return values
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"


@lru_cache(maxsize=512)
def _for_driver(sql: str) -> str:
    """Return a statement with its values named as the driver names them."""
    return str(text(sql).compile(dialect=make_url("postgresql+psycopg://").get_dialect()()))
