"""Reported figures of a jurisdiction beside the computed ones."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict

from gridsvc.api import reader
from gridsvc.api.shapes import jurisdiction
from gridsvc.database.queries import figures as queries
from gridsvc.database.session import transaction
from gridsvc.words import say


class Figure(TypedDict):
    """A reported figure: `qualifier` says how exactly it is meant; `computed` is null where nothing is known or allowed to be seen."""

    key: str
    counts: str
    units: list[str]
    reported: float
    qualifier: str
    measure: str | None
    computed: float | None
    difference: float | None
    verdict: queries.Verdict
    flag: str | None
    note: str | None
    period: str | None
    account: str
    published_on: date | None


class Figures(TypedDict):
    """All figures of a jurisdiction, account by account in their order."""

    items: list[Figure]


def listed(slug: str, as_of: datetime | None) -> Figures:
    """Answer what published accounts report of a jurisdiction, beside what the data says, with what does not add up."""
    place, language = jurisdiction(slug), reader.language()
    with transaction(reader.actor()) as session:
        found = queries.figures(session, place, as_of)
    return {"items": [_shape(row, language) for row in found]}


def _shape(row: queries.FigureRow, language: str) -> Figure:
    chinese = language == "zh"
    return {
        "key": row.key,
        "counts": row.counts_zh if chinese else row.counts_en or row.counts_zh,
        "units": list(row.unit_codes),
        "reported": row.value,
        "qualifier": row.qualifier,
        "measure": row.measure,
        "computed": row.computed,
        "difference": row.difference,
        "verdict": row.verdict,
        "flag": say(row.flag.template, language, **row.flag.values) if row.flag else None,
        "note": row.note_zh if chinese else row.note_en or row.note_zh,
        "period": row.period,
        "account": row.account,
        "published_on": row.published_on,
    }
