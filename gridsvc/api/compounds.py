"""Compounds (小区) of a jurisdiction."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from gridsvc.api import shapes
from gridsvc.api.shapes import jurisdiction as jurisdiction_called
from gridsvc.database.queries import compounds as queries
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import NOBODY


class Compound(TypedDict):
    """A compound; `name` is null while nobody has given one. Bounds are west, south, east, north."""

    id: UUID
    name: str | None
    area_m2: float
    buildings: int
    bounds: list[float]


class Compounds(shapes.Page):
    """A page of compounds; `more` says whether another page may follow."""

    items: list[Compound]


def listed(jurisdiction: str, as_of: datetime | None, page: int) -> Compounds:
    """Answer the compounds of a jurisdiction by name, those without one last."""
    place = jurisdiction_called(jurisdiction)
    with transaction(NOBODY) as session:
        found = queries.compounds(session, place.id, as_of, page)
    items: list[Compound] = [
        {"id": row.public_id, "name": row.name, "area_m2": round(row.area_m2, 2), "buildings": row.buildings, "bounds": list(row.bounds)}
        for row in found
    ]
    return {"items": items, **shapes.page(found, page, queries.PAGE)}
