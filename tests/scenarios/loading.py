"""A preset as the tests of a module see it; whatever they do to it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from gridsvc.database import freshness
from gridsvc.database import session as sessions
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.domain.permissions import Actor
from tests.presets import Presets


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
def opened(presets: Presets, slug: str) -> Iterator[Place]:
    """Give a place, in one transaction that is undone at the end."""
    engine = create_engine(sessions.driver_url(str(presets[slug].database_url)))
    with engine.connect() as connection, connection.begin() as outer, pytest.MonkeyPatch.context() as patch:
        factory = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        patch.setattr(sessions, "_sessions", factory)
        with factory() as session:
            operator = actor_named(session, "operator")
            sessions.set_actor(session, operator)
            found = jurisdiction(session, slug)
            assert found is not None
            yield Place(session, found.id, operator)
        outer.rollback()
    engine.dispose()
    freshness.raise_generation()
