"""One building."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import orjson

from gridsvc.api import reader
from gridsvc.api.shapes import Feature, jurisdiction_of
from gridsvc.database.queries.one_building import one_building
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import Action, may, may_anywhere
from gridsvc.errors import NotFound


def one(building_id: UUID, as_of: datetime | None) -> Feature:
    """Answer a building as a GeoJSON feature: what it is, the leaf and compound it belongs to, its households for those who may know."""
    actor = reader.actor()
    with transaction(actor) as session:
        found = one_building(session, building_id, as_of)
    if found is None:
        raise NotFound("There is no building of this id at that time.")
    reads = may(actor, Action.READ_HOUSEHOLDS, found.path) if as_of is None else may_anywhere(actor, Action.READ_HOUSEHOLDS)
    properties = {
        "jurisdiction": jurisdiction_of(found.jurisdiction_id).slug,
        "name": found.name,
        "use": found.use,
        "floors": found.floors,
        "height_m": found.height_m,
        "footprint_m2": round(found.footprint_m2, 2),
        "unit": found.unit_public_id,
        "share": found.share,
        "pinned": found.pinned,
        "reason": found.reason,
        "compound": {"id": found.compound_public_id, "name": found.compound_name} if found.compound_public_id else None,
        "households": found.households if reads else None,
    }
    return {"type": "Feature", "id": found.public_id, "geometry": orjson.Fragment(found.geojson), "properties": properties}
