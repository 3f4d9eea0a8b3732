"""What lies in no unit, as findings; buildings among them are in queries.buildings."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.kept import kept
from gridsvc.database.queries.facilities import nowhere
from gridsvc.database.queries.units import UnitRow
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.permissions import Actor

SHOWN = 5
"""Things of a noun that are named; the others are counted."""

TOLD = {
    "stations": ("The station {ref} stands in no unit.", "{count} more stations stand in no unit."),
    "gates": ("The gate {ref} stands in no unit.", "{count} more gates stand in no unit."),
    "parking_lots": ("The parking lot {ref} stands in no unit.", "{count} more parking lots stand in no unit."),
    "parking_spaces": ("The parking space {ref} stands in no unit.", "{count} more parking spaces stand in no unit."),
    "fire_lanes": ("The fire lane {ref} stands in no unit.", "{count} more fire lanes stand in no unit."),
}
"""By key of FACILITIES what is said of one thing, and of those that are not named."""


@kept
def unplaced_things(session: Session, _actor: Actor, unit: UnitRow) -> list[Finding]:
    """Return what stands in no unit of a jurisdiction, as far as the actor sees it; nothing for a unit below the top."""
    return [] if unit.parent_public_id else [found for name in FACILITIES for found in _of(session, unit.jurisdiction_id, name)]


def _of(session: Session, jurisdiction_id: int, name: str) -> Iterator[Finding]:
    count, first = nowhere(session, jurisdiction_id, name, SHOWN)
    one, more = TOLD[name]
    for thing in first:
        yield Finding("thing-unplaced", "warning", one, {"ref": thing.ref}, thing.bounds)
    if count > len(first):
        yield Finding("thing-unplaced", "warning", more, {"count": count - len(first)})
