"""四至 of units, from their borders as they are stored: for pages, exports and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.four_sides import NO_LINES, Lines, near_sides
from geodata.four_sides import four_sides as bound
from geodata.topology import NOBODY, Geometries, Ground
from geodata.topology.grid import as_array
from gridsvc.database.kept import kept
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.time import holds
from gridsvc.database.queries.units import UnitRow
from gridsvc.domain.coverage import REMAINDER
from gridsvc.domain.four_sides import FourSides, Side
from gridsvc.domain.streets import CLASSES

MARGIN_DEG = 0.002
"""How far around the borders lines and neighbours are looked for; more than geodata.four_sides reaches."""
MOST_BOXES = 5000
TOLD_M = 100.0
"""A name of a ledger's 四至 is believed if it occurs this near to the side."""


def four_sides(session: Session, units: Sequence[UnitRow], as_of: datetime | None = None) -> dict[int, FourSides]:
    """Return what bounds each unit, by id: a named street, river or railway along most of a side, else the neighbour of its level.

    In five queries a level, however many units.
    """
    found: dict[int, FourSides] = {}
    for jurisdiction_id, level in dict.fromkeys((unit.jurisdiction_id, unit.level) for unit in units):
        here = tuple(unit for unit in units if (unit.jurisdiction_id, unit.level) == (jurisdiction_id, level))
        found |= _of_level(session, here, as_of)
    return found


class Behind(NamedTuple):
    """Ground that may lie behind a side."""

    name: str
    kind: str
    ground: Ground


def sides_if(
    session: Session, jurisdiction_id: int, level: int, grounds: Mapping[int, Ground], instead: Mapping[int, Behind | None]
) -> dict[int, FourSides]:
    """Return what would bound units of a level on these grounds, if the units of `instead` lay as it says; None is a unit that is gone."""
    shapes = as_array(grounds.values())
    given = _near(shapes) | {"jurisdiction_id": jurisdiction_id, "level": level, "as_of": None}
    rows = session.execute(text(_AROUND.format(v=holds("v", None))), given).all()
    beside = zip(rows, from_wkb([row.geom for row in rows]), strict=True)
    around = [Behind(row.name, row.kind, shape) for row, shape in beside if row.unit_id not in instead]
    around += [each for each in instead.values() if each is not None]
    return dict(zip(grounds, _bounded(session, given, shapes, around), strict=True))


@kept
def _of_level(session: Session, units: tuple[UnitRow, ...], as_of: datetime | None) -> dict[int, FourSides]:
    grounds = _grounds(session, units, as_of)
    given = _near(grounds) | {"jurisdiction_id": units[0].jurisdiction_id, "level": units[0].level, "as_of": as_of}
    rows = session.execute(text(_AROUND.format(v=holds("v", as_of))), given).all()
    around = [Behind(row.name, row.kind, shape) for row, shape in zip(rows, from_wkb([row.geom for row in rows]), strict=True)]
    return dict(zip((unit.id for unit in units), _bounded(session, given, grounds, around), strict=True))


def _bounded(session: Session, given: dict[str, object], grounds: Geometries, around: Sequence[Behind]) -> list[FourSides]:
    """Return what bounds each ground; `given` are the boxes along their borders."""
    line_names, lines = _lines(session, given)
    sides = bound(grounds, lines, as_array(each.ground for each in around))
    compound_names, outlines = _compounds(session, given)
    behind = bound(grounds, NO_LINES, outlines).neighbour

    def side(unit: int, which: int) -> Side:
        line, neighbour, compound = (int(table[unit, which]) for table in (sides.line, sides.neighbour, behind))
        if line != NOBODY:
            return Side("line", line_names[line])
        if neighbour != NOBODY and around[neighbour].kind != REMAINDER:
            return Side("unit", around[neighbour].name)
        if neighbour != NOBODY:
            return Side("compound", compound_names[compound]) if compound != NOBODY else Side("undivided")
        return Side("edge")

    return [FourSides(*(side(index, which) for which in range(4))) for index in range(len(grounds))]


def names_near(session: Session, jurisdiction_id: int, grounds: Geometries, *, within_m: float = TOLD_M) -> list[list[set[str]]]:
    """Return for each ground the names of streets, waters, railways and compounds near its east, south, west and north."""
    given = _near(grounds) | {"jurisdiction_id": jurisdiction_id}
    line_names, lines = _lines(session, given)
    compound_names, outlines = _compounds(session, given)
    names = [*line_names, *compound_names]
    number = np.concatenate([lines.number, np.arange(len(line_names), len(names))])
    told: list[list[set[str]]] = [[set(), set(), set(), set()] for _ in grounds]
    for ground, side, which in near_sides(grounds, np.concatenate([lines.shapes, outlines]), number, within_m):
        told[ground][side].add(names[which])
    return told


