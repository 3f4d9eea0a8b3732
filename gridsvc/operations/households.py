"""How many households a building weighs: as counted, else as estimated, and said so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.buildings import Size, estimate_households


class Weight(NamedTuple):
    """The households of a building."""

    households: int
    estimated: bool


Households: TypeAlias = Mapping[int, Weight]
"""By building id; without those of which nothing can be said, offices and sheds among them."""


def households(session: Session, jurisdiction_id: int) -> Households:
    """Return the households of every current building: the count that the actor may see, else the scheme's estimate."""
    scheme = scheme_of(session, jurisdiction_id)
    found: dict[int, Weight] = {}
    for row in session.execute(text(_BUILDINGS), {"id": jurisdiction_id}):
        if row.households is not None:
            found[row.id] = Weight(row.households, row.basis == "estimated")
        elif estimate := estimate_households(Size(row.footprint_m2, row.floors, row.height_m), row.use, scheme):
            found[row.id] = Weight(estimate.households, estimated=True)
    return found


_BUILDINGS = """
SELECT b.id, v.use, v.floors, v.height_m, v.footprint_m2, h.households, h.basis
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
LEFT JOIN building_households h ON h.building_id = b.id AND upper_inf(h.valid)
WHERE b.jurisdiction_id = :id ORDER BY b.id
"""


def store_estimates(session: Session, jurisdiction_id: int, at: datetime) -> int:
    """Keep an estimate, labelled so, for every building without a count where the actor brings in or publishes; return for how many."""
    known = set(session.scalars(text(_KNOWN), {"id": jurisdiction_id}))
    missing = {building: weight for building, weight in households(session, jurisdiction_id).items() if building not in known}
    given = {"at": at, "buildings": list(missing), "households": [weight.households for weight in missing.values()]}
    kept: int = session.execute(text(_ESTIMATE), given).scalar_one()
    return kept


_KNOWN = """
SELECT h.building_id FROM building_households h JOIN building b ON b.id = h.building_id
WHERE b.jurisdiction_id = :id AND upper_inf(h.valid)
"""
_ESTIMATE = "SELECT keep_estimates(:at, cast(:buildings AS bigint[]), cast(:households AS integer[]))"
