"""What every test may ask for."""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from gridsvc.database import cluster, freshness
from gridsvc.database import session as sessions
from gridsvc.database.install import install
from gridsvc.database.queries.accounts import actor_named
from gridsvc.domain.permissions import Actor
from gridsvc.sealing import use_keys
from gridsvc.settings import Settings
from tests.presets import Presets, begin_run, end_run, keys_of_run
from web.app import create_app

settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        end_run()


def shared_data(name: str) -> Path:
    """Return a file of the real data that lies beside the checkout, or skip where it is absent."""
    path = Path(os.environ.get("GRIDSVC_TEST_DATA", ROOT.parent / "shared" / "data")) / name
    if not path.exists():
        pytest.skip(f"the real data {name} is not here; GRIDSVC_TEST_DATA may name its folder")
    return path


@pytest.fixture(scope="session")
def installation() -> Iterator[Settings]:
    """Give the settings of a private cluster of this worker's own; `database` is the one that is running there."""
    folder = Path(tempfile.mkdtemp(prefix="gridsvc-test-"))
    folder.chmod(0o711)  # called by root, the cluster runs as another user, who has to pass
    (folder / "data").mkdir()
    (folder / "data" / "keys").symlink_to(keys_of_run())
    freshness.keep_mark(folder / "data" / "generation")
    use_keys(folder / "data" / "keys")
    yield Settings(data_dir=folder / "data", workers=1, rate_limits=False)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database(installation: Settings) -> Iterator[cluster.Database]:
    """Give a running database, built by the migrations."""
    with cluster.open(installation) as running:
        install(running.url("owner"))
        yield running


@pytest.fixture(scope="session")
def engine(database: cluster.Database) -> Iterator[Engine]:
    """Give connections as the app role, the one that serves: row security binds it."""
    engine = create_engine(sessions.driver_url(database.url("app")))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def presets(installation: Settings) -> Iterator[Presets]:
    """Give the made-up places, loaded once for all tests of the run."""
    presets = Presets()
    yield presets
    presets.close()


@pytest.fixture(scope="session")
def longze_engine(presets: Presets) -> Iterator[Engine]:
    """Give connections to the database of Longze Shuyuan; a module whose tests are about it calls this its `engine`."""
    engine = create_engine(sessions.driver_url(str(presets["longze"].database_url)))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Give a session of the operator; whatever it and the edges under test commit is undone afterwards."""
    with engine.connect() as connection, connection.begin() as outer:
        factory = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        monkeypatch.setattr(sessions, "_sessions", factory)
        with factory() as session:
            sessions.set_actor(session, actor_named(session, "operator"))
            yield session
        outer.rollback()
        freshness.raise_generation()


@pytest.fixture
def operator(session: Session) -> Actor:
    """Give the account of the command line."""
    return actor_named(session, "operator")


@pytest.fixture
def owner(database: cluster.Database) -> Iterator[Session]:
    """Give a session of the owner role, for the catalogue; what it does is undone."""
    engine = create_engine(sessions.driver_url(database.url("owner")))
    with engine.connect() as connection, Session(connection, join_transaction_mode="rollback_only") as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.fixture(scope="session")
def make_app(installation: Settings, database: cluster.Database) -> Iterator[Callable[..., Flask]]:
    """Give a maker of services on the database of this run, with the settings that are named changed."""
    made: list[Flask] = []

    def make(**changed: object) -> Flask:
        made.append(create_app(dataclasses.replace(installation, **{"database_url": database.url("app"), **changed})))
        return made[-1]

    yield make
    for service in made:
        service.extensions["autocommit"].dispose()


@pytest.fixture(scope="session")
def app(make_app: Callable[..., Flask]) -> Flask:
    """Give the service on the database of this run."""
    return make_app()


@pytest.fixture
def client(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Give a browser without cookies; what it does happens in the test's own transaction."""
    one_connection = SimpleNamespace(connect=lambda: nullcontext(session.connection()))
    monkeypatch.setitem(app.extensions, "autocommit", one_connection)
    return app.test_client()


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect what is asked of the database."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
