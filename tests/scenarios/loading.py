"""A preset in the test database, brought in once for all tests of a module, and taken out behind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from geodata.samples.scenarios import SCENARIOS
from gridsvc.cli.demo import load
from gridsvc.database import freshness
from gridsvc.database import session as sessions
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.domain.permissions import Actor


@dataclass(frozen=True)
class Place:
    """A place as it was brought in."""

    session: Session
    id: int
    operator: Actor

    def count(self, sql: str, **given: Any) -> Any:
        """Return the one value of a query; `:id` is the jurisdiction."""
        return self.session.execute(text(sql), {"id": self.id, **given}).scalar_one()


@contextmanager
def loaded(engine: Engine, slug: str) -> Iterator[Place]:
    """Bring a scenario in, in one transaction that is undone at the end."""
    with engine.connect() as connection, connection.begin() as outer, pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        factory = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        patch.setattr(sessions, "_sessions", factory)
        with factory() as session:
            operator = actor_named(session, "operator")
            sessions.set_actor(session, operator)
            load(session, operator, SCENARIOS[slug], Path(folder))
            found = jurisdiction(session, slug)
            assert found is not None
            yield Place(session, found.id, operator)
        outer.rollback()
    freshness.raise_generation()
