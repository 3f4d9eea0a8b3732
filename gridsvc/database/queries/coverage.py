"""The current coverage of a jurisdiction, whole, for those who change it."""

from __future__ import annotations

from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from sqlalchemy import ColumnElement, Pool, func, select, text
from sqlalchemy.orm import Session

from geodata.topology import Geometries
from gridsvc.database.tables import UnitVersion
from gridsvc.domain.coverage import Coverage, Frame, UnitState


def coverage(session: Session, jurisdiction_id: int) -> Coverage:
    """Return all current units of a jurisdiction, the oldest first."""
    return coverage_where(session, UnitVersion.jurisdiction_id == jurisdiction_id, func.upper_inf(UnitVersion.valid))


def coverage_where(session: Session, *conditions: ColumnElement[bool]) -> Coverage:
    """Return the units of the versions that fulfil the conditions, one of each unit, the oldest first."""
    v = UnitVersion
    columns = (
        v.unit_id,
        v.parent_id,
        v.level,
        v.name,
        v.kind,
        v.code,
        v.source,
        v.source_digest,
        func.ST_AsBinary(v.geom).label("ground"),
        func.ST_AsBinary(v.reported).label("reported"),
    )
    rows = session.execute(select(*columns).where(*conditions).order_by(v.unit_id)).all()
    place_of = {row.unit_id: place for place, row in enumerate(rows)}
    ground, reported = from_wkb([row.ground for row in rows]), from_wkb([row.reported for row in rows])
    return Coverage(
        UnitState(
            level=row.level,
            name=row.name,
            kind=row.kind,
            code=row.code,
            parent=place_of.get(row.parent_id),
            unit_id=row.unit_id,
            ground=simplest(ground[place]),
            reported=reported[place],
            source=row.source,
            source_digest=row.source_digest,
        )
        for place, row in enumerate(rows)
    )


def frame(session: Session, jurisdiction_id: int, mark: Mark | None = None) -> Frame:
    """Return all current units of a jurisdiction as `coverage` does, kept in this process until the next edition.

    They are public, and change with an edition only. `mark` is that of the last one where the caller has asked.
    """
    mark = mark or _mark(session, jurisdiction_id)
    while (known := _kept(session, jurisdiction_id, mark)) is None:
        _frames[session.get_bind().engine.pool][jurisdiction_id] = mark, Frame(coverage(session, jurisdiction_id).units)
        mark = _mark(session, jurisdiction_id)  # it stays only if no edition came meanwhile
    return known


def kept_frame(session: Session, jurisdiction_id: int) -> Frame | None:
    """Return the same where this process has read it already, for who needs few of the units; else None."""
    return _kept(session, jurisdiction_id, _mark(session, jurisdiction_id))


def _kept(session: Session, jurisdiction_id: int, mark: Mark) -> Frame | None:
    known = _frames.setdefault(session.get_bind().engine.pool, {}).get(jurisdiction_id)
    return known[1] if known and known[0] == mark else None


def _mark(session: Session, jurisdiction_id: int) -> Mark:
    edition = session.execute(_EDITION, {"id": jurisdiction_id}).one_or_none()
    return (None, None) if edition is None else tuple(edition)


Mark: TypeAlias = tuple[Any, ...]
"""Id and instant of an edition, which tell it from another; None for both where there is none."""
_frames: WeakKeyDictionary[Pool, dict[int, tuple[Mark, Frame]]] = WeakKeyDictionary()
_EDITION = text("SELECT id, published_at FROM edition WHERE jurisdiction_id = :id ORDER BY id DESC LIMIT 1")


def from_wkb(values: list[bytes | None]) -> Geometries:
    """Return an array of geometries from what ST_AsBinary answered."""
    return np.asarray(shapely.from_wkb([None if value is None else bytes(value) for value in values]), dtype=object)


def simplest(ground: shapely.MultiPolygon) -> shapely.Polygon | shapely.MultiPolygon:
    """Return a multipolygon of one part as that part."""
    return ground.geoms[0] if len(ground.geoms) == 1 else ground
