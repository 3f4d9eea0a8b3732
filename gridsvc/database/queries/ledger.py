"""What a ledger is matched with: buildings under their names, streets, outlines, barriers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.districting.streets import Streets
from geodata.topology import Geometries
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.time import holds
from gridsvc.database.queries.units import UnitRow, _row, _units
from gridsvc.domain.streets import CLASSES


def buildings(session: Session, jurisdiction_id: int) -> Sequence[Row[Any]]:
    """Return id, name, compound, what both are called besides, and geom (WKB) of every current building, by id."""
    return session.execute(text(_BUILDINGS), {"id": jurisdiction_id}).all()


_BUILDINGS = """
WITH learned AS (
  SELECT compound_id, building_id, array_agg(spelling ORDER BY spelling) AS spellings FROM alias
  WHERE jurisdiction_id = :id GROUP BY compound_id, building_id
)
SELECT b.id, v.name, c.name AS compound, ST_AsBinary(v.geom) AS geom, l.spellings AS learned, lc.spellings AS compound_learned
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
LEFT JOIN compound_version c ON c.compound_id = v.compound_id AND upper_inf(c.valid)
LEFT JOIN learned l ON l.building_id = b.id
LEFT JOIN learned lc ON lc.compound_id = v.compound_id
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


def outlines(session: Session, jurisdiction_id: int) -> Geometries:
    """Return the outlines of the current compounds."""
    return from_wkb(list(session.scalars(text(_OUTLINES), {"id": jurisdiction_id})))


_OUTLINES = """
SELECT ST_AsBinary(v.geom) FROM compound c JOIN compound_version v ON v.compound_id = c.id AND upper_inf(v.valid)
WHERE c.jurisdiction_id = :id ORDER BY c.id
"""


def walls(session: Session, jurisdiction_id: int) -> Geometries:
    """Return the current walls as lines."""
    return from_wkb(list(session.scalars(text(_WALLS), {"id": jurisdiction_id})))


_WALLS = """
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


class Housed(NamedTuple):
    """A building in a leaf."""

    id: int
    name: str | None
    compound: str | None


def leaves(session: Session, jurisdiction_id: int, under: str | None, as_of: datetime | None) -> list[tuple[UnitRow, dict[int, str]]]:
    """Return the leaves of a jurisdiction, or those below the unit of a code, by code, remainders left out; with names by level."""
    condition = "v.jurisdiction_id = :id AND v.leaf AND v.kind <> 'remainder'"
    if under is not None:
        holding = f"SELECT h.path FROM unit_version h WHERE h.jurisdiction_id = :id AND h.code = :under AND {holds('h', as_of)}"
        condition += f" AND v.path <@ ({holding})"
    given = {"id": jurisdiction_id, "under": under, "as_of": as_of}
    rows = [_row(row) for row in session.execute(text(_units(condition, as_of)), given)]
    above = session.execute(text(_CHAINS.format(v=holds("v", as_of))), {"paths": [row.path for row in rows], "as_of": as_of})
    chains: dict[str, dict[int, str]] = {}
    for path, level, name in above:
        chains.setdefault(path, {})[level] = name
    return [(row, chains[row.path]) for row in rows]


_CHAINS = """
SELECT below.path::text, v.level, v.name FROM unnest(cast(:paths AS ltree[])) AS below (path)
JOIN unit_version v ON v.path @> below.path AND {v}
"""


def housed(session: Session, unit_ids: Sequence[int], as_of: datetime | None) -> dict[int, list[Housed]]:
    """Return the buildings of each leaf, by compound and number."""
    rows = session.execute(text(_HOUSED.format(v=holds("v", as_of), p=holds("p", as_of))), {"ids": list(unit_ids), "as_of": as_of})
    found: dict[int, list[Housed]] = {}
    for unit_id, *building in rows:
        found.setdefault(unit_id, []).append(Housed(*building))
    return found


_HOUSED = """
SELECT p.unit_id, b.id, v.name, c.name FROM building_place p JOIN building b ON b.id = p.building_id
JOIN building_version v ON v.building_id = b.id AND {v}
LEFT JOIN compound_version c ON c.compound_id = v.compound_id AND upper_inf(c.valid)
WHERE p.unit_id = ANY(:ids) AND {p} ORDER BY p.unit_id, c.name NULLS LAST, v.name, b.id
"""
