"""Keeping each building in the leaf where its geometry puts it, set-based; pinned ones stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.assignment import clusters, place
from geodata.topology import Geometries
from gridsvc.database.copying import fill_temporary
from gridsvc.database.freshness import ground_changed
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.near import boxes, near
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.statistics import take_statistics
from gridsvc.database.tables import Building, BuildingPlace, BuildingVersion
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.operations.audit import record
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.operations.placement import Ground, Moved, place_facilities
from gridsvc.operations.progress import report


@dataclass(frozen=True, slots=True)
class Footprints:
    """The current footprints of a jurisdiction."""

    ids: list[int]
    geometries: Geometries


@dataclass(frozen=True, slots=True)
class Place:
    """A building in a leaf; `unit_id` None is in none at all. The fields are the columns of the table."""

    building_id: int
    unit_id: int | None
    share: float = 0.0
    cut_m2: float = 0.0
    pinned: bool = False
    reason: str | None = None


_NOWHERE = Place(0, None)


def current_footprints(session: Session, jurisdiction_id: int, around: Geometries | None = None) -> Footprints:
    """Return all current footprints of a jurisdiction, or those whose boxes meet one of the grounds `around`, by building id."""
    query = (
        select(BuildingVersion.building_id, func.ST_AsBinary(BuildingVersion.geom))
        .join(Building, Building.id == BuildingVersion.building_id)
        .where(Building.jurisdiction_id == jurisdiction_id, func.upper_inf(BuildingVersion.valid))
        .order_by(BuildingVersion.building_id)
    )
    if around is not None:
        query = query.where(text(f"building_version.id = ANY ({near('building_version')})").bindparams(boxes=boxes(around)))
    rows = session.execute(query).all()
    return Footprints([building_id for building_id, _ in rows], from_wkb([wkb for _, wkb in rows]))


def _clustered_footprints(session: Session, jurisdiction_id: int, around: Geometries) -> Footprints:
    """Return the footprints around the grounds and, as those that overlap go together, the ones beside them, and so on."""
    found = current_footprints(session, jurisdiction_id, around)
    while True:
        wider = current_footprints(session, jurisdiction_id, np.concatenate([around, found.geometries]))
        if len(wider.ids) == len(found.ids):
            return found
        found = wider


def assign(
    session: Session, jurisdiction_id: int, at: datetime, *, free: frozenset[int] = frozenset(), around: Geometries | None = None
) -> list[Moved]:
    """Place every building that is not pinned anew, and then all that stands in the grid; return the buildings whose leaf changed.

    With `around` only what stands there: the ground of all leaves that changed, as it was and as it is.
    """
    footprints = current_footprints(session, jurisdiction_id) if around is None else _clustered_footprints(session, jurisdiction_id, around)
    moved = assign_buildings(session, jurisdiction_id, at, footprints, free=free)
    if around is not None:
        moving = np.isin(footprints.ids, [move.thing_id for move in moved])
        around = np.concatenate([around, footprints.geometries[moving]])
    place_facilities(session, jurisdiction_id, at, around=around)
    return moved


def assign_all(session: Session, actor: Actor, jurisdiction_id: int, at: datetime, *, changed: bool = False) -> dict[str, list[Moved]]:
    """Place all that stands in a jurisdiction anew, and return by noun what changed its leaf.

    `changed` leaves alone what is older than its place, buildings only all together. Raises Busy while somebody changes borders.
    """
    require(actor, Action.IMPORT, jurisdiction_path(jurisdiction_id))
    lock_borders(session, jurisdiction_id)
    stale = not changed or session.scalar(text(_STALE), {"id": jurisdiction_id})
    moved = {"buildings": assign_buildings(session, jurisdiction_id, at, current_footprints(session, jurisdiction_id)) if stale else []}
    moved |= place_facilities(session, jurisdiction_id, at, changed=changed)
    counts = {name: len(moves) for name, moves in moved.items() if moves}
    if counts:
        ground_changed(session)
        record(session, actor, "places.assign", jurisdiction_path(jurisdiction_id), **counts)
    return moved


_STALE = """
SELECT EXISTS (
  SELECT FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
  WHERE b.jurisdiction_id = :id AND NOT EXISTS (
    SELECT FROM building_place p JOIN unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid) AND u.leaf
    WHERE p.building_id = b.id AND upper_inf(p.valid) AND lower(p.valid) >= greatest(lower(v.valid), lower(u.valid))))
