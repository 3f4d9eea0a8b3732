"""Units by their attributes, and what became of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.time import holds
from gridsvc.database.queries.units import UnitRow, _row, _units

PAGE = 100
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """What is asked for; what is None does not matter."""

    jurisdiction_id: int | None = None
    words: str | None = None
    """Part of a name, or the beginning of a code."""
    code: str | None = None
    """A whole code."""
    level: int | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A unit during a period."""

    began: datetime
    ended: datetime | None
    edition: int
    """The serial of the edition that opened it."""
    reason: str
    code: str | None
    name: str
    parent_public_id: UUID | None
    area_m2: float


@dataclass(frozen=True, slots=True)
class HeirRow:
    """Where ground of a unit went."""

    public_id: UUID
    edition: int
    effective_at: datetime
    area_m2: float
    area_share: float
    """0 to 1, of the ground that the unit had."""


def find_units(session: Session, wanted: UnitFilter, page: int = 1) -> tuple[list[UnitRow], int]:
    """Return a page of units by jurisdiction, level and code, remainders left out, and how many there are; pages count from 1."""
    words = (wanted.words or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    conditions = {
        "v.jurisdiction_id = :jurisdiction_id": wanted.jurisdiction_id is not None,
        "(v.name ILIKE :part OR v.code LIKE :beginning)": bool(words),
        "v.code = :code": wanted.code is not None,
        "v.level = :level": wanted.level is not None,
    }
    where = " AND ".join(["v.kind <> 'remainder'", *(condition for condition, asked in conditions.items() if asked)])
    given = {
        "jurisdiction_id": wanted.jurisdiction_id, "part": f"%{words}%", "beginning": f"{words}%", "code": wanted.code,
        "level": wanted.level, "as_of": wanted.as_of, "limit": PAGE, "skip": (page - 1) * PAGE,
    }  # fmt: skip
    listed = _units(where, wanted.as_of, order="v.jurisdiction_id, v.level, v.code NULLS LAST, v.name, u.id") + "LIMIT :limit OFFSET :skip"
    counted = f"SELECT count(*) FROM unit_version v WHERE {holds('v', wanted.as_of)} AND {where}"
    found = [_row(row) for row in session.execute(text(listed), given)]
    return found, session.execute(text(counted), given).scalar_one()


def names_above(session: Session, rows: Sequence[UnitRow], as_of: datetime | None) -> dict[int, list[str]]:
    """Return by the id of each unit the names of the units above it, the top one first."""
    above = {row.id: list(accumulate(row.path.split(".")[:-1], "{}.{}".format)) for row in rows}
    asked = f"SELECT v.path::text AS path, v.name FROM unit_version v WHERE {holds('v', as_of)} AND v.path = ANY (cast(:paths AS ltree[]))"
    paths = sorted({path for each in above.values() for path in each})
    names = {row.path: row.name for row in session.execute(text(asked), {"paths": paths, "as_of": as_of})}
    return {unit_id: [names[path] for path in each if path in names] for unit_id, each in above.items()}


def versions(session: Session, public_id: UUID) -> list[VersionRow]:
    """Return how a unit has been, oldest first, corrections of the same instant left out; empty for an unknown one."""
    rows = session.execute(
        text("""
        SELECT lower(v.valid), upper(v.valid), e.serial, e.reason, v.code, v.name, parent.public_id, v.area_m2
        FROM unit u JOIN unit_version v ON v.unit_id = u.id JOIN edition e ON e.id = v.edition_id
        LEFT JOIN unit parent ON parent.id = v.parent_id
        WHERE u.public_id = :id AND NOT isempty(v.valid) ORDER BY lower(v.valid)
        """),
        {"id": public_id},
    )
    return [VersionRow(*row) for row in rows]


def heirs(session: Session, public_id: UUID) -> list[HeirRow]:
    """Return which units ground of this one went to, edition by edition, the largest share first."""
    rows = session.execute(
        text("""
        SELECT heir.public_id, e.serial, e.effective_at, l.area_m2, l.area_share
        FROM unit u JOIN lineage l ON l.from_unit_id = u.id AND l.to_unit_id <> u.id
        JOIN unit heir ON heir.id = l.to_unit_id JOIN edition e ON e.id = l.edition_id
        WHERE u.public_id = :id ORDER BY e.serial, l.area_share DESC, heir.id
        """),
        {"id": public_id},
    )
    return [HeirRow(*row) for row in rows]
