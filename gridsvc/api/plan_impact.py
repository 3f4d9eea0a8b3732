"""What a plan changes, as tables for pages and programs."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict
from urllib.parse import quote
from uuid import UUID

from flask import Response

from geodata.findings import Box
from gridsvc.api import reader
from gridsvc.api.shapes import jurisdiction_of
from gridsvc.api.told import Told, told
from gridsvc.database.queries import plans
from gridsvc.database.queries.impact import impact as impact_of
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.measures import UnitMeasured
from gridsvc.database.queries.measures import measures as measures_of
from gridsvc.database.queries.redraw_findings import redraw_findings
from gridsvc.database.session import transaction
from gridsvc.domain.impact import KINDS, Flow, Impact, Pinned, Sums, UnitSeen
from gridsvc.domain.measures import MEASURES
from gridsvc.errors import Invalid
from gridsvc.operations.plan_books import impact_book
from gridsvc.operations.plan_papers import PAPERS
from gridsvc.operations.plan_papers import paper as paper_of


class KindSaid(TypedDict):
    """Something that is counted: its name in the reader's language, and how much of it changes unit."""

    key: str
    name: str
    measure: str
    moved: float
    share: float | None


class FlowSaid(TypedDict):
    """How much of a kind goes from one unit to another; null is ground outside all units."""

    kind: str
    source: int | None
    source_name: str | None
    target: int | None
    target_name: str | None
    amount: float


class SumsSaid(TypedDict):
    """Of one kind in one leaf: before + gained - lost = after."""

    before: float
    after: float
    lost: float
    gained: float


class UnitSaid(TypedDict):
    """A changed leaf; `state` is kept, new or ended, `was` its name before, `above` that of the unit above, before and after."""

    key: int
    name: str
    was: str | None
    code: str | None
    level: int
    state: str
    above: list[str | None]
    sums: dict[str, SumsSaid]


class PinnedSaid(TypedDict):
    """What a pin keeps in `unit` although it stands on the ground of another."""

    kind: str
    unit: int
    unit_name: str | None
    ground: int | None
    ground_name: str | None


class ImpactSaid(TypedDict):
    """What a plan changes: the kinds in order, flows between units of `level` (null: leaves), and each changed leaf.

    `share` of a kind is of what the changed leaves had. `withheld` are kinds that the reader may not count here.
    """

    version: str
    level: int | None
    kinds: list[KindSaid]
    flows: list[FlowSaid]
    units: list[UnitSaid]
    pinned: list[PinnedSaid]
    findings: list[Told]
    withheld: list[str]


class MeasureSaid(TypedDict):
    """A measure of units, its version, and its definition with source."""

    key: str
    name: str
    unit: str
    version: int
    digits: int
    source: str


class UnitMeasuredSaid(TypedDict):
    """A unit with the value of each measure before the plan and after it; null where it has none, or is not there."""

    key: int
    name: str
    code: str | None
    state: str
    touched: bool
    was: dict[str, float | None]
    becomes: dict[str, float | None]
    where: Box


class MeasuresSaid(TypedDict):
    """The units of a level that a plan touches and those beside them, the measures, and what weighs how much in the load."""

    version: str
    level: int
    measures: list[MeasureSaid]
    units: list[UnitMeasuredSaid]
    weights: dict[str, float]


class FindingsSaid(TypedDict):
    """What the rules say of a plan, errors first, each with the box to zoom to."""

    version: str
    items: list[Told]


def impact(plan_id: UUID, level: int | None) -> ImpactSaid:
    """Answer what a plan changes, by unit from and to; `level` gathers units below it."""
    with transaction(reader.actor()) as session:
        row = plans.plan(session, reader.actor(), plan_id)
        found = impact_of(session, reader.actor(), row)
    return said(found, row.version, level)


def findings(plan_id: UUID) -> FindingsSaid:
    """Answer what the rules say of a plan, each finding with the box to zoom to."""
    with transaction(reader.actor()) as session:
        row = plans.plan(session, reader.actor(), plan_id)
        found = redraw_findings(session, reader.actor(), row)
    return {"version": row.version, "items": [told(each) for each in found]}


def measures(plan_id: UUID, by: str | None, level: int | None) -> MeasuresSaid:
    """Answer measures of the units that a plan touches, before and after; `by` names the only one, `level` another than the lowest."""
    if by is not None and by not in MEASURES:
        raise Invalid("There is no measure {name!r}; known ones are {known}.", name=by, known=", ".join(MEASURES))
    with transaction(reader.actor()) as session:
        row = plans.plan(session, reader.actor(), plan_id)
        found = measures_of(session, reader.actor(), row, level)
    shown = [key for key in found.measures if by in (None, key)]
    return {
        "version": row.version,
        "level": found.level,
        "measures": [_measure(key) for key in shown],
        "units": [_measured(unit, shown) for unit in found.units],
        "weights": found.weights,
    }


