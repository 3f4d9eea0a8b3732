"""Freezing reports (报表): what is counted at a cut-off is kept with number and digest, and never changes again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gridsvc.database.queries import reports as queries
from gridsvc.database.queries.figures import FigureRow, figures
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.reports import Counted, Moved, ReportRow
from gridsvc.database.tables import Report, UnitCode
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.reports import Change, Period, columns, digest_of
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.audit import record
from gridsvc.operations.progress import report

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Freeze:
    """Freeze the report of a unit about a period."""

    place: JurisdictionRow
    unit_id: int
    period: Period
    cut_off: datetime | None = None
    """When its figures are taken; None: at the end of the period, or now while it lasts."""


def unit_called(session: Session, place: JurisdictionRow, code: str) -> int:
    """Return the unit that has a code, or had it; raise NotFound where none ever did."""
    found = session.scalar(select(UnitCode.unit_id).where(UnitCode.jurisdiction_id == place.id, UnitCode.code == code))
    if found is None:
        raise NotFound("{slug} has no unit with the code {code!r} today.", slug=place.slug, code=code)
    return found


def freeze(session: Session, actor: Actor, command: Freeze) -> ReportRow:
    """Count, keep and return a report; the same cut-off gives the same content and digest, whenever it is frozen.

    Raises NotAllowed, Invalid for a cut-off outside the period or to come, NotFound where the unit did not stand then.
    """
    now = datetime.now(UTC)
    cut_off = command.cut_off or command.period.over(now)
    if not command.period.over(cut_off) == cut_off <= now:
        raise Invalid(
            "The cut-off {given} is not in the period {label}, or is yet to come.", given=cut_off.isoformat(), label=command.period.label
        )
    units = queries.units_at(session, command.unit_id, cut_off)
    if not units:
        raise NotFound("There is no such unit at that time.")
    require(actor, Action.FREEZE_REPORTS, units[0].path)
    content = _content(session, command, units, cut_off)
    number = queries.next_number(session, command.place.id, command.period.label)
    row = {
        "jurisdiction_id": command.place.id,
        "unit_id": command.unit_id,
        "path": units[0].path,
        "number": number,
        "period_from": command.period.begins,
        "period_until": command.period.ends,
        "cut_off": cut_off,
        "content": content,
        "digest": digest_of(content),
        "account_id": actor.account_id,
    }
    public_id = session.scalars(insert(Report).values(**row).returning(Report.public_id)).one()
    record(session, actor, "reports.freeze", units[0].path, number=number, digest=row["digest"])
    return queries.report(session, actor, public_id)[0]


def _content(session: Session, command: Freeze, units: Sequence[Counted], cut_off: datetime) -> Content:
    """Return what is kept: nothing in it says when or by whom it was frozen."""
    scheme, place, period = command.place.scheme, command.place, command.period
    kept = columns(scheme)
    report(session, "Counting {units} units …", units=len(units))
    rows = _rows(queries.counts(session, scheme, command.unit_id, cut_off), units, [column.key for column in kept], place.id)
    last = queries.last_before(session, command.unit_id, period.begins)
    changes: list[Change] = []
    if last:
        report(session, "Comparing with {number} …", number=last[0].number)
        changes = list(_changes(session, command, _Sides(units, rows, *last), cut_off))
    codes = {unit.code for unit in units}
    about = [
        row for row in figures(session, place, cut_off) if set(row.unit_codes) <= codes and (row.unit_codes or units[0].parent_id is None)
    ]
    return {
        "jurisdiction": {"slug": place.slug, "name": place.name, "synthetic": place.synthetic, "attribution": place.attribution},
        "scheme": scheme.key,
        "unit": {"code": units[0].code, "name": units[0].name, "level": units[0].level},
        "period": {"label": period.label, "from": period.begins.isoformat(), "until": period.ends.isoformat()},
        "cut_off": cut_off.astimezone(UTC).isoformat(),
        "columns": [asdict(column) for column in kept],
        "rows": rows,
        "before": {"number": last[0].number, "digest": last[0].digest, "cut_off": last[1]["cut_off"]} if last else None,
        "changes": [list(change) for change in changes],
        "reported": [_reported(row) for row in about],
    }


def _rows(found: queries.Counts, units: Sequence[Counted], keys: Sequence[str], place: int) -> list[Content]:
    """Return the units with what counts in each, and what counts at each itself and at none of its children."""
    top, at = jurisdiction_path(place), {unit.id: number for number, unit in enumerate(units)}
    paths = [top if unit.parent_id is None else unit.path for unit in units]
    whole = queries.sums(found, keys, paths)
    return [
        {
            **{name: getattr(unit, name) for name in ("id", "level", "kind", "code", "name")},
            "parent": at.get(unit.parent_id or 0),
            "values": [whole[number].get(key, 0) for key in keys],
            "own": [sum(found.get(key, {}).get(path, 0) for path in {unit.path, paths[number]}) for key in keys],
        }
        for number, unit in enumerate(units)
    ]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The report in the making and the one before it."""

    units: Sequence[Counted]
    rows: Sequence[Content]
    last: ReportRow
    before: Mapping[str, Any]


