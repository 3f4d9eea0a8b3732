"""Which ground somebody leads, by posts and by grants, and which somebody lives in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import Box
from gridsvc.database.queries import units
from gridsvc.domain.paths import covers
from gridsvc.domain.permissions import Actor, Role

LEADING = frozenset({Role.GRID_LEADER, Role.GRID_WORKER, Role.DATA_CLERK, Role.STREET_OFFICE, Role.PARTY_OFFICE})
"""A grant of one of these is ground of one's own; others look at ground that is others'."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post that one holds oneself."""

    post: str
    """A tier's key of the scheme, or a key of domain.posts.POSTS."""
    roster: str
    """ordinary or urgent."""
    deputy: bool
    duty_phone: str | None
    since: datetime
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Area:
    """A unit or a building that one leads, or lives in."""

    path: str
    kind: Literal["unit", "building"]
    public_id: UUID
    jurisdiction_id: int
    name: str | None
    level: int | None
    """None for a building."""
    code: str | None
    bounds: Box
    posts: tuple[Post, ...] = ()
    roles: tuple[Role, ...] = ()
    """What one was granted there, or has by a post."""


def led_by(session: Session, actor: Actor) -> list[Area]:
    """Return what the actor leads, by posts held today and by grants, widest first; a place inside another stands for itself."""
    if actor.account_id is None:
        return []
    posts: dict[str, list[Post]] = {}
    for row in session.execute(text("SELECT post, roster, deputy, duty_phone, since, ends_on, paths FROM own_posts()")):
        for path in row.paths:
            posts.setdefault(path, []).append(Post(row.post, row.roster, row.deputy, row.duty_phone, row.since, row.ends_on))
    roles: dict[str, list[Role]] = {}
    for grant in actor.grants:
        if grant.role in LEADING and grant.path:
            roles.setdefault(grant.path, []).append(grant.role)
    return _areas(session, posts, roles)


def lived_in(session: Session, actor: Actor) -> Area | None:
    """Return the building where the actor's own person lives, None where none is known."""
    home = None if actor.account_id is None else session.scalar(text("SELECT own_home()"))
    return next(iter(_buildings(session, [_number(home)])), None) if home else None


def at_paths(session: Session, paths: Sequence[str]) -> dict[str, Area]:
    """Return the unit or building that each path names today, where there is one."""
    return {led.path: led for led in _areas(session, {}, {path: [] for path in paths})}


def widest(areas: Sequence[Area]) -> list[Area]:
    """Return those areas that lie in no other one; where some carry a right, the ground of posts without one is left out."""
    led = [each for each in areas if each.roles] or areas
    return [each for each in led if not any(other.path != each.path and covers(other.path, each.path) for other in led)]


def chain_of(session: Session, path: str) -> list[units.UnitRow]:
    """Return the units at and above a path, the top one first; a building's own label is none."""
    ids = [int(label, 36) for label in path.split(".")[1:] if not label.startswith("b_")]
    found = {row.id: row for row in units.by_ids(session, tuple(ids))}
    return [found[each] for each in ids if each in found]


def _areas(session: Session, posts: dict[str, list[Post]], roles: dict[str, list[Role]]) -> list[Area]:
    paths = posts.keys() | roles.keys()
    numbers = {path: _number(path) for path in paths if "." in path}
    rows = {row.path: row for row in units.by_ids(session, tuple(number for path, number in numbers.items() if not _is_building(path)))}
    rows |= {path: row for path in paths - numbers.keys() if (row := units.start(session, int(path[1:], 36)))}
    found = [_of_unit(path, row) for path, row in rows.items()]
    found += _buildings(session, [number for path, number in numbers.items() if _is_building(path)])
    areas = [replace(led, posts=tuple(posts.get(led.path, ())), roles=tuple(roles.get(led.path, ()))) for led in found]
    return sorted(areas, key=lambda led: (led.jurisdiction_id, led.path.count("."), led.code or "", led.name or "", led.path))


def _of_unit(path: str, row: units.UnitRow) -> Area:
    return Area(path, "unit", row.public_id, row.jurisdiction_id, row.name, row.level, row.code, row.bounds)


def _buildings(session: Session, ids: list[int]) -> list[Area]:
    if not ids:
        return []
    return [
        Area(row.path, "building", row.public_id, row.jurisdiction_id, row.name, None, None, (row.west, row.south, row.east, row.north))
        for row in session.execute(text(_BUILDINGS), {"ids": ids})
    ]


def _is_building(path: str) -> bool:
    return path.rpartition(".")[2].startswith("b_")


def _number(path: str) -> int:
    return int(path.rpartition(".")[2].removeprefix("b_"), 36)


_BUILDINGS = """
SELECT b.public_id, b.jurisdiction_id, v.name, building_path(b.id)::text AS path,
       ST_XMin(v.geom) AS west, ST_YMin(v.geom) AS south, ST_XMax(v.geom) AS east, ST_YMax(v.geom) AS north
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid) WHERE b.id = ANY (:ids)
"""
