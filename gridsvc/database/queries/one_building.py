"""One building in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.buildings import households_of
from gridsvc.database.queries.time import holds
from gridsvc.domain.paths import building_path, jurisdiction_path


@dataclass(frozen=True, slots=True)
class OneBuilding:
    """A building with where it stands and, for those who may read it, how many households it has."""

    public_id: UUID
    jurisdiction_id: int
    name: str | None
    use: str | None
    floors: int | None
    height_m: float | None
    footprint_m2: float
    unit_public_id: UUID | None
    """The leaf it belongs to; None where it stands in none."""
    path: str
    share: float | None
    """0 to 1: how much of the footprint lies in that leaf."""
    pinned: bool
    reason: str | None
    compound_public_id: UUID | None
    compound_name: str | None
    households: int | None
    geojson: str


def one_building(session: Session, public_id: UUID, as_of: datetime | None = None) -> OneBuilding | None:
    """Return a building, None where there is none of this id at that time."""
    row = session.execute(
        text(f"""
        SELECT b.id, b.public_id, b.jurisdiction_id, v.name, v.use, v.floors, v.height_m, v.footprint_m2, u.public_id AS unit_public_id,
               place.path::text AS leaf, p.share, coalesce(p.pinned, false) AS pinned, p.reason, c.public_id AS compound_public_id,
               cv.name AS compound_name, ST_AsGeoJSON(v.geom, 8, 0) AS geojson
        FROM building b
        JOIN building_version v ON v.building_id = b.id AND {holds("v", as_of)}
        LEFT JOIN building_place p ON p.building_id = b.id AND {holds("p", as_of)}
        LEFT JOIN unit u ON u.id = p.unit_id
        LEFT JOIN unit_version place ON place.unit_id = u.id AND {holds("place", as_of)}
        LEFT JOIN compound c ON c.id = v.compound_id
        LEFT JOIN compound_version cv ON cv.compound_id = c.id AND {holds("cv", as_of)}
        WHERE b.public_id = :id
        """),
        {"id": public_id, "as_of": as_of},
    ).one_or_none()
    if row is None:
        return None
    path = building_path(row.leaf or jurisdiction_path(row.jurisdiction_id), row.id)
    return OneBuilding(
        public_id=row.public_id, jurisdiction_id=row.jurisdiction_id, name=row.name, use=row.use, floors=row.floors, height_m=row.height_m,
        footprint_m2=row.footprint_m2, unit_public_id=row.unit_public_id, path=path, share=row.share, pinned=row.pinned, reason=row.reason,
        compound_public_id=row.compound_public_id, compound_name=row.compound_name,
        households=households_of(session, [path], as_of).get(path), geojson=row.geojson,
    )  # fmt: skip