def _changes(session: Session, command: Freeze, sides: _Sides, cut_off: datetime) -> Iterator[Change]:
    """Yield what is different in each unit and column, with the reasons."""
    scheme, then = command.place.scheme, sides.last.cut_off
    keys = [column.key for column in columns(scheme)]
    stood = queries.units_at(session, command.unit_id, then)
    known = _rows(queries.counts(session, scheme, command.unit_id, then), stood, keys, command.place.id)
    known_now = {unit.id: row["values"] for unit, row in zip(stood, known, strict=True)}
    frozen = {row["id"]: _by_key(sides.before, row) for row in sides.before["rows"]}
    moved = _shares(queries.changes(session, scheme, command.unit_id, then, cut_off), stood, sides.units, command.place.id)
    nothing = [0] * len(keys)
    for place, (unit, row) in enumerate(zip(sides.units, sides.rows, strict=True)):
        for column, key in enumerate(keys):
            before = frozen.get(unit.id, {}).get(key, 0)
            corrected = known_now.get(unit.id, nothing)[column] - before
            new, gone, adjusted = moved[unit.id][key]
            if corrected or new or gone or adjusted:
                yield Change(place, column, before, corrected, new, gone, adjusted, row["values"][column])


def _by_key(content: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, int]:
    return dict(zip((column["key"] for column in content["columns"]), row["values"], strict=True))


def _shares(moved: Sequence[Moved], stood: Sequence[Counted], stand: Sequence[Counted], place: int) -> dict[int, dict[str, list[int]]]:
    """Return by unit and column what is new, gone, and counts elsewhere because ground moved."""
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    earlier, now = (_by_path(units, place) for units in (stood, stand))
    for each in moved:
        was, becomes = (set(_above(known, path)) for known, path in ((earlier, each.was), (now, each.becomes)))
        for unit in was | becomes:
            parts = found[unit][each.column]
            if unit in was and unit in becomes:
                grown = each.weighs - each.weighed
                parts[0 if grown > 0 else 1] += abs(grown)
            elif each.hangs_there:
                parts[2] += each.weighs if unit in becomes else -each.weighed
            elif unit in becomes:
                parts[0] += each.weighs
            else:
                parts[1] += each.weighed
    return found


def _by_path(units: Sequence[Counted], place: int) -> dict[str, int]:
    """Return the units of a report by path; what stands at the jurisdiction is the top unit's."""
    top = {jurisdiction_path(place): unit.id for unit in units if unit.parent_id is None}
    return {unit.path: unit.id for unit in units} | top


def _above(known: Mapping[str, int], path: str | None) -> Iterator[int]:
    while path:
        if path in known:
            yield known[path]
        path = path.rpartition(".")[0]


def _reported(row: FigureRow) -> Content:
    told = {
        name: getattr(row, name)
        for name in ("key", "account", "counts_zh", "counts_en", "qualifier", "measure", "computed", "verdict", "period")
    }
    return told | {"reported": row.value, "published_on": row.published_on.isoformat() if row.published_on else None}