def _measure(key: str) -> MeasureSaid:
    each = MEASURES[key]
    name = each.name_zh if reader.language() == "zh" else each.name_en
    return {"key": key, "name": name, "unit": each.unit, "version": each.version, "digits": each.digits, "source": each.source}


def _measured(unit: UnitMeasured, shown: list[str]) -> UnitMeasuredSaid:
    seen = unit.after or unit.before
    return {
        "key": unit.key,
        "name": unit.name,
        "code": seen.code if seen else None,
        "state": _state(unit.before, unit.after),
        "touched": unit.touched,
        "was": {key: unit.was[key] for key in shown},
        "becomes": {key: unit.becomes[key] for key in shown},
        "where": unit.where,
    }


def _state(before: UnitSeen | None, after: UnitSeen | None) -> str:
    return "ended" if after is None else "new" if before is None else "kept"


def book(plan_id: UUID) -> Response:
    """Answer the impact of a plan as a workbook, in Chinese, with sums that can be recalculated."""
    row, place = _found(plan_id)
    with transaction(reader.actor()) as session:
        content = impact_book(session, reader.actor(), row, place)
    return _file(content, f"{row.title}-影响分析.xlsx", "impact.xlsx")


def paper(plan_id: UUID, name: str, unit: int | None) -> Response:
    """Answer a paper of a plan as PDF: comparison (网格调整对照表), hand-over (网格交接单) or consultation (征求意见稿).

    `unit` is the key of the only leaf whose hand-over sheets are wanted. Holders of posts are named to those alone who may read the people
    there; the consultation names nobody.
    """
    row, place = _found(plan_id)
    with transaction(reader.actor()) as session:
        content = paper_of(session, reader.actor(), row, place, name, unit)
    return _file(content, f"{row.title}-{PAPERS[name].title}.pdf", f"{name}.pdf")


def _found(plan_id: UUID) -> tuple[plans.PlanRow, JurisdictionRow]:
    with transaction(reader.actor()) as session:
        row = plans.plan(session, reader.actor(), plan_id)
    return row, jurisdiction_of(row.jurisdiction_id)


def _file(content: bytes, name: str, plain: str) -> Response:
    answer = Response(content, mimetype=MIMETYPES[Path(name).suffix])
    # RFC 6266: old browsers take the first name, all others the second.
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return answer


MIMETYPES = {".pdf": "application/pdf", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def said(found: Impact, version: str, level: int | None = None) -> ImpactSaid:
    """Return an impact as the API answers it, in the reader's language."""
    moved = found.moved(level)
    kinds = [name for name in KINDS if name not in found.withheld]
    return {
        "version": version,
        "level": level,
        "kinds": [_kind(found, name, [flow for flow in moved if flow.kind == name]) for name in kinds],
        "flows": [_flow(found, flow) for flow in moved],
        "units": [_unit(found, key, sums) for key, sums in sorted(found.sums().items(), key=lambda each: _place(found, each[0]))],
        "pinned": [_pinned(found, each) for each in found.pinned],
        "findings": [told(each) for each in found.findings],
        "withheld": list(found.withheld),
    }


def _kind(found: Impact, name: str, moved: list[Flow]) -> KindSaid:
    kind = KINDS[name]
    chinese = reader.language() == "zh"
    amount = sum(flow.amount for flow in moved)
    had = found.had(name)
    return {
        "key": name,
        "name": kind.name_zh if chinese else kind.name_en,
        "measure": kind.measure if chinese else "",
        "moved": round(amount, 1),
        "share": round(amount / had, 6) if had else None,
    }


def _flow(found: Impact, flow: Flow) -> FlowSaid:
    return {
        "kind": flow.kind,
        "source": flow.source,
        "source_name": found.before_name(flow.source),
        "target": flow.target,
        "target_name": found.name(flow.target),
        "amount": round(flow.amount, 1),
    }


def _unit(found: Impact, key: int, sums: dict[str, Sums]) -> UnitSaid:
    old, new = found.before.get(key), found.after.get(key)
    either = new or old
    return {
        "key": key,
        "name": found.name(key) or "",
        "was": old.name if old else None,
        "code": either.code if either else None,
        "level": either.level if either else 0,
        "state": _state(old, new),
        "above": [found.before[old.parent].name if old and old.parent else None, found.name(new.parent) if new else None],
        "sums": {kind: _sums(each) for kind, each in sums.items()},
    }


def _place(found: Impact, key: int) -> tuple[bool, str, int]:
    unit = found.after.get(key) or found.before[key]
    return unit.code is None, unit.code or "", key


def _sums(sums: Sums) -> SumsSaid:
    return {
        "before": round(sums.before, 1),
        "after": round(sums.after, 1),
        "lost": round(sums.lost, 1),
        "gained": round(sums.gained, 1),
    }


def _pinned(found: Impact, each: Pinned) -> PinnedSaid:
    return {
        "kind": each.kind,
        "unit": each.unit,
        "unit_name": found.name(each.unit),
        "ground": each.ground,
        "ground_name": found.name(each.ground),
    }
