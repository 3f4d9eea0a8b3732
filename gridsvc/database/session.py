"""Transactions under row security: the edge opens one, leaving commits, raising rolls back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from gridsvc.database import constraints
from gridsvc.domain.permissions import NOBODY, Actor

_sessions: sessionmaker[Session] | None = None
_snapshots: Engine | None = None
"""The same connections, for who reads everything in one state."""
_in_one_snapshot: ContextVar[bool] = ContextVar("in_one_snapshot", default=False)


def connect(url: str) -> Engine:
    """Make `transaction` use the server at this URL, as the role that the URL names."""
    global _sessions, _snapshots  # noqa: PLW0603  # one database a process, chosen by the edge at its start
    engine = create_engine(driver_url(url), pool_pre_ping=True, pool_size=4)
    _snapshots = engine.execution_options(isolation_level="REPEATABLE READ")
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
    with _opened(_sessions) as session:
        try:
            session.info.update(actor=actor, untold=True)
            yield session
            session.commit()
        except IntegrityError as error:
            raise constraints.as_grid_error(error) from error
    for announce in session.info.pop("after_commit", ()):
        announce()


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Let every transaction that is opened here read all it reads in one state, whatever is committed meanwhile."""
    before = _in_one_snapshot.set(True)
    try:
        yield
    finally:
        _in_one_snapshot.reset(before)


def _opened(sessions: sessionmaker[Session]) -> Session:
    bound_to_engine = isinstance(sessions.kw["bind"], Engine)  # not to a transaction that has begun
    return sessions(bind=_snapshots) if _in_one_snapshot.get() and bound_to_engine else sessions()


def set_actor(session: Session, actor: Actor) -> None:
    """Tell row security who asks, until the transaction ends; nobody sees nothing that is protected."""
    session.info["actor"] = actor
    _tell(session.connection(), actor)


def plan_once(session: Session) -> None:
    """Let the server plan a question once a connection and not anew for its values, until the transaction ends.

    For who asks much about little, as a move of a plan does: planning is then most of the work.
    """
    session.execute(_PLAN_ONCE)


_PLAN_ONCE = text("SET LOCAL plan_cache_mode = force_generic_plan")


def nobody_asks(session: Session) -> bool:
    """Say whether nobody asks here, who is told nothing that is protected."""
    return session.info.get("actor") == NOBODY


@event.listens_for(Session, "after_begin")
def _tell_at_the_beginning(session: Session, _: SessionTransaction, connection: Connection) -> None:
    """Tell with the first statement, so that who is answered from memory costs the database nothing."""
    if session.info.pop("untold", False):
        _tell(connection, session.info["actor"])


def _tell(connection: Connection, actor: Actor) -> None:
    who = "" if actor.account_id is None else str(actor.account_id)
    by = "" if actor.token is None else str(actor.token.id)
    told = "SELECT set_config('gridsvc.account_id', :who, true), set_config('gridsvc.token_id', :by, true)"
    connection.execute(text(told), {"who": who, "by": by})


def after_commit(session: Session, announce: Callable[[], None]) -> None:
    """Call this once the transaction is committed and before the writer is answered."""
    session.info.setdefault("after_commit", []).append(announce)
