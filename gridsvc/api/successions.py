"""What waits to be confirmed after an edition (待确认): organisations whose unit ended, contracts over a border."""

from __future__ import annotations

from datetime import date
from typing import TypedDict
from uuid import UUID

from flask import request

from gridsvc.api import reader
from gridsvc.api.shapes import jurisdiction as jurisdiction_called
from gridsvc.database.queries import successions as queries
from gridsvc.database.session import transaction
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.errors import Invalid
from gridsvc.operations.successions import confirm

CONFIRMING = {
    "application/json": {
        "type": "object",
        "properties": {"accept": {"type": "boolean", "description": "False leaves everything as it is"}},
    }
}
"""What confirming takes, as a JSON schema."""


class Succession(TypedDict):
    """An organisation with its old and its new unit, or a household with who looks after it and who would; names are masked."""

    id: UUID
    edition: int
    confirm_by: date
    organisation: str | None
    unit: str | None
    to_unit: str | None
    household: UUID | None
    person: UUID | None
    person_name: str | None
    to_person: UUID | None
    to_person_name: str | None


class Successions(TypedDict):
    """What waits where the reader may decide."""

    items: list[Succession]


def listed(jurisdiction: str) -> Successions:
    """Answer what waits to be confirmed in a jurisdiction, where the reader may decide."""
    place = jurisdiction_called(jurisdiction)
    with transaction(reader.actor()) as session:
        found = queries.successions(session, jurisdiction_path(place.id))
    return {
        "items": [
            {
                "id": row.public_id, "edition": row.edition, "confirm_by": row.confirm_by, "organisation": row.organisation,
                "unit": row.unit, "to_unit": row.to_unit, "household": row.household, "person": row.person,
                "person_name": row.person_name, "to_person": row.to_person, "to_person_name": row.to_person_name,
            }
            for row in found
        ]
    }  # fmt: skip


def decide(succession_id: UUID) -> Successions:
    """Confirm what was proposed, or leave everything as it is; answer nothing more."""
    given = request.get_json(silent=True)
    accept = given.get("accept", True) if isinstance(given, dict) else True
    if not isinstance(accept, bool):
        raise Invalid("accept is true or false.")
    with transaction(reader.actor()) as session:
        confirm(session, reader.actor(), succession_id, accept=accept)
    return {"items": []}