def _near(grounds: Geometries) -> dict[str, object]:
    """Return boxes along the borders as the queries below take them: what bounds a city is little of what is in it.

    Sides are shorter than the margin, so that boxes rounded to it are few; where they are many all the same, one box around all.
    """
    corner, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(grounds)), return_index=True)
    sides = np.concatenate([np.minimum(corner[1:], corner[:-1]), np.maximum(corner[1:], corner[:-1])], axis=1)[ring[1:] == ring[:-1]]
    cells = np.unique(np.concatenate([np.floor(sides[:, :2] / MARGIN_DEG) - 1, np.ceil(sides[:, 2:] / MARGIN_DEG) + 1], axis=1), axis=0)
    if len(cells) > MOST_BOXES:
        cells = np.concatenate([cells[:, :2].min(axis=0), cells[:, 2:].max(axis=0)])[None]
    return dict(zip(("west", "south", "east", "north"), (cells * MARGIN_DEG).T.tolist(), strict=True))


def _grounds(session: Session, units: Sequence[UnitRow], as_of: datetime | None) -> Geometries:
    """Return the ground of each unit."""
    asked = f"SELECT v.unit_id, ST_AsBinary(v.geom) AS geom FROM unit_version v WHERE v.unit_id = ANY(:ids) AND {holds('v', as_of)}"
    rows = session.execute(text(asked), {"ids": [unit.id for unit in units], "as_of": as_of})
    found: dict[int, bytes | None] = {row.unit_id: row.geom for row in rows}
    return from_wkb([found[unit.id] for unit in units])


def _lines(session: Session, given: dict[str, object]) -> tuple[list[str], Lines]:
    """Return names, and the lines whose numbers are places in them; of a water its banks."""
    rows = session.execute(text(_LINES), given).all()
    names = list(dict.fromkeys(row.name for row in rows))
    index = {name: place for place, name in enumerate(names)}
    shapes = from_wkb([row.geom for row in rows])
    areas = shapely.get_dimensions(shapes) == 2
    shapes[areas] = shapely.boundary(shapes[areas])
    lesser = np.array([row.sort in CLASSES and not CLASSES[row.sort].is_driven for row in rows], dtype=bool)
    return names, Lines(shapes, np.array([index[row.name] for row in rows], dtype=np.int64), lesser)


_NEAR = """v.id = ANY (ARRAY (
  SELECT w.id FROM unnest(cast(:west AS float[]), cast(:south AS float[]), cast(:east AS float[]), cast(:north AS float[]))
    AS box (west, south, east, north) JOIN {table} w ON w.geom && ST_MakeEnvelope(box.west, box.south, box.east, box.north, 4490) {now}))"""
_NOW = "AND upper_inf(w.valid)"
_LINES = f"""
SELECT v.name, v.street_class AS sort, ST_AsBinary(v.geom) AS geom
FROM street s JOIN street_version v ON v.street_id = s.id AND upper_inf(v.valid)
WHERE s.jurisdiction_id = :jurisdiction_id AND v.name <> '' AND v.street_class NOT IN ('footway', 'steps', 'cycleway')
  AND {_NEAR.format(table="street_version", now=_NOW)}
UNION ALL
SELECT v.name, v.kind, ST_AsBinary(v.geom) FROM barrier b JOIN barrier_version v ON v.barrier_id = b.id AND upper_inf(v.valid)
WHERE b.jurisdiction_id = :jurisdiction_id AND v.name <> '' AND {_NEAR.format(table="barrier_version", now=_NOW)}
"""
_AROUND = f"""
SELECT v.unit_id, v.name, v.kind, ST_AsBinary(v.geom) AS geom FROM unit_version v
WHERE v.jurisdiction_id = :jurisdiction_id AND {{v}} AND (v.level = :level OR (v.leaf AND v.level < :level))
  AND {_NEAR.format(table="unit_version", now="")} ORDER BY v.unit_id
"""


def _compounds(session: Session, given: dict[str, object]) -> tuple[list[str], Geometries]:
    rows = session.execute(text(_COMPOUNDS), given).all()
    return [row.name for row in rows], from_wkb([row.geom for row in rows])


_COMPOUNDS = f"""
SELECT v.name, ST_AsBinary(v.geom) AS geom FROM compound c JOIN compound_version v ON v.compound_id = c.id AND upper_inf(v.valid)
WHERE c.jurisdiction_id = :jurisdiction_id AND v.name <> '' AND {_NEAR.format(table="compound_version", now=_NOW)} ORDER BY c.id
"""
