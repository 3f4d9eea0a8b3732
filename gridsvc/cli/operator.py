"""Who the command line acts as: the operator of this machine, who may read the database's passwords."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from gridsvc.database import cluster
from gridsvc.database.freshness import keep_mark
from gridsvc.database.install import bring_up_to_date
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.session import connect, set_actor, transaction
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.sealing import use_keys
from gridsvc.settings import Settings


@contextmanager
def as_operator(settings: Settings) -> Iterator[tuple[Session, Actor]]:
    """Open the installation's database, of this version, and one transaction as its operator; see docs/decisions on the operator."""
    with cluster.open(settings) as database:
        bring_up_to_date(settings, database)
        engine = connect(database.url("app"))
        keep_mark(settings.data_dir / "run" / "generation")
        use_keys(settings.data_dir / "keys")
        try:
            with transaction(NOBODY) as session:
                operator = actor_named(session, "operator")
                set_actor(session, operator)
                yield session, operator
        finally:
            engine.dispose()
