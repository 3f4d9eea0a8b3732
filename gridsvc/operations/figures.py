"""Reported figures in from files: what an account says, as it says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.tables import ReportedFigure
from gridsvc.domain.code_tables import key_of
from gridsvc.domain.columns import match_columns, text_of
from gridsvc.domain.figures import QUALIFIERS, parse_claim
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Outcome, Proposal, RowOutcome
from gridsvc.errors import Invalid
from gridsvc.operations.audit import record

TEXTS = ("account", "key", "measure", "counts_zh", "counts_en", "period", "claim", "note_zh", "note_en")
"""Fields that are text as it stands."""


def import_figures(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so.

    A row replaces the figure of its key, units and account. Figures that do not add up come in like the others.
    """
    path = jurisdiction_path(file.jurisdiction_id)
    require(actor, Action.IMPORT, path)
    headers = list(dict.fromkeys(header for attributes in file.table.attributes for header in attributes))
    columns = match_columns("figures", headers, file.columns)
    proposal = Proposal("figures", columns, rows := [], findings := list(file.table.findings))
    known = {
        _identity(figure): figure for figure in session.scalars(select(ReportedFigure).filter_by(jurisdiction_id=file.jurisdiction_id))
    }
    for row, attributes in zip(file.table.rows, file.table.attributes, strict=True):
        given = {name: attributes.get(header) for name, header in columns.items()}
        try:
            read = ReportedFigure(jurisdiction_id=file.jurisdiction_id, serial=row, **_fields(given))
        except Invalid as error:
            findings.append(Finding("figure-refused", "error", "Row {row}: {reason}", {"row": row, "reason": error}, None, row))
            rows.append(RowOutcome(row, text_of(given.get("key")) or "", "refused"))
            continue
        rows.append(RowOutcome(row, read.key, _outcome(known.get(_identity(read)), read)))
        if file.commit:
            _put(session, known.get(_identity(read)), read)
            known[_identity(read)] = read
    if file.commit:
        proposal.check_refused(skip=file.skip_refused)
        if not proposal.changes_nothing:
            record(session, actor, "figures.import", path, file=file.table.source, **proposal.counts)
    return proposal


def _identity(figure: ReportedFigure) -> tuple[str, str, tuple[str, ...]]:
    return figure.account, figure.key, tuple(figure.unit_codes)


_FIELDS = ("published_on", "value", "qualifier", "serial", *(name for name in TEXTS if name not in ("account", "key")))
"""What may change about a figure."""


def _outcome(known: ReportedFigure | None, read: ReportedFigure) -> Outcome:
    if known is None:
        return "new"
    return "unchanged" if all(getattr(known, name) == getattr(read, name) for name in _FIELDS) else "changed"


def _put(session: Session, known: ReportedFigure | None, read: ReportedFigure) -> None:
    if known is None:
        session.add(read)
        return
    for name in _FIELDS:
        setattr(known, name, getattr(read, name))


def _fields(given: Mapping[str, object]) -> dict[str, Any]:
    """Return the columns of a figure; raise Invalid where one that is needed is missing or wrong."""
    text = {name: text_of(given.get(name)) for name in TEXTS}
    for name in ("account", "key", "counts_zh"):
        if text[name] is None:
            raise Invalid("the figure has no {field}; who published it, its key and what it counts are needed.", field=name)
    if text["claim"]:
        parse_claim(text["claim"])
    units = (text_of(given.get("unit_codes")) or "").replace(",", " ").replace("、", " ").split()
    return {
        **text,
        "value": _value(given.get("value")),
        "qualifier": _qualifier(text_of(given.get("qualifier"))),
        "published_on": _date(given.get("published_on")),
        "unit_codes": units,
    }


def _value(given: object) -> float:
    try:
        return float((text_of(given) or "").replace(",", ""))
    except ValueError:
        raise Invalid("{given!r} is no number; 3570 would be right.", given=text_of(given) or "") from None


def _qualifier(given: str | None) -> str:
    found = key_of(QUALIFIERS, given) if given else "exact"
    if found is None:
        known = "、".join(code.name_zh for code in QUALIFIERS.values())
        raise Invalid("{given!r} does not say how exact it is; {known} would be right.", given=given, known=known)
    return found


def _date(given: object) -> date | None:
    text = text_of(given)
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise Invalid("{given!r} is no date; 2024-04-19 would be right.", given=text) from None
