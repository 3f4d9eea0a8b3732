"""Jurisdictions and their editions."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from gridsvc.api import reader
from gridsvc.api.shapes import jurisdiction
from gridsvc.database.queries import jurisdictions as queries
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.resident import current
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import NOBODY


class Level(TypedDict):
    """A level of units; 1 is the top."""

    number: int
    key: str
    name: str


class Jurisdiction(TypedDict):
    """One coverage with one series of editions; `synthetic` says that its geometry is made up."""

    slug: str
    id: UUID
    name: str
    scheme: str
    levels: list[Level]
    synthetic: bool
    attribution: str | None


class Jurisdictions(TypedDict):
    """All of them, by short name."""

    items: list[Jurisdiction]


class Edition(TypedDict):
    """One published change of units: when it takes effect, when it was recorded, what made it, which edition it undoes."""

    serial: int
    effective_at: datetime
    published_at: datetime
    reason: str
    undoes: int | None


class Editions(TypedDict):
    """All editions of a jurisdiction, oldest first."""

    items: list[Edition]


def listed() -> Jurisdictions:
    """Answer the jurisdictions of this installation."""
    return {"items": [_shape(ground.jurisdiction) for ground in current().grounds.values()]}


def editions(slug: str) -> Editions:
    """Answer the editions of a jurisdiction."""
    place = jurisdiction(slug)
    with transaction(NOBODY) as session:
        found = queries.editions(session, place.id)
    return {
        "items": [
            {"serial": e.serial, "effective_at": e.effective_at, "published_at": e.published_at, "reason": e.reason, "undoes": e.undoes}
            for e in found
        ]
    }


def _shape(place: JurisdictionRow) -> Jurisdiction:
    chinese = reader.language() == "zh"
    return {
        "slug": place.slug,
        "id": place.public_id,
        "name": place.name if chinese else place.name_en or place.name,
        "scheme": place.scheme.key,
        "levels": [
            {"number": level.number, "key": level.key, "name": level.name_zh if chinese else level.name_en} for level in place.scheme.levels
        ],
        "synthetic": place.synthetic,
        "attribution": place.attribution,
    }
