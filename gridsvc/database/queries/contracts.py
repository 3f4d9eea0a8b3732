"""Contracts (包联): who looks after whom, how many are covered, and what is proposed; of a person, read under rights alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gridsvc.database.session import nobody_asks
from gridsvc.domain.contracts import Range
from gridsvc.domain.ledger.numerals import in_order
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, may_anywhere, require
from gridsvc.errors import NotFound


def contract_sums(session: Session, paths: Sequence[str], wanted: Range) -> dict[str, Row[Any]]:
    """Return by path how many dwellings are covered and how many members have none, too few, enough or too many.

    Only for paths that lie wholly inside the reader's scopes. Members are those who live there and are not exempt.
    """
    if nobody_asks(session) or not paths:
        return {}
    given = {"paths": list(paths), "low": wanted.low, "high": wanted.high}
    rows = session.execute(text("SELECT * FROM contract_sums(cast(:paths AS ltree[]), :low, :high)"), given)
    return {row.path: row for row in rows}


class Contracted(NamedTuple):
    """A household of a member."""

    household: UUID
    building: UUID
    building_name: str | None
    compound: str | None
    entrance: str
    room: str
    use: str
    since: datetime


def contracts_of(session: Session, actor: Actor, person_id: UUID) -> list[Contracted]:
    """Return the households that somebody looks after and the actor may see; raise where that is none anywhere."""
    if not may_anywhere(actor, Action.READ_PEOPLE):
        require(actor, Action.READ_PEOPLE, EVERYWHERE)
    return [Contracted(*row) for row in session.execute(text("SELECT * FROM contracts_of(:id)"), {"id": person_id})]


class Taker(NamedTuple):
    """A member who may look after households near home."""

    id: int
    public_id: UUID
    name: str
    """In full: whoever shows it masks it."""
    home: str | None
    """The name of the building."""
    held: int
    """How many households the member looks after."""


def takers(session: Session, actor: Actor, path: str) -> list[Taker]:
    """Return the members who live at or below a path and are not exempt, who looks after fewest first; raise as `require` does."""
    require(actor, Action.ASSIGN_CONTRACTS, path)
    return [Taker(*row) for row in session.execute(text(_TAKERS), {"path": path})]


_TAKERS = """
SELECT p.id, p.public_id, v.name, b.name, m.held FROM members_to_assign(cast(:path AS ltree)) m JOIN person p ON p.id = m.person_id
JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid)
LEFT JOIN building_version b ON b.building_id = m.home AND upper_inf(b.valid) ORDER BY m.held, b.name, v.name, p.id
"""


class ProposalRow(NamedTuple):
    """A proposed share-out."""

    id: int
    public_id: UUID
    path: str
    asked_at: datetime
    by: str | None
    state: str
    low: int
    high: int
    summary: dict[str, Any]


_PROPOSALS = """
SELECT p.id, p.public_id, p.path::text, p.asked_at, a.name, p.state, p.low, p.high, p.summary
FROM contract_proposal p LEFT JOIN account a ON a.id = p.account_id WHERE {where} ORDER BY p.id DESC LIMIT 50
"""


def proposals(session: Session, actor: Actor, path: str) -> list[ProposalRow]:
    """Return the proposals at or below a path, newest first; raise where the actor may assign nowhere."""
    _require_assigner(actor)
    rows = session.execute(text(_PROPOSALS.format(where="p.path <@ cast(:path AS ltree)")), {"path": path})
    return [ProposalRow(*row) for row in rows]


def proposal(session: Session, actor: Actor, public_id: UUID) -> ProposalRow:
    """Return a proposal; raise NotFound where there is none, or not for the actor."""
    _require_assigner(actor)
    row = session.execute(text(_PROPOSALS.format(where="p.public_id = :id")), {"id": public_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such proposal here.")
    return ProposalRow(*row)


class Share(NamedTuple):
    """What a member would look after in one building."""

    person: UUID
    person_name: str | None
    """In full: whoever shows it masks it."""
    home: int | None
    building: int
    dwellings: int
    distance_m: float


def shares(session: Session, actor: Actor, public_id: UUID, path: str) -> list[Share]:
    """Return what each member would look after by a proposal at or below a path, member by member, the nearest building first."""
    _require_assigner(actor)
    return [Share(*row) for row in session.execute(text(_SHARES), {"id": public_id, "path": path})]


_SHARES = "SELECT * FROM proposed_shares(:id, cast(:path AS ltree)) ORDER BY home, person, distance_m, building"


class Footprint(NamedTuple):
    """A building as a map of shares draws it."""

    id: int
    name: str | None
    geom: bytes
    """WKB, EPSG:4490."""


def footprints(session: Session, ids: Sequence[int]) -> list[Footprint]:
    """Return these buildings as they stand, by id."""
    return [Footprint(*row) for row in session.execute(text(_FOOTPRINTS), {"ids": list(set(ids))})]


_FOOTPRINTS = """
SELECT building_id, name, ST_AsBinary(geom) FROM building_version WHERE building_id = ANY(:ids) AND upper_inf(valid) ORDER BY building_id
"""


def units_that_share(session: Session, path: str, level: int) -> Sequence[Row[Any]]:
    """Return public_id, name and path of the units at or below a path that share out by themselves: of a level, or leaves above it."""
    rows = session.execute(text(_SHARING), {"path": path, "level": level})
    return sorted(rows, key=lambda row: (row.code is None, row.code or "", in_order(row.name)))


_SHARING = """
SELECT u.public_id, v.name, v.path::text, v.code FROM unit_version v JOIN unit u ON u.id = v.unit_id
WHERE v.path <@ cast(:path AS ltree) AND upper_inf(v.valid) AND v.kind <> 'remainder'
  AND (v.level = :level OR (v.leaf AND v.level < :level))
"""


def building_points(session: Session, ids: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Return a point inside each building: lon, lat of EPSG:4490."""
    rows = session.execute(text(_POINTS), {"ids": list(set(ids))})
    return {row.id: (row.lon, row.lat) for row in rows}


_POINTS = """
SELECT building_id AS id, ST_X(p.point) AS lon, ST_Y(p.point) AS lat
FROM building_version v, LATERAL (SELECT ST_PointOnSurface(v.geom) AS point) p WHERE v.building_id = ANY(:ids) AND upper_inf(v.valid)
"""


def _require_assigner(actor: Actor) -> None:
    if not may_anywhere(actor, Action.ASSIGN_CONTRACTS):
        require(actor, Action.ASSIGN_CONTRACTS, EVERYWHERE)
