"""What a ledger is matched with: buildings under their names, streets, outlines, barriers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.districting.streets import Streets
from geodata.topology import Geometries
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.domain.streets import CLASSES


def buildings(session: Session, jurisdiction_id: int) -> Sequence[Row[Any]]:
    """Return id, name, compound and geom (WKB) of every current building, by id."""
    return session.execute(text(_BUILDINGS), {"id": jurisdiction_id}).all()


_BUILDINGS = """
SELECT b.id, v.name, c.name AS compound, ST_AsBinary(v.geom) AS geom
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
LEFT JOIN compound_version c ON c.compound_id = v.compound_id AND upper_inf(c.valid)
WHERE b.jurisdiction_id = :id ORDER BY b.id
"""


def named_streets(session: Session, jurisdiction_id: int) -> tuple[list[str], Geometries, Streets]:
    """Return the names and lines of the streets that have one and are driven, and all streets with their classes."""
    rows = session.execute(text(_STREETS), {"id": jurisdiction_id}).all()
    lines = from_wkb([row.geom for row in rows])
    kinds = ["unclassified" if row.street_class == "road" else row.street_class for row in rows]
    named = [index for index, row in enumerate(rows) if row.name and row.street_class in CLASSES and CLASSES[row.street_class].is_driven]
    streets = Streets(lines, kinds, np.zeros(len(rows), dtype=bool))
    return [rows[index].name for index in named], lines[named], streets


_STREETS = """
SELECT v.name, v.street_class, ST_AsBinary(v.geom) AS geom
FROM street s JOIN street_version v ON v.street_id = s.id AND upper_inf(v.valid)
WHERE s.jurisdiction_id = :id ORDER BY s.id
"""


def walls(session: Session, jurisdiction_id: int) -> Geometries:
    """Return the current walls and the outlines of compounds, as lines."""
    return from_wkb(list(session.scalars(text(_WALLS), {"id": jurisdiction_id})))


_WALLS = """
SELECT ST_AsBinary(ST_Boundary(v.geom)) FROM compound c JOIN compound_version v ON v.compound_id = c.id AND upper_inf(v.valid)
WHERE c.jurisdiction_id = :id
UNION ALL
SELECT ST_AsBinary(CASE WHEN ST_Dimension(v.geom) = 2 THEN ST_Boundary(v.geom) ELSE v.geom END)
FROM barrier b JOIN barrier_version v ON v.barrier_id = b.id AND upper_inf(v.valid)
WHERE b.jurisdiction_id = :id AND v.kind = 'wall'
"""


def barriers(session: Session, jurisdiction_id: int) -> Geometries:
    """Return the current water (polygons) and railways (lines)."""
    return from_wkb(list(session.scalars(text(_BARRIERS), {"id": jurisdiction_id})))


_BARRIERS = """
SELECT ST_AsBinary(v.geom) FROM barrier b JOIN barrier_version v ON v.barrier_id = b.id AND upper_inf(v.valid)
WHERE b.jurisdiction_id = :id AND v.kind IN ('river', 'water', 'railway') ORDER BY b.id
"""
