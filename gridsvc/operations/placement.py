"""Keeping what stands in the grid in the leaves where its geometry puts it, set-based; pinned things stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import shapely
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.assignment import Ints
from geodata.lookup import Cells
from geodata.topology import Geometries
from gridsvc.database.copying import fill_temporary
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.near import boxes, near
from gridsvc.database.statistics import take_statistics
from gridsvc.domain.facilities import FACILITIES, Facility
from gridsvc.domain.standing import Stand, Stands, by_geometry, main
from gridsvc.operations.progress import report


@dataclass(frozen=True, slots=True)
class Moved:
    """A thing whose leaf, or the leaf with most of it, became another, from none or to none."""

    thing_id: int
    old_unit_id: int | None
    new_unit_id: int | None


class Ground:
    """The leaves of a jurisdiction by rank, and its buildings with the leaf of each: all, or what lies around some shapes."""

    def __init__(self, session: Session, jurisdiction_id: int, around: Geometries | None = None) -> None:
        self._session, self._id = session, jurisdiction_id
        self._boxes = boxes(around) if around is not None and len(around) <= FEW else None
        rows = self._rows(_LEAVES, "v.id", "unit_version")
        self.unit_ids = np.array([row.unit_id for row in rows], dtype=np.int64)
        self.leaves = from_wkb([row.geom for row in rows])

    def _rows(self, query: str, column: str, table: str) -> Sequence[Row[Any]]:
        where = "" if self._boxes is None else f"AND {column} = ANY ({near(table)})"
        return self._session.execute(text(query.format(where=where)), {"id": self._id, "boxes": self._boxes}).all()

    @cached_property
    def leaf_ids(self) -> set[int]:
        """Give the units of all leaves, wherever they lie."""
        return set(self._session.scalars(text(_LEAF_IDS), {"id": self._id}))

    @cached_property
    def _cells(self) -> Cells:
        return Cells(self.leaves)

    def leaf_at(self, points: Geometries) -> Ints:
        """Return the index of the leaf that each point stands in, on a border the first one; -1 for none."""
        return self._cells.locate_many(shapely.get_x(points), shapely.get_y(points)).polygon

    @cached_property
    def buildings(self) -> tuple[Geometries, Ints]:
        """Give the footprints of placed buildings, and their units."""
        rows = self._rows(_BUILDINGS, "v.id", "building_version")
        return from_wkb([row.geom for row in rows]), np.array([row.unit_id for row in rows], dtype=np.int64)


FEW = 5000
"""More shapes than these are placed upon all ground rather than upon what is found around each."""
_LEAVES = """
SELECT unit_id, ST_AsBinary(geom) AS geom FROM unit_version v
WHERE jurisdiction_id = :id AND upper_inf(valid) AND leaf {where} ORDER BY kind = 'remainder', code COLLATE "C" NULLS LAST, unit_id
"""
_LEAF_IDS = "SELECT unit_id FROM unit_version WHERE jurisdiction_id = :id AND upper_inf(valid) AND leaf"
_BUILDINGS = """
SELECT p.unit_id, ST_AsBinary(v.geom) AS geom
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
JOIN building_place p ON p.building_id = b.id AND upper_inf(p.valid)
WHERE b.jurisdiction_id = :id {where} ORDER BY b.id
"""


def place_facilities(
    session: Session,
    jurisdiction_id: int,
    at: datetime,
    names: Iterable[str] = FACILITIES,
    *,
    changed: bool = False,
    around: Geometries | None = None,
) -> dict[str, list[Moved]]:
    """Place the things of these nouns anew, and return by noun those whose leaf changed.

    What lies in a building takes the building's leaf; in the open a point takes the leaf it stands in (on a border the lowest code),
    an area the one with the largest overlap, a line every one that it runs through. A pin ends with its leaf. `changed` leaves alone
    what is older than its place, and whose leaf and buildings are; `around` leaves alone what lies outside these grounds.
    """
    place = _Placing(session, jurisdiction_id, at, changed, around)
    report(session, "Placing what stands in the grid …")
    return {name: place(FACILITIES[name]) for name in names}


@dataclass(frozen=True)
class _Placing:
    """Things of one noun after the other being placed; the ground is read once."""

    session: Session
    jurisdiction_id: int
    at: datetime
    changed: bool
    around: Geometries | None

    @cached_property
    def _whole(self) -> Ground:
        return Ground(self.session, self.jurisdiction_id)

    def __call__(self, facility: Facility) -> list[Moved]:
        rows = self._things(facility)
        if not rows:
            return []
        ids, shapes = [row.id for row in rows], from_wkb([row.geom for row in rows])
        ground = Ground(self.session, self.jurisdiction_id, shapes) if len(shapes) <= FEW else self._whole
        before, pinned = stands_of(self.session, self.jurisdiction_id, facility.noun, ids)
        kept = {thing for thing, unit in pinned if unit in ground.leaf_ids}
        now = by_geometry(ids, shapes, ground)
        both = {thing: (before.get(thing, {}), now.get(thing, {})) for thing in ids if thing not in kept}
        changed = {thing: (old, new) for thing, (old, new) in both.items() if not _same(old, new)}
        put_places(self.session, facility, changed, self.at)
        return [Moved(thing, main(old), main(new)) for thing, (old, new) in changed.items() if main(old) != main(new)]

    def _things(self, facility: Facility) -> Sequence[Row[Any]]:
        query, given = _THINGS + (_CHANGED if self.changed else ""), {"id": self.jurisdiction_id}
        if self.around is not None:
            found = near(f"{facility.noun}_version") if facility.is_public else f"ARRAY (SELECT facilities_near('{facility.noun}', :boxes))"
            return self.session.execute(
                text(f"{query} AND v.id = ANY ({found})".format(noun=facility.noun)), given | {"boxes": boxes(self.around)}
            ).all()
        return self.session.execute(text(query.format(noun=facility.noun)), given).all()


_THINGS = """
SELECT n.id, ST_AsBinary(v.geom) AS geom FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND upper_inf(v.valid)
WHERE n.jurisdiction_id = :id
"""
_CHANGED = """
AND NOT EXISTS (
  SELECT FROM {noun}_place p JOIN unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid) AND u.leaf
  WHERE p.{noun}_id = n.id AND upper_inf(p.valid) AND lower(p.valid) >= greatest(lower(v.valid), lower(u.valid)) AND NOT EXISTS (
    SELECT FROM building_version b JOIN building_place bp ON bp.building_id = b.building_id AND upper_inf(bp.valid)
    WHERE upper_inf(b.valid) AND b.geom && v.geom AND greatest(lower(b.valid), lower(bp.valid)) > lower(p.valid)))