"""


def assign_buildings(
    session: Session, jurisdiction_id: int, at: datetime, footprints: Footprints, *, free: frozenset[int] = frozenset()
) -> list[Moved]:
    """Place the buildings of these footprints that are not pinned anew and return those whose leaf changed.

    Largest overlap decides, the lowest code of equals; footprints that overlap by more than the scheme's cut tolerance stay
    together. A pin ends with its leaf; `free` names pinned buildings to let go besides.
    """
    report(session, "Placing the buildings …")
    ground = Ground(session, jurisdiction_id, footprints.geometries)
    before = _places(session, jurisdiction_id, footprints.ids)
    kept = {old.building_id for old in before.values() if old.pinned and old.unit_id in ground.leaf_ids} - free
    changed = [
        now
        for now in _by_geometry(session, jurisdiction_id, footprints, ground)
        if now.building_id not in kept and not _same(before.get(now.building_id, _NOWHERE), now)
    ]
    put_places(session, changed, at)
    moved = (Moved(now.building_id, before.get(now.building_id, _NOWHERE).unit_id, now.unit_id) for now in changed)
    return [move for move in moved if move.old_unit_id != move.new_unit_id]


def _by_geometry(session: Session, jurisdiction_id: int, footprints: Footprints, ground: Ground) -> list[Place]:
    """Return the leaf of each building as its footprint alone says."""
    if not footprints.ids or not ground.leaf_ids:
        return []
    scheme = scheme_of(session, jurisdiction_id)
    together = clusters(footprints.geometries, cut_m2=scheme.threshold("cut_m2").figure, cut_share=scheme.threshold("cut_share").figure)
    placed = place(ground.leaves, footprints.geometries, together=together)
    unit_ids = [*ground.unit_ids.tolist(), None]
    return [
        Place(building_id, unit_ids[leaf], round(float(share), 6), round(float(cut_m2), 2))
        for building_id, leaf, share, cut_m2 in zip(footprints.ids, placed.leaf, placed.share, placed.cut_m2, strict=True)
    ]


def put_places(session: Session, places: Sequence[Place], at: datetime) -> None:
    """Make these the current places from `at` on; a building whose place is none loses the one it had."""
    if not places:
        return
    fill_temporary(session, "moving", _MOVING, ((p.building_id, p.unit_id, p.share, p.cut_m2, p.pinned, p.reason, at) for p in places))
    session.execute(text(_SINCE))
    session.execute(text(_END))
    session.execute(text(_BEGIN))
    take_statistics(session, len(places), "building_place")


_MOVING = {
    "building_id": "bigint",
    "unit_id": "bigint",
    "share": "double precision",
    "cut_m2": "double precision",
    "pinned": "boolean",
    "reason": "text",
    "since": "timestamptz",
}
_SINCE = """
UPDATE moving m SET since = lower(p.valid)
FROM building_place p WHERE p.building_id = m.building_id AND upper_inf(p.valid) AND lower(p.valid) > m.since
"""
_END = """
UPDATE building_place p SET valid = tstzrange(lower(p.valid), m.since)
FROM moving m WHERE p.building_id = m.building_id AND upper_inf(p.valid)
"""
_BEGIN = """
INSERT INTO building_place (building_id, unit_id, valid, share, cut_m2, pinned, reason)
SELECT building_id, unit_id, tstzrange(since, NULL), share, cut_m2, pinned, reason FROM moving WHERE unit_id IS NOT NULL
"""


def _places(session: Session, jurisdiction_id: int, building_ids: list[int]) -> dict[int, Place]:
    p = BuildingPlace
    rows = session.execute(
        select(p.building_id, p.unit_id, p.share, p.cut_m2, p.pinned, p.reason)
        .join(Building, Building.id == p.building_id)
        .where(Building.jurisdiction_id == jurisdiction_id, func.upper_inf(p.valid), p.building_id == func.any(building_ids))
    )
    return {row.building_id: Place(*row) for row in rows}


def _same(old: Place, now: Place) -> bool:
    return (old.unit_id, round(old.share, 3), round(old.cut_m2, 1)) == (now.unit_id, round(now.share, 3), round(now.cut_m2, 1))
