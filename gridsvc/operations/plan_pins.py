"""Buildings that a plan's borders cut for a reason: they stay where they belong when the plan becomes an edition."""

from __future__ import annotations

from sqlalchemy.orm import Session

from geodata.assignment import place
from geodata.measure import area_m2
from geodata.topology.grid import as_array
from gridsvc.database.queries.plans import moves
from gridsvc.domain.coverage import Coverage
from gridsvc.operations.assignment import Place, current_footprints


def pins_of(session: Session, jurisdiction_id: int, plan_id: int, after: Coverage) -> list[Place]:
    """Return the places of the buildings that moves of a plan pinned to units that are leaves in `after`, known before and there still."""
    asked = {
        building: (key, str(move.told["reason"]))
        for move in moves(session, plan_id)
        if not move.undone
        for building, key in move.told.get("pins", ())
    }
    if not asked:
        return []
    leaves = {after.units[leaf].unit_id: leaf for leaf in after.leaves()}
    held = after.ground_of(leaves[key] for key, _ in asked.values() if key in leaves)
    footprints = current_footprints(session, jurisdiction_id, held)
    found = []
    for building, footprint in zip(footprints.ids, footprints.geometries, strict=True):
        key, reason = asked.get(building, (None, ""))
        if key in leaves:
            shape = as_array([footprint])
            share = float(place(after.ground_of([leaves[key]]), shape).share[0])
            outside_m2 = float(area_m2(shape)[0]) * (1 - share)
            found.append(Place(building, key, round(share, 6), round(outside_m2, 2), pinned=True, reason=reason))
    return found
