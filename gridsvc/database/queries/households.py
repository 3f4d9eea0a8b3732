"""How many households stand where; a class of its place, read under rights alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gridsvc.database.tables import BuildingHouseholds
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, may, may_anywhere, require

_SUMS = text("SELECT path::text, households, shops, counted, estimated FROM household_sums(CAST(:paths AS ltree[]), :as_of)")
_TILE = text("SELECT tile_households(:z, :x, :y)")


@dataclass(frozen=True, slots=True)
class Households:
    """Households and shops, and on what the households rest."""

    households: int
    shops: int
    counted: int
    """Households of buildings where somebody counted."""
    estimated: int
    """Households of buildings where floors and footprint were all there was."""


def household_sums(session: Session, actor: Actor, paths: Iterable[str], as_of: datetime | None = None) -> dict[str, Households]:
    """Return the sums of those paths that lie wholly inside the actor's scopes; nothing of the others.

    Paths are those that held at `as_of`; rights are today's.
    """
    asked = [path for path in paths if as_of is not None or may(actor, Action.READ_HOUSEHOLDS, path)]
    if not asked or not may_anywhere(actor, Action.READ_HOUSEHOLDS):
        return {}
    rows = session.execute(_SUMS, {"paths": asked, "as_of": as_of})
    return {path: Households(*sums) for path, *sums in rows}


def households_of(session: Session, actor: Actor, building_id: int) -> Households | None:
    """Return what one building holds today, or None where nothing is known or the actor may not know."""
    h = BuildingHouseholds
    row = session.execute(
        select(h.path, h.households, h.shops, h.basis).where(h.building_id == building_id, text("upper_inf(valid)"))
    ).one_or_none()
    if row is None or not may(actor, Action.READ_HOUSEHOLDS, row.path):
        return None
    counted = row.households if row.basis == "counted" else 0
    return Households(row.households, row.shops or 0, counted, row.households - counted)


def household_tile(session: Session, actor: Actor, z: int, x: int, y: int) -> bytes:
    """Return a vector tile of building points with household counts inside the actor's scopes; raise where there are none."""
    if not may_anywhere(actor, Action.READ_HOUSEHOLDS):
        require(actor, Action.READ_HOUSEHOLDS, EVERYWHERE)
    return bytes(session.execute(_TILE, {"z": z, "x": x, "y": y}).scalar_one())
