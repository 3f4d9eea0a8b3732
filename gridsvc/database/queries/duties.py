"""Who is on duty where: posts with duty phones for everybody, their holders for whoever reads the people there; what is vacant."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.kept import kept
from gridsvc.database.queries.units import UnitRow, by_ids
from gridsvc.domain.posts import tiers_needed
from gridsvc.domain.schemes import Scheme, Tier


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post at a unit or a building, and who holds it."""

    place: UUID
    appointment: UUID
    post: str
    """A tier's key of the scheme, or a key of domain.posts.POSTS."""
    deputy: bool
    roster: str
    """ordinary or urgent."""
    state: str
    """held, or proposed."""
    duty_phone: str | None
    since: datetime
    ends_on: date | None
    person: UUID | None
    name: str | None
    """In full; None for whoever may not read the people there."""


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A post that a place should have and nobody holds."""

    place: UUID
    tier: Tier
    since: datetime | None
    """None where nobody ever held it."""


def posts_at(session: Session, units: Sequence[UUID], buildings: Sequence[UUID] = ()) -> dict[UUID, list[PostRow]]:
    """Return the posts at each of these places, deputies last."""
    found: dict[UUID, list[PostRow]] = {}
    for row in session.execute(text("SELECT * FROM posts_at(:units, :buildings)"), {"units": list(units), "buildings": list(buildings)}):
        found.setdefault(row.place, []).append(PostRow(*row))
    return found


def vacancies(session: Session, scheme: Scheme, rows: Sequence[UnitRow]) -> dict[UUID, list[Vacancy]]:
    """Return what is vacant at these units of one jurisdiction; none anywhere where nobody was ever appointed."""
    tiers, found = {tier.key: tier for tier in scheme.tiers}, dict[UUID, list[Vacancy]]()
    needed = [tier for tier in tiers_needed(scheme) if not tier["at_buildings"]]
    given = {"units": [row.public_id for row in rows], "tiers": json.dumps(needed)}
    for row in session.execute(text("SELECT * FROM posts_vacant(:units, cast(:tiers AS jsonb))"), given) if rows and needed else ():
        found.setdefault(row.place, []).append(Vacancy(row.place, tiers[row.post], row.left_at))
    return found


@kept
def units_beside(session: Session, unit: UnitRow) -> list[UnitRow]:
    """Return the units of the same level that share a border with this one now, the longest border first, eight at most."""
    beside = session.scalars(text(_BESIDE), {"id": unit.id}).all()
    order = {each: at for at, each in enumerate(beside)}
    return sorted(by_ids(session, tuple(beside)), key=lambda row: order[row.id])


_BESIDE = """
SELECT other.unit_id FROM unit_version here JOIN unit_version other
  ON other.level = here.level AND other.kind <> 'remainder' AND other.unit_id <> here.unit_id
  AND other.jurisdiction_id = here.jurisdiction_id AND upper_inf(other.valid) AND other.geom && here.geom
WHERE here.unit_id = :id AND upper_inf(here.valid) AND ST_Dimension(ST_Intersection(other.geom, here.geom)) >= 1
ORDER BY ST_Length(ST_Intersection(other.geom, here.geom)) DESC, other.unit_id LIMIT 8
"""
