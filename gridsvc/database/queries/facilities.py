"""What stands in the grid, counted and listed by unit; what lies in no unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.findings import Box
from gridsvc.database.session import nobody_asks
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, may_anywhere, require


@dataclass(frozen=True, slots=True)
class FacilitySums:
    """What is of a place in a unit; children and remainder add up to it."""

    parking_lots: int
    capacity: int | None
    """How many spaces the sources of the lots say; None where none does."""
    parking_spaces: int
    """How many are drawn."""
    spaces_by_kind: dict[str, int]
    spaces_by_level: dict[str, int]
    """`unknown` where nobody has said."""
    fire_lanes: int
    """Those of which most runs here."""
    fire_lanes_m: float
    """The length that runs here."""


def together(sums: Sequence[FacilitySums]) -> FacilitySums | None:
    """Return the sums over places that do not overlap, None for none; a lane that runs through several counts in one of them."""
    if not sums:
        return None
    known = [each.capacity for each in sums if each.capacity is not None]
    kinds, levels = Counter[str](), Counter[str]()
    for each in sums:
        kinds.update(each.spaces_by_kind)
        levels.update(each.spaces_by_level)
    return FacilitySums(
        parking_lots=sum(each.parking_lots for each in sums),
        capacity=sum(known) if known else None,
        parking_spaces=sum(each.parking_spaces for each in sums),
        spaces_by_kind=dict(kinds),
        spaces_by_level=dict(levels),
        fire_lanes=sum(each.fire_lanes for each in sums),
        fire_lanes_m=sum(each.fire_lanes_m for each in sums),
    )


@dataclass(frozen=True, slots=True)
class Nowhere:
    """A thing that stands in no unit."""

    public_id: UUID
    ref: str
    """What its source calls it."""
    bounds: Box


def facility_sums(session: Session, paths: list[str], as_of: datetime | None = None) -> dict[str, FacilitySums]:
    """Return the sums by path, for those paths that lie wholly inside the reader's scopes."""
    if nobody_asks(session) or not paths:
        return {}
    rows = session.execute(_SUMS, {"paths": paths, "as_of": as_of})
    return {path: FacilitySums(*figures) for path, *figures in rows}


_SUMS = text("""
SELECT path, parking_lots, capacity, parking_spaces, spaces_by_kind, spaces_by_level, fire_lanes, fire_lanes_m
FROM facility_sums(cast(:paths AS ltree[]), :as_of)
""")


PAGE = 100
"""Rows of a page of what is protected."""


def rows_in(  # who asks what, where, when, and for which page
    session: Session, actor: Actor, function: str, path: str, as_of: datetime | None, page: int
) -> Iterator[tuple[Any, ...]]:
    """Give the rows that a function of sql/70_facilities.sql lists at or below a path, the box of each as its last field.

    Raise NotSignedIn or NotAllowed where the actor reads facilities nowhere.
    """
    if not may_anywhere(actor, Action.READ_FACILITIES):
        require(actor, Action.READ_FACILITIES, EVERYWHERE)
    given = {"path": path, "as_of": as_of, "most": PAGE, "skip": (page - 1) * PAGE}
    for *fields, west, south, east, north in session.execute(text(_ROWS.format(function=function)), given):
        yield *fields, (west, south, east, north)


_ROWS = "SELECT * FROM {function}(cast(:path AS ltree), :as_of, :most, :skip)"


def facility_tile(session: Session, actor: Actor, layer: str, tile: tuple[int, int, int]) -> bytes:
    """Return a vector tile (z, x, y) of parking_lots, parking_spaces or fire_lanes inside the actor's scopes.

    Raise NotSignedIn or NotAllowed where the actor reads facilities nowhere.
    """
    if not may_anywhere(actor, Action.READ_FACILITIES):
        require(actor, Action.READ_FACILITIES, EVERYWHERE)
    z, x, y = tile
    return bytes(session.execute(_TILES[layer], {"z": z, "x": x, "y": y}).scalar_one())


_TILES = {name: text(f"SELECT tile_{name}(:z, :x, :y)") for name, facility in FACILITIES.items() if not facility.is_public}


def nowhere(session: Session, jurisdiction_id: int, name: str, limit: int = 20) -> tuple[int, list[Nowhere]]:
    """Return how many things of a noun (`buildings`, or a key of FACILITIES) stand in no unit, and the first of them by number."""
    noun = FACILITIES[name].noun if name in FACILITIES else "building"
    rows = session.execute(text(_NOWHERE.format(noun=noun)), {"id": jurisdiction_id, "limit": limit}).all()
    found = [Nowhere(row.public_id, row.source_ref, (row.west, row.south, row.east, row.north)) for row in rows]
    return rows[0].total if rows else 0, found


_NOWHERE = """
SELECT n.public_id, n.source_ref, count(*) OVER () AS total,
       ST_XMin(v.geom) AS west, ST_YMin(v.geom) AS south, ST_XMax(v.geom) AS east, ST_YMax(v.geom) AS north
FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND upper_inf(v.valid)
WHERE n.jurisdiction_id = :id AND NOT EXISTS (SELECT FROM {noun}_place p WHERE p.{noun}_id = n.id AND upper_inf(p.valid))
ORDER BY n.source_ref, n.id LIMIT :limit
"""


def unit_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return what units are called, or were when they ended."""
    stored = "SELECT DISTINCT ON (unit_id) unit_id, name FROM unit_version WHERE unit_id = ANY(:ids) ORDER BY unit_id, lower(valid) DESC"
    rows: Iterable[Row[Any]] = session.execute(text(stored), {"ids": list(ids)})
    return {row.unit_id: row.name for row in rows}
