"""How the service is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, require


@dataclass(frozen=True, slots=True)
class SystemState:
    """Versions, sizes, jobs of the last seven days, the trail's seals."""

    postgresql: str
    postgis: str
    migration: str
    database_bytes: int
    accounts: int
    """That may sign in by password."""
    signed_in: int
    """In the last half hour."""
    queued: int
    under_way: int
    done: int
    failed: int
    oldest_waiting: datetime | None
    sealed_at: datetime | None
    unsealed: int


def system_state(session: Session, actor: Actor) -> SystemState:
    """Return how the database and what it holds are doing."""
    require(actor, Action.SET_UP, EVERYWHERE)
    return SystemState(*session.execute(text("SELECT * FROM system_state()")).one())
