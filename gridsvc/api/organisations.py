"""Organisations of a unit: public, each once where it leads."""

from __future__ import annotations

from datetime import date
from typing import TypedDict
from uuid import UUID

from gridsvc.api.shapes import Coded, Named, PageOf, coded, page_of, unit_read
from gridsvc.database.queries import organisations as queries
from gridsvc.database.queries.organisations import OrganisationRow
from gridsvc.database.session import transaction
from gridsvc.domain.code_tables import key_of
from gridsvc.domain.organisations import KINDS, SET_UPS
from gridsvc.domain.permissions import NOBODY
from gridsvc.errors import Invalid


class Organisation(TypedDict):
    """An organisation; `leads` is false where it is listed here and counted elsewhere (联建). `phone` is its office's."""

    id: UUID
    name: str
    kind: Coded
    set_up: Coded | None
    leads: bool
    ground: list[str]
    parent: Named | None
    phone: str | None
    contract_from: date | None
    contract_until: date | None
    score: float | None


class Organisations(PageOf):
    """A page of organisations by kind and name; `total` counts those of all pages."""

    items: list[Organisation]


def of_unit(unit_id: UUID, kind: str | None, page: int) -> Organisations:
    """Answer the organisations that are attached to a unit or to ground in it."""
    key = key_of(KINDS, kind)
    if kind is not None and key is None:
        raise Invalid("{given!r} is no kind of organisation; {known} are.", given=kind, known=", ".join(KINDS))
    with transaction(NOBODY) as session:
        found, total = queries.organisations(session, unit_read(session, unit_id, None).path, key, page)
    return {"items": [_organisation(row) for row in found], **page_of(total, page, queries.PAGE)}


def _organisation(row: OrganisationRow) -> Organisation:
    return {
        "id": row.public_id,
        "name": row.name,
        "kind": coded(KINDS, row.kind),
        "set_up": coded(SET_UPS, row.set_up) if row.set_up else None,
        "leads": row.leads,
        "ground": list(row.ground),
        "parent": {"id": row.parent, "name": row.parent_name} if row.parent else None,
        "phone": row.phone,
        "contract_from": row.contract_from,
        "contract_until": row.contract_until,
        "score": row.score,
    }
