"""What stands in which compound or parking lot: related by geometry, anew whenever one of them changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import shapely
from shapely import STRtree
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.lookup import Cells
from geodata.measure import distance_m
from geodata.topology import Geometries
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.domain.facilities import FACILITIES

NEAR_M = 20.0
"""Gates and stations stand on the edge of their compound or just before it."""
_SEARCHED_DEG = 0.001


class Link(NamedTuple):
    """A column that names the holder of a thing."""

    column: str
    holder: str
    """The noun whose outlines hold it."""
    near_m: float = 0.0
    """How far from the outline it may stand."""
    field: str | None = None
    """The field of a row that may name its holder; a holder once known stays then."""


LINKS: dict[str, Link] = {
    "stations": Link("compound_id", "compound", NEAR_M),
    "gates": Link("compound_id", "compound", NEAR_M),
    "parking_lots": Link("compound_id", "compound"),
    "parking_spaces": Link("lot_id", "parking_lot", field="lot"),
}


def link(session: Session, jurisdiction_id: int, names: Iterable[str] = LINKS) -> None:
    """Relate each thing of these nouns to the outline it stands in, the smallest of several, else to the nearest within reach."""
    for name in names:
        if name in LINKS:
            _link(session, jurisdiction_id, FACILITIES[name].noun, LINKS[name])


def holder_ids(session: Session, jurisdiction_id: int, asked: Link, things: Geometries) -> list[int | None]:
    """Return the holder of each thing as `link` relates it, None where there is none."""
    outlines = session.execute(text(_OUTLINES.format(noun=asked.holder)), {"id": jurisdiction_id}).all()
    if not outlines or not len(things):
        return [None] * len(things)
    held = holders(from_wkb([row.geom for row in outlines]), things, asked.near_m)
    return [outlines[at].id if at >= 0 else None for at in held.tolist()]


def _link(session: Session, jurisdiction_id: int, noun: str, asked: Link) -> None:
    open_ones = f"v.{asked.column} IS NULL" if asked.field else "true"
    things = session.execute(text(_THINGS.format(noun=noun, column=asked.column, open=open_ones)), {"id": jurisdiction_id}).all()
    found = holder_ids(session, jurisdiction_id, asked, from_wkb([row.geom for row in things]))
    changed = [(thing.id, holder) for thing, holder in zip(things, found, strict=True) if thing.holder != holder]
    if changed:
        ids, wanted = map(list, zip(*changed, strict=True))
        session.execute(text(_LINK.format(noun=noun, column=asked.column)), {"ids": ids, "holders": wanted})


def holders(outlines: Geometries, things: Geometries, near_m: float) -> np.ndarray:
    """Return the index of the outline around each thing, by the order of the outlines; else of the nearest within reach; else -1."""
    points = np.where(shapely.get_dimensions(things) == 0, things, shapely.point_on_surface(things))
    held = Cells(outlines).locate_many(shapely.get_x(points), shapely.get_y(points)).polygon.copy()
    alone = np.flatnonzero(held < 0)
    if near_m and len(alone):
        thing, outline = STRtree(outlines).query_nearest(points[alone], max_distance=_SEARCHED_DEG, all_matches=False)
        ends = shapely.get_coordinates(shapely.shortest_line(points[alone[thing]], outlines[outline])).reshape(-1, 4)
        close = distance_m(*ends.T) <= near_m
        held[alone[thing[close]]] = outline[close]
    return held


def named(session: Session, jurisdiction_id: int, holder: str) -> dict[str, int]:
    """Return the holder that alone bears a number or name, by number and name."""
    rows = session.execute(text(_NAMES.format(noun=holder)), {"id": jurisdiction_id})
    return {row.name: row.id for row in rows}


_NAMES = """
SELECT called.name, min(n.id) AS id FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND upper_inf(v.valid)
CROSS JOIN LATERAL (VALUES (n.source_ref), (v.name)) AS called (name)
WHERE n.jurisdiction_id = :id AND called.name <> '' GROUP BY called.name HAVING count(DISTINCT n.id) = 1
"""
_OUTLINES = """
SELECT n.id, ST_AsBinary(v.geom) AS geom FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id
WHERE n.jurisdiction_id = :id AND upper_inf(v.valid) AND ST_Dimension(v.geom) = 2 ORDER BY v.area_m2, n.id
"""
_THINGS = """
SELECT n.id, v.{column} AS holder, ST_AsBinary(v.geom) AS geom FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id
WHERE n.jurisdiction_id = :id AND upper_inf(v.valid) AND {open} ORDER BY n.id
"""
_LINK = """
UPDATE {noun}_version v SET {column} = f.holder FROM unnest(cast(:ids AS bigint[]), cast(:holders AS bigint[])) AS f (id, holder)
WHERE v.{noun}_id = f.id AND upper_inf(v.valid)
"""
