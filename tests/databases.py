"""Further databases in the cluster of the test run, for tests that commit or rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from gridsvc.database import cluster

EXTENSIONS = ("postgis", "ltree", "btree_gist", "pg_trgm")


@contextmanager
def another_database(running: cluster.Private, name: str) -> Iterator[str]:
    """Give the name of an empty database that the owner role owns, its extensions in place; it is dropped at the end."""
    with psycopg.connect(running.url("superuser"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER gridsvc_owner").format(sql.Identifier(name)))
    with psycopg.connect(running.url("superuser", name), autocommit=True) as connection:
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
    try:
        yield name
    finally:
        with psycopg.connect(running.url("superuser"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
