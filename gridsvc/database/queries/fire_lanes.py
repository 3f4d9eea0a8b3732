"""Fire lanes: of a place, listed inside the reader's scopes alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from geodata.findings import Box
from gridsvc.database.queries.facilities import rows_in
from gridsvc.domain.permissions import Actor


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A fire lane that runs through the unit asked about, perhaps through others too."""

    public_id: UUID
    name: str | None
    form: str
    clear_width_m: float | None
    clear_height_m: float | None
    length_m: float | None
    """None for a site."""
    here_m: float | None
    """How much of it runs in the unit asked about."""
    area_m2: float | None
    units: list[UUID]
    """The leaves of the unit asked about that it runs through, the longest piece first."""
    bounds: Box


def fire_lanes(session: Session, actor: Actor, path: str, as_of: datetime | None = None, page: int = 1) -> list[LaneRow]:
    """Return a page of the lanes that run at or below a path and that the actor may see, by name; raise where that is none anywhere."""
    return [LaneRow(*row) for row in rows_in(session, actor, "fire_lanes_in", path, as_of, page)]
