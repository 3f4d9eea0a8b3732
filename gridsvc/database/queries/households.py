"""How many households stand where; a class of its place, read under rights alone."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, may_anywhere, require

_TILE = text("SELECT tile_households(:z, :x, :y)")


def household_tile(session: Session, actor: Actor, z: int, x: int, y: int) -> bytes:
    """Return a vector tile of building points with household counts inside the actor's scopes.

    Raise NotSignedIn or NotAllowed where the actor reads households nowhere.
    """
    if not may_anywhere(actor, Action.READ_HOUSEHOLDS):
        require(actor, Action.READ_HOUSEHOLDS, EVERYWHERE)
    return bytes(session.execute(_TILE, {"z": z, "x": x, "y": y}).scalar_one())
