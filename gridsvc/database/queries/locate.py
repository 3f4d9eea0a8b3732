"""Whose ground is this point: the chain of units, the building, the compound; now from resident data, history from SQL.

The border rule: a point within one step of the grid (lookup.BORDER_DEG, about 1 mm) of a border stands on it; it belongs to the
lowest code there, remainders last, and the answer names the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.crs import STORED
from geodata.lookup import BORDER_DEG
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdictions
from gridsvc.database.resident import BuildingRef, CompoundRef, Ground, UnitRef, current
from gridsvc.errors import NotFound


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point stands; nothing but its position where it stands in no unit."""

    lon: float
    lat: float
    jurisdiction: str | None = None
    chain: tuple[UnitRef, ...] = ()
    """From the top to a leaf or remainder."""
    on_border_with: tuple[UnitRef, ...] = ()
    building: BuildingRef | None = None
    compound: CompoundRef | None = None

    @property
    def remainder(self) -> bool:
        """Say whether it stands on ground of a unit that none of its children covers."""
        return bool(self.chain) and self.chain[-1].kind == "remainder"


def locate(lon: float, lat: float, slug: str | None = None) -> Located:
    """Return where a point (degrees, EPSG:4490) stands now, in one jurisdiction or in the first by short name that holds it."""
    for ground in grounds(slug):
        index, others = ground.leaves.locate(lon, lat)
        if index >= 0:
            return _located(ground, lon, lat, index, others)
    return Located(lon, lat)


def locate_many(lons: NDArray[np.float64], lats: NDArray[np.float64], slug: str | None = None) -> Iterator[Located]:
    """Return the same for many points, in their order."""
    held: list[Located | None] = [None] * len(lons)
    for ground in grounds(slug):
        open_rows = np.flatnonzero([found is None for found in held])
        if not len(open_rows):
            break
        here = ground.leaves.locate_many(lons[open_rows], lats[open_rows])
        others: dict[int, list[int]] = {}
        for row, other in zip(here.other_point.tolist(), here.other_polygon.tolist(), strict=True):
            others.setdefault(row, []).append(other)
        for row in np.flatnonzero(here.polygon >= 0).tolist():
            at = int(open_rows[row])
            held[at] = _located(ground, float(lons[at]), float(lats[at]), int(here.polygon[row]), others.get(row, ()))
    for row, located in enumerate(held):
        yield located or Located(float(lons[row]), float(lats[row]))


def grounds(slug: str | None) -> Iterable[Ground]:
    """Return the resident ground of one jurisdiction or of all by short name; raise NotFound for an unknown one."""
    known = current().grounds
    if slug is None:
        return known.values()
    if slug not in known:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
    return (known[slug],)


def _located(ground: Ground, lon: float, lat: float, index: int, others: Sequence[int]) -> Located:
    chains = ground.chains
    building, compound = _first(ground.buildings, lon, lat), _first(ground.compounds, lon, lat)
    return Located(lon, lat, ground.jurisdiction.slug, chains[index], tuple(chains[other][-1] for other in others), building, compound)


def _first(found: tuple[Any, list[Any]], lon: float, lat: float) -> Any:  # noqa: ANN401  # a building or a compound
    cells, refs = found
    index, _ = cells.locate(lon, lat)
    return refs[index] if index >= 0 else None


def locate_at(session: Session, lon: float, lat: float, as_of: datetime, slug: str | None = None) -> Located:
    """Return where a point stood at an instant, by the same rule; raise NotFound for an unknown jurisdiction."""
    known = {row.slug: row for row in jurisdictions(session)}
    if slug is not None and slug not in known:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
    for jurisdiction in known.values():
        if slug in (None, jurisdiction.slug):
            given = {"id": jurisdiction.id, "lon": lon, "lat": lat, "as_of": as_of, "near": BORDER_DEG}
            leaves = session.execute(text(_LEAVES), given).all()
            if leaves:
                return _located_then(session, jurisdiction, given, leaves)
    return Located(lon, lat)


_POINT = f"ST_SetSRID(ST_MakePoint(:lon, :lat), {STORED})"
_LEAVES = f"""
SELECT v.path FROM unit_version v
WHERE v.jurisdiction_id = :id AND v.leaf AND v.valid @> cast(:as_of AS timestamptz) AND ST_DWithin(v.geom, {_POINT}, :near)
ORDER BY v.kind = 'remainder', v.code COLLATE "C" NULLS LAST, v.unit_id
"""
_CHAIN = """
SELECT u.id, u.public_id, v.level, v.kind, v.code, v.name
FROM unit_version v JOIN unit u ON u.id = v.unit_id
WHERE v.jurisdiction_id = :id AND v.valid @> cast(:as_of AS timestamptz) AND v.path @> cast(:path AS ltree) ORDER BY nlevel(v.path)
"""
_BUILDING = f"""
SELECT b.public_id, v.name FROM building_version v JOIN building b ON b.id = v.building_id
WHERE b.jurisdiction_id = :id AND v.valid @> cast(:as_of AS timestamptz) AND ST_DWithin(v.geom, {_POINT}, :near) ORDER BY b.id LIMIT 1
"""
_COMPOUND = f"""
SELECT c.public_id, v.name FROM compound_version v JOIN compound c ON c.id = v.compound_id
WHERE c.jurisdiction_id = :id AND v.valid @> cast(:as_of AS timestamptz) AND ST_DWithin(v.geom, {_POINT}, :near)
ORDER BY v.area_m2, c.id LIMIT 1
"""


def _located_then(session: Session, jurisdiction: JurisdictionRow, given: dict[str, Any], leaves: Sequence[Row[Any]]) -> Located:
    levels = jurisdiction.scheme.levels

    def chain(path: str) -> tuple[UnitRef, ...]:
        rows = session.execute(text(_CHAIN), given | {"path": path})
        names = ((row, levels[min(row.level, len(levels)) - 1]) for row in rows)
        return tuple(
            UnitRef(row.id, row.public_id, row.level, row.kind, row.code, row.name, level.name_zh, level.name_en) for row, level in names
        )

    building = session.execute(text(_BUILDING), given).one_or_none()
    compound = session.execute(text(_COMPOUND), given).one_or_none()
    return Located(
        given["lon"],
        given["lat"],
        jurisdiction.slug,
        chain(leaves[0].path),
        tuple(chain(leaf.path)[-1] for leaf in leaves[1:]),
        BuildingRef(*building) if building else None,
        CompoundRef(*compound) if compound else None,
    )
