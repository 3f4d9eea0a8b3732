"""Households one by one and counted; of a person, read under rights alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session


def addressed_buildings(session: Session, jurisdiction_id: int) -> Sequence[Row[Any]]:
    """Return id, ref, name, compound, path and box of every current building, by id: what an address is matched with."""
    return session.execute(text(_ADDRESSED), {"id": jurisdiction_id}).all()


_ADDRESSED = """
SELECT b.id, b.source_ref AS ref, v.name, c.name AS compound,
  (coalesce(u.path, cast('j' || base36(b.jurisdiction_id) AS ltree)) || ('b_' || base36(b.id)))::text AS path,
  ARRAY[ST_XMin(v.geom), ST_YMin(v.geom), ST_XMax(v.geom), ST_YMax(v.geom)] AS box
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
LEFT JOIN compound_version c ON c.compound_id = v.compound_id AND upper_inf(c.valid)
LEFT JOIN building_place p ON p.building_id = b.id AND upper_inf(p.valid)
LEFT JOIN unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid)
WHERE b.jurisdiction_id = :id ORDER BY b.id
"""


def aliases(session: Session, jurisdiction_id: int) -> dict[str, int]:
    """Return the building of each spelling that was learned."""
    rows = session.execute(text("SELECT spelling, building_id FROM address_alias WHERE jurisdiction_id = :id"), {"id": jurisdiction_id})
    return {row.spelling: row.building_id for row in rows}


def known_households(session: Session, jurisdiction_id: int) -> Sequence[Row[Any]]:
    """Return source, ref, building_id, entrance and room of every household that the reader may see."""
    return session.execute(text(_KNOWN), {"id": jurisdiction_id}).all()


_KNOWN = "SELECT source, source_ref AS ref, building_id, entrance, room FROM household WHERE jurisdiction_id = :id"
