"""What a report counts at an instant, what changed since another one, and the reports that were frozen."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.coverage import REMAINDER
from gridsvc.domain.ledger.numerals import in_order
from gridsvc.domain.paths import EVERYWHERE, jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may, may_anywhere, require
from gridsvc.domain.reports import terms
from gridsvc.domain.schemes import Scheme
from gridsvc.errors import NotFound

Counts = Mapping[str, Mapping[str, int]]
"""Column -> path -> how much counts exactly there."""


class Counted(NamedTuple):
    """A unit that a report counts."""

    id: int
    path: str
    parent_id: int | None
    level: int
    kind: str
    code: str | None
    name: str


class Moved(NamedTuple):
    """What counts differently at another instant."""

    column: str
    was: str | None
    becomes: str | None
    hangs_there: bool | None
    """Whether it hangs where it hung, so that the ground must have moved."""
    weighed: int
    weighs: int


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A frozen report, without its content."""

    public_id: UUID
    jurisdiction_id: int
    unit_id: int
    number: str
    period_from: date
    period_until: date
    cut_off: datetime
    digest: str
    frozen_at: datetime
    unit: str
    """The name of its unit as it is now, or was when it ended."""
    path: str


def units_at(session: Session, unit_id: int, at: datetime) -> list[Counted]:
    """Return a unit and all below it as they stood at an instant, parents first, by code, else by name as people count, remainders last."""
    found = [Counted(*row) for row in session.execute(_UNITS, {"id": unit_id, "at": at})]
    return sorted(found, key=lambda row: (row.path.count("."), row.code is None, row.code or "", row.kind == REMAINDER, in_order(row.name)))


_UNITS = text("""
SELECT v.unit_id, v.path::text, v.parent_id, v.level, v.kind, v.code, v.name
FROM unit_version top JOIN unit_version v ON v.path <@ top.path AND v.jurisdiction_id = top.jurisdiction_id AND v.valid @> :at
WHERE top.unit_id = :id AND top.valid @> :at
ORDER BY v.unit_id
""")


def counts(session: Session, scheme: Scheme, unit_id: int, at: datetime) -> Counts:
    """Return how much counts where at or below a unit; nothing where the reader reads no reports of it."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    given = {"unit": unit_id, "at": at, "terms": json.dumps(terms(scheme))}
    for column, path, weight in session.execute(_COUNTS, given):
        found[column][path] = weight
    return found


_COUNTS = text("SELECT col, path::text, weight FROM report_counts(:unit, :at, cast(:terms AS jsonb))")


def sums(found: Counts, columns: Iterable[str], paths: Sequence[str]) -> list[dict[str, int]]:
    """Return by column how much counts at or below each path, in the order of the paths."""
    whole: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    wanted = set(paths)
    for column in columns:
        for path, weight in found.get(column, {}).items():
            above = path
            while above:
                if above in wanted:
                    whole[above][column] += weight
                above = above.rpartition(".")[0]
    return [whole[path] for path in paths]


def changes(session: Session, scheme: Scheme, unit_id: int, before: datetime, at: datetime) -> list[Moved]:
    """Return what counts differently than at an earlier instant, at or below a unit."""
    given = {"unit": unit_id, "before": before, "at": at, "terms": json.dumps(terms(scheme))}
    return [Moved(*row) for row in session.execute(_CHANGES, given)]


_CHANGES = text("""
SELECT col, was::text, becomes::text, hangs_there, weighed, weighs FROM report_changes(:unit, :before, :at, cast(:terms AS jsonb))
""")


def reports(session: Session, actor: Actor, jurisdiction_id: int, unit_id: int | None = None) -> list[ReportRow]:
    """Return the frozen reports that the actor may read, newest first; of one unit, or of all."""
    if not may_anywhere(actor, Action.READ_REPORTS):
        require(actor, Action.READ_REPORTS, jurisdiction_path(jurisdiction_id))
    rows = session.execute(
        text(f"{_REPORTS} AND (cast(:unit AS bigint) IS NULL OR r.unit_id = :unit) {_NEWEST}"), {"id": jurisdiction_id, "unit": unit_id}
    )
    return [ReportRow(*row) for row in rows]


def report(session: Session, actor: Actor, number: str | UUID, slug: str = "") -> tuple[ReportRow, dict[str, Any]]:
    """Return a report with its content, by its public id, or by its number in a jurisdiction; raise NotFound where the actor reads none."""
    if not may_anywhere(actor, Action.READ_REPORTS):
        require(actor, Action.READ_REPORTS, EVERYWHERE)
    by_number = "r.number = :number AND r.jurisdiction_id = (SELECT j.id FROM jurisdiction j WHERE j.slug = :slug)"
    which = "r.public_id = :number" if isinstance(number, UUID) else by_number
    row = session.execute(text(f"{_ONE} WHERE {which}"), {"number": number, "slug": slug}).one_or_none()
    if row is None:
        raise NotFound("There is no report {number}.", number=number)
    *fields, content = row
    return ReportRow(*fields), content


_FIELDS = """r.public_id, r.jurisdiction_id, r.unit_id, r.number, r.period_from, r.period_until, r.cut_off, r.digest, r.frozen_at,
(SELECT v.name FROM unit_version v WHERE v.unit_id = r.unit_id ORDER BY lower(v.valid) DESC LIMIT 1), r.path::text"""
_REPORTS = f"SELECT {_FIELDS} FROM report r WHERE r.jurisdiction_id = :id"
_NEWEST = "ORDER BY r.period_until DESC, r.frozen_at DESC, r.id DESC"
_ONE = f"SELECT {_FIELDS}, r.content FROM report r"


def last_before(session: Session, unit_id: int, begins: date) -> tuple[ReportRow, dict[str, Any]] | None:
    """Return the last report of a unit about a period that ended by then."""
    row = session.execute(
        text(f"{_ONE} WHERE r.unit_id = :unit AND r.period_until <= :begins {_NEWEST} LIMIT 1"), {"unit": unit_id, "begins": begins}
    ).one_or_none()
    if row is None:
        return None
    *fields, content = row
    return ReportRow(*fields), content


def next_number(session: Session, jurisdiction_id: int, period: str) -> str:
    """Return the number that the next report about a period gets; nobody else gets one before this transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('report'), :id)"), {"id": jurisdiction_id % 2**31})
    asked = text("SELECT reports_numbered(:id, :beginning)")
    return f"{period}-{session.execute(asked, {'id': jurisdiction_id, 'beginning': f'{period}-'}).scalar_one() + 1}"


def units_to_freeze(session: Session, actor: Actor, jurisdiction_id: int) -> list[tuple[str, str]]:
    """Return code and name of the units, leaves aside, whose reports the actor may freeze, from the top down."""
    rows = session.execute(_DIVIDED, {"id": jurisdiction_id})
    return [(row.code, row.name) for row in rows if may(actor, Action.FREEZE_REPORTS, row.path)]


_DIVIDED = text("""
SELECT v.code, v.name, v.path::text AS path FROM unit_version v
WHERE v.jurisdiction_id = :id AND upper_inf(v.valid) AND NOT v.leaf AND v.code IS NOT NULL ORDER BY v.level, v.code
""")
