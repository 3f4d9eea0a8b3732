"""Transactions under row security: the edge opens one, leaving commits, raising rolls back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from gridsvc.database import constraints
from gridsvc.domain.permissions import Actor

_sessions: sessionmaker[Session] | None = None


def connect(url: str) -> Engine:
    """Make `transaction` use the server at this URL, as the role that the URL names."""
    global _sessions  # noqa: PLW0603  # one database a process, chosen by the edge at its start
    engine = create_engine(driver_url(url), pool_pre_ping=True, pool_size=4)
    _sessions = sessionmaker(engine, expire_on_commit=False)
    return engine


def driver_url(url: str) -> str:
    """Name psycopg 3 as the driver of a PostgreSQL URL."""
    return url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def transaction(actor: Actor) -> Iterator[Session]:
    """Open a transaction that sees what the actor may see; a violated constraint becomes a sentence."""
    if _sessions is None:
        raise RuntimeError("connect() has not been called")
    with _sessions() as session:
        try:
            set_actor(session, actor)
            yield session
            session.commit()
        except IntegrityError as error:
            raise constraints.as_grid_error(error) from error
    for announce in session.info.pop("after_commit", ()):
        announce()


def set_actor(session: Session, actor: Actor) -> None:
    """Tell row security who asks, until the transaction ends; nobody sees nothing that is protected."""
    who = "" if actor.account_id is None else str(actor.account_id)
    session.execute(text("SELECT set_config('gridsvc.account_id', :who, true)"), {"who": who})


def after_commit(session: Session, announce: Callable[[], None]) -> None:
    """Call this once the transaction is committed and before the writer is answered."""
    session.info.setdefault("after_commit", []).append(announce)
