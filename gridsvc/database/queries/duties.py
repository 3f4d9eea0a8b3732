"""Who is on duty where: posts with duty phones for everybody, their holders for whoever reads the people there; what is vacant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gridsvc.database.kept import kept
from gridsvc.database.queries.units import UnitRow, by_ids
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


def vacancies(session: Session, scheme: Scheme, rows: Sequence[UnitRow], posts: dict[UUID, list[PostRow]]) -> dict[UUID, list[Vacancy]]:
    """Return what is vacant at these units of one jurisdiction; none anywhere where nobody was ever appointed."""
    needed = {row.public_id: tiers for row in rows if (tiers := tiers_at(scheme, row))}
    held = {(place, post.post) for place, found in posts.items() for post in found if post.state == "held" and not post.deputy}
    empty = {place: [tier for tier in tiers if (place, tier.key) not in held] for place, tiers in needed.items()}
    empty = {place: tiers for place, tiers in empty.items() if tiers}
    if not empty or not session.scalar(text("SELECT has_posts(:id)"), {"id": rows[0].jurisdiction_id}):
        return {}
    left = {(row.place, row.post): row.left_at for row in _left(session, list(empty))}
    return {place: [Vacancy(place, tier, left.get((place, tier.key))) for tier in tiers] for place, tiers in empty.items()}


def tiers_at(scheme: Scheme, row: UnitRow) -> list[Tier]:
    """Return the tiers of which a unit needs somebody."""
    key = scheme.levels[row.level - 1].key if row.kind != "remainder" and 0 < row.level <= len(scheme.levels) else None
    return [tier for tier in scheme.tiers if key in tier.at and tier.holders_min]


@kept
def units_beside(session: Session, unit: UnitRow) -> list[UnitRow]:
    """Return the units of the same level that share a border with this one now, the longest border first, eight at most."""
    beside = session.scalars(text(_BESIDE), {"id": unit.id}).all()
    order = {each: at for at, each in enumerate(beside)}
    return sorted(by_ids(session, tuple(beside)), key=lambda row: order[row.id])


def _left(session: Session, places: list[UUID]) -> Sequence[Row[Any]]:
    return session.execute(text("SELECT place, post, left_at FROM posts_left(:places)"), {"places": places}).all()


_BESIDE = """
SELECT other.unit_id FROM unit_version here JOIN unit_version other
  ON other.level = here.level AND other.kind <> 'remainder' AND other.unit_id <> here.unit_id
  AND other.jurisdiction_id = here.jurisdiction_id AND upper_inf(other.valid) AND other.geom && here.geom
WHERE here.unit_id = :id AND upper_inf(here.valid) AND ST_Dimension(ST_Intersection(other.geom, here.geom)) >= 1
ORDER BY ST_Length(ST_Intersection(other.geom, here.geom)) DESC, other.unit_id LIMIT 8
"""
