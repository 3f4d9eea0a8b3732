"""Buildings: footprints in, one leaf each, whole; pins survive."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.assignment import place
from geodata.topology import Geometries
from gridsvc.database.freshness import ground_changed
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.tables import Building, BuildingPlace, Compound, CompoundVersion, UnitVersion
from gridsvc.domain.buildings import use_of
from gridsvc.domain.columns import number_of
from gridsvc.domain.features import Feature
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.errors import NotFound
from gridsvc.operations.assignment import Place, assign, current_footprints, put_places
from gridsvc.operations.audit import record
from gridsvc.operations.exchange import Incoming, Versions, bring_in, compare, stored
from gridsvc.operations.features import features
from gridsvc.operations.pins import leaf_for
from gridsvc.operations.placement import place_facilities

BUILDINGS = Versions(
    "building",
    {
        "name": "text",
        "use": "text",
        "floors": "integer",
        "height_m": "double precision",
        "geom": "geometry",
        "footprint_m2": "double precision",
        "compound_id": "bigint",
    },
    more={"households": "integer", "shops": "integer"},
)


def import_buildings(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so; then every building has one leaf, or none with a finding.

    Rows of one id are one building, whatever they say: copies count once, halves cut at the seams of tiles are joined.
    """
    require(actor, Action.IMPORT, jurisdiction_path(file.jurisdiction_id))
    read = features(file, "buildings", "polygon")
    shapes = stored([feature.geometry for feature in read.accepted])
    compounds = _compounds(session, file.jurisdiction_id, np.array([feature.geometry for feature in read.accepted], dtype=object))
    rows = [_incoming(*each) for each in zip(read.accepted, shapes, compounds, strict=True)]
    outcomes = compare(session, file.jurisdiction_id, file.source, BUILDINGS, rows) + read.refused
    proposal = Proposal("buildings", read.columns, outcomes, read.findings)
    if bring_in(session, actor, file, BUILDINGS, proposal, rows):
        assign(session, file.jurisdiction_id, file.effective_at)
        _count_households(session, file)
    return proposal


def _incoming(feature: Feature, shape: str, compound: int | None) -> Incoming:
    text_, number = feature.text, {name: number_of(feature.text.get(name)) for name in ("floors", "height_m", "households", "shops")}
    whole = {name: None if value is None or value < 0 else round(value) for name, value in number.items()}
    values = (
        text_.get("name"),
        use_of(text_.get("use")),
        whole["floors"],
        number["height_m"],
        shape,
        feature.size,
        compound,
        whole["households"],
        whole["shops"],
    )
    return Incoming(feature.row, feature.ref, text_.get("name"), feature.digest, values, feature.repaired)


def link_compounds(session: Session, jurisdiction_id: int) -> None:
    """Relate every current building to the compound that holds more than half of it, the smallest first."""
    footprints = current_footprints(session, jurisdiction_id)
    compound_ids = _compounds(session, jurisdiction_id, footprints.geometries)
    session.execute(
        text("""
        UPDATE building_version v SET compound_id = found.compound_id
        FROM unnest(cast(:buildings AS bigint[]), cast(:compounds AS bigint[])) AS found (building_id, compound_id)
        WHERE v.building_id = found.building_id AND upper_inf(v.valid) AND v.compound_id IS DISTINCT FROM found.compound_id
        """),
        {"buildings": footprints.ids, "compounds": compound_ids},
    )


def _compounds(session: Session, jurisdiction_id: int, footprints: Geometries) -> list[int | None]:
    """Return for each footprint the compound that holds more than half of it, the smallest first."""
    outlines = session.execute(
        select(CompoundVersion.compound_id, func.ST_AsBinary(CompoundVersion.geom))
        .join(Compound, Compound.id == CompoundVersion.compound_id)
        .where(Compound.jurisdiction_id == jurisdiction_id, func.upper_inf(CompoundVersion.valid))
        .order_by(CompoundVersion.area_m2, CompoundVersion.compound_id)
    ).all()
    if not outlines or not len(footprints):
        return [None] * len(footprints)
    placed = place(from_wkb([wkb for _, wkb in outlines]), footprints)
    mostly = (placed.leaf >= 0) & (placed.share > 0.5)
    return [outlines[leaf][0] if inside else None for leaf, inside in zip(placed.leaf.tolist(), mostly.tolist(), strict=True)]


def _count_households(session: Session, file: ImportFile) -> None:
    """Store the counts of `incoming` as counted from `effective_at` on, where they differ from what is known."""
    given = {"jurisdiction_id": file.jurisdiction_id, "source": file.source, "at": file.effective_at}
    session.execute(text(_END_COUNTS), given)
    session.execute(text(_COUNT), given)


_END_COUNTS = """
UPDATE building_households h SET valid = tstzrange(lower(h.valid), :at)
FROM building b JOIN incoming i ON i.ref = b.source_ref
WHERE b.jurisdiction_id = :jurisdiction_id AND b.source = :source AND i.households IS NOT NULL AND h.building_id = b.id
  AND upper_inf(h.valid) AND (h.households, h.shops, h.basis) IS DISTINCT FROM (i.households, i.shops, 'counted')
"""
_COUNT = """
INSERT INTO building_households (building_id, valid, households, shops, basis, path)
SELECT b.id, tstzrange(:at, NULL), i.households, i.shops, 'counted', coalesce(v.path || ('b_' || base36(b.id))::ltree, '')
FROM building b JOIN incoming i ON i.ref = b.source_ref
LEFT JOIN building_place p ON p.building_id = b.id AND upper_inf(p.valid)
LEFT JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
WHERE b.jurisdiction_id = :jurisdiction_id AND b.source = :source AND i.households IS NOT NULL
  AND NOT EXISTS (SELECT FROM building_households h WHERE h.building_id = b.id AND upper_inf(h.valid))
ORDER BY b.id -- as in operations.exchange
"""


def pin(session: Session, actor: Actor, building: UUID, unit: UUID, *, reason: str, at: datetime) -> None:
    """Keep a building in a leaf whatever its geometry says; the pin survives redraws.

    Raises Invalid without a reason or for a unit that is no leaf, NotFound for a building or unit that is not there.
    """
    found: Any = session.execute(select(Building.id, Building.jurisdiction_id).where(Building.public_id == building)).one_or_none()
    leaf = leaf_for(session, actor, found, unit, reason)
    put_places(session, [Place(found.id, leaf.unit_id, pinned=True, reason=reason)], at)
    place_facilities(session, found.jurisdiction_id, at, changed=True)
    ground_changed(session)
    record(session, actor, Action.PIN, leaf.path, building=str(building), reason=reason)


def unpin(session: Session, actor: Actor, building: UUID, *, at: datetime) -> None:
    """Let a building's geometry decide again."""
    found = session.execute(
        select(Building.id, Building.jurisdiction_id, UnitVersion.path)
        .join(BuildingPlace, BuildingPlace.building_id == Building.id)
        .join(UnitVersion, UnitVersion.unit_id == BuildingPlace.unit_id)
        .where(Building.public_id == building, BuildingPlace.pinned, func.upper_inf(BuildingPlace.valid), func.upper_inf(UnitVersion.valid))
    ).one_or_none()
    if found is None:
        raise NotFound("There is nothing pinned of this number.")
    require(actor, Action.PIN, found.path)
    assign(session, found.jurisdiction_id, at, free=frozenset({found.id}))
    ground_changed(session)
    record(session, actor, Action.PIN, found.path, building=str(building), pinned=False)