"""


def _same(old: Stands, new: Stands) -> bool:
    return old.keys() == new.keys() and all(stand.is_like(old[unit]) for unit, stand in new.items())


def stands_of(
    session: Session, jurisdiction_id: int, noun: str, things: list[int] | None = None
) -> tuple[dict[int, Stands], set[tuple[int, int]]]:
    """Return where each thing (or each of these) stands, and the thing and unit of every pin."""
    length = "p.length_m" if noun == "fire_lane" else "cast(NULL AS double precision)"
    query = f"""
    SELECT p.{noun}_id AS thing, p.unit_id, p.share, {length} AS length_m, p.pinned, lower(p.valid) AS since
    FROM {noun}_place p JOIN {noun} n ON n.id = p.{noun}_id WHERE n.jurisdiction_id = :id AND upper_inf(p.valid)
    """ + ("" if things is None else "AND n.id = ANY(:things)")
    stands: dict[int, Stands] = defaultdict(dict)
    pinned = set()
    for row in session.execute(text(query), {"id": jurisdiction_id, "things": things}):
        stands[row.thing][row.unit_id] = Stand(row.share, row.length_m, row.since)
        if row.pinned:
            pinned.add((row.thing, row.unit_id))
    return stands, pinned


Change: TypeAlias = tuple[Stands, Stands]
"""Where a thing stands, and where it will."""


def put_places(session: Session, facility: Facility, changed: dict[int, Change], at: datetime, reason: str | None = None) -> None:
    """Replace the places of things from `at` on, or from when the replaced ones began; with a reason the new ones are pinned."""
    ending = [
        (thing, unit) for thing, (old, new) in changed.items() for unit, stand in old.items() if not _stays(stand, new.get(unit), reason)
    ]
    opening = [
        (thing, unit, max([at, *(each.since for each in old.values() if each.since)]), stand.share, stand.length_m)
        for thing, (old, new) in changed.items()
        for unit, stand in new.items()
        if unit not in old or not _stays(old[unit], stand, reason)
    ]
    noun, more = facility.noun, ", length_m" if facility.noun == "fire_lane" else ""
    if ending:
        things, units = map(list, zip(*ending, strict=True))
        session.execute(text(_END.format(noun=noun)), {"things": things, "units": units, "at": at})
    if opening:
        fill_temporary(session, "opening", _OPENING, opening)
        session.execute(text(_BEGIN.format(noun=noun, more=more)), {"reason": reason, "pinned": reason is not None})
        take_statistics(session, len(opening), f"{noun}_place")


def _stays(old: Stand, new: Stand | None, reason: str | None) -> bool:
    return reason is None and new is not None and new.is_like(old)


_OPENING = {"thing": "bigint", "unit": "bigint", "since": "timestamptz", "share": "double precision", "length_m": "double precision"}
_END = """
UPDATE {noun}_place p SET valid = tstzrange(lower(p.valid), greatest(:at, lower(p.valid)))
FROM unnest(cast(:things AS bigint[]), cast(:units AS bigint[])) AS e (thing, unit)
WHERE p.{noun}_id = e.thing AND p.unit_id = e.unit AND upper_inf(p.valid)
"""
_BEGIN = """
INSERT INTO {noun}_place ({noun}_id, unit_id, valid, share, pinned, reason{more})
SELECT thing, unit, tstzrange(since, NULL), share, :pinned, cast(:reason AS text){more}
FROM opening
"""
