"""Reports: those that were frozen, and one in full."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from gridsvc.api import reader
from gridsvc.api.shapes import jurisdiction as jurisdiction_called
from gridsvc.database.queries import reports as queries
from gridsvc.database.session import transaction
from gridsvc.domain.reports import misses


class Report(TypedDict):
    """A frozen report; `digest` is the SHA-256 of its content as canonical JSON, `period_until` the first day after the period."""

    id: UUID
    number: str
    unit: str
    period_from: date
    period_until: date
    cut_off: datetime
    digest: str


class Reports(TypedDict):
    """The reports that the reader may see, newest first."""

    items: list[Report]


class ReportInFull(Report):
    """A report with all its figures; `sums_hold` says whether each unit is what is below it and its own."""

    sums_hold: bool
    content: dict[str, Any]


def listed(jurisdiction: str) -> Reports:
    """Answer the frozen reports of a jurisdiction."""
    place = jurisdiction_called(jurisdiction)
    with transaction(reader.actor()) as session:
        rows = queries.reports(session, reader.actor(), place.id)
    return {"items": [_shape(row) for row in rows]}


def one(report_id: UUID) -> ReportInFull:
    """Answer a frozen report with its rows, changes and what was reported elsewhere."""
    with transaction(reader.actor()) as session:
        row, content = queries.report(session, reader.actor(), report_id)
    return {**_shape(row), "sums_hold": not misses(content), "content": content}


def _shape(row: queries.ReportRow) -> Report:
    return {
        "id": row.public_id,
        "number": row.number,
        "unit": row.unit,
        "period_from": row.period_from,
        "period_until": row.period_until,
        "cut_off": row.cut_off,
        "digest": row.digest,
    }
