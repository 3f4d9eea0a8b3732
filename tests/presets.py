"""The made-up places as `gridsvc demo` leaves them: each loaded once a run, into a database of its own that all workers share.

Whoever uses one undoes what he changes. Only the service that browsers visit commits, and nothing but who came in; who wants to
change a place for good takes its copy.
"""

from __future__ import annotations

import dataclasses
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from geodata.samples.scenarios import SCENARIOS
from gridsvc.cli.demo import add_accounts, load
from gridsvc.database import cluster
from gridsvc.database import session as sessions
from gridsvc.database.cluster import places, server
from gridsvc.database.install import bring_up_to_date
from gridsvc.database.queries.accounts import actor_named
from gridsvc.domain.permissions import NOBODY
from gridsvc.settings import Settings

PASSWORD = "Long-Password-4-Tests"
"""Of everybody who can sign in there."""
COPIED = ("longze", "huating")
"""Of these there is a copy, for tests/browser/test_planners.py."""
RUN = "GRIDSVC_TEST_RUN"
"""Names the folder of this run to its workers."""


def begin_run() -> None:
    """Make the folder of a run; whoever starts the workers calls this before them."""
    folder = Path(tempfile.mkdtemp(prefix="gridsvc-run-"))
    folder.chmod(0o711)  # called by root, the cluster runs as another user, who has to pass
    os.environ[RUN] = str(folder)
    keys_of_run().mkdir(parents=True)


def keys_of_run() -> Path:
    """Return the folder of the keys, one for all workers, since they read what one of them sealed."""
    return Path(os.environ[RUN]) / "data" / "keys"


def end_run() -> None:
    """Remove the folder of the run, and end what a killed worker left running there."""
    folder = Path(os.environ.pop(RUN))
    server.clear(places.Places(folder / "data").data)
    shutil.rmtree(folder)


class Presets:
    """The places of this run; ask for one and it is there."""

    def __init__(self) -> None:
        self._folder = Path(os.environ[RUN])
        self._here = Settings(data_dir=self._folder / "data", workers=1, rate_limits=False)
        self._running = cluster.Private(self._here.data_dir)

    def close(self) -> None:
        """Need them no longer; the last worker stops the server."""
        self._running.close()

    def __getitem__(self, slug: str) -> Settings:
        """Return the settings of a service that has this place alone, loading it where no worker has done so."""
        there = self._there(slug)
        loaded = self._folder / f"{slug}.loaded"
        with self._alone(slug):
            if not loaded.exists():
                self._make_database(slug)
                _load(slug, there)
                if slug in COPIED:  # now, while nobody else is there: a database that is in use cannot be copied
                    self._make_database(f"{slug}-copy", slug)
                loaded.touch()
        return there

    def copy(self, slug: str) -> Settings:
        """Return the settings of a service with a copy of a place of COPIED, which one module may change for good."""
        self[slug]  # loaded, and copied then
        return self._there(f"{slug}-copy")

    def _there(self, name: str) -> Settings:
        return dataclasses.replace(
            self._here, database_url=self._running.url("app", name), owner_database_url=self._running.url("owner", name)
        )

    def _make_database(self, name: str, like: str = "gridsvc") -> None:
        with self._alone("template"):
            bring_up_to_date(self._here, self._running)
            with psycopg.connect(self._running.url("superuser", "postgres"), autocommit=True) as connection:
                named, template = sql.Identifier(name), sql.Identifier(like)
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(named))  # of a loading that failed
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER gridsvc_owner TEMPLATE {}").format(named, template))

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with (self._folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _load(slug: str, there: Settings) -> None:
    """Load a place and who can sign in at it, whatever database the tests of this process use otherwise."""
    engine = create_engine(sessions.driver_url(str(there.database_url)))
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as files:
        patch.setattr(sessions, "_sessions", sessionmaker(engine, expire_on_commit=False))
        with sessions.transaction(NOBODY) as session:
            operator = actor_named(session, "operator")
            sessions.set_actor(session, operator)
            load(session, operator, SCENARIOS[slug], Path(files))
            list(add_accounts(session, operator, SCENARIOS[slug], PASSWORD))
    engine.dispose()
