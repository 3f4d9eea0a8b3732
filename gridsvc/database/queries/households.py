"""How many households stand where; a class of its place, read under rights alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gridsvc.database.session import nobody_asks
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, may_anywhere, require

_SUMS = text("SELECT path, households, shops, estimated, known FROM household_sums(cast(:paths AS ltree[]), :as_of)")
_TILE = text("SELECT tile_households(:z, :x, :y)")


def household_tile(session: Session, actor: Actor, z: int, x: int, y: int) -> bytes:
    """Return a vector tile of building points with household counts inside the actor's scopes.

    Raise NotSignedIn or NotAllowed where the actor reads households nowhere.
    """
    if not may_anywhere(actor, Action.READ_HOUSEHOLDS):
        require(actor, Action.READ_HOUSEHOLDS, EVERYWHERE)
    return bytes(session.execute(_TILE, {"z": z, "x": x, "y": y}).scalar_one())


def household_sums(session: Session, paths: list[str], as_of: datetime | None = None) -> dict[str, Row[Any]]:
    """Return what is known by path, for those paths that lie wholly inside the reader's scopes.

    `households` and `shops` are None where nothing is known; `estimated` is how many of the households are estimates,
    `known` of how many buildings there is a count.
    """
    if nobody_asks(session) or not paths:
        return {}
    return {row.path: row for row in session.execute(_SUMS, {"paths": paths, "as_of": as_of})}
