"""Bringing in what stands in the grid: the rows of a file by the columns and code tables of their noun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.shapes import box_of
from gridsvc.domain.cells import Unread, phone_of
from gridsvc.domain.code_tables import OTHER, Code, key_of
from gridsvc.domain.columns import number_of
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.features import Feature
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.exchange import Incoming, Versions, bring_in, compare, stored
from gridsvc.operations.features import features
from gridsvc.operations.links import LINKS, holder_ids, link, named
from gridsvc.operations.placement import place_facilities


@dataclass(frozen=True, slots=True)
class Intake:
    """How the rows of a noun become versions."""

    name: str
    """A key of FACILITIES and of HEADERS."""
    columns: Mapping[str, str]
    """Column -> its type in PostgreSQL, as Versions has them."""
    codes: Mapping[str, Mapping[str, Code]] = field(default_factory=dict)
    """The code tables by column; a word of no row becomes `other` with a finding, where the table has that."""

    @property
    def tables(self) -> Versions:
        """Return the tables that the rows go into."""
        holder = {LINKS[self.name].column: "bigint"} if self.name in LINKS else {}
        return Versions(FACILITIES[self.name].noun, {**self.columns, **holder})


def import_facilities(session: Session, actor: Actor, file: ImportFile, intake: Intake) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so; then each thing stands in its leaves, or in none."""
    require(actor, Action.IMPORT, jurisdiction_path(file.jurisdiction_id))
    read = features(file, intake.name, FACILITIES[intake.name].shape)
    shapes = stored([feature.geometry for feature in read.accepted])
    findings = list(read.findings)
    held = _holders(session, file.jurisdiction_id, intake, read.accepted)
    rows = [_incoming(intake, *each, findings) for each in zip(read.accepted, shapes, held, strict=True)]
    outcomes = compare(session, file.jurisdiction_id, file.source, intake.tables, rows) + read.refused
    proposal = Proposal(intake.name, read.columns, outcomes, findings)
    if bring_in(session, actor, file, intake.tables, proposal, rows):
        holder = FACILITIES[intake.name].noun
        link(session, file.jurisdiction_id, [name for name, each in LINKS.items() if each.holder == holder])
        place_facilities(session, file.jurisdiction_id, file.effective_at, [intake.name])
    return proposal


Held: TypeAlias = tuple[int | None, ...]
"""The value of the column that names the holder; none for a noun without."""


def _holders(session: Session, jurisdiction_id: int, intake: Intake, rows: list[Feature]) -> list[Held]:
    """Return the holder of each row: the one that it names, else the one it stands in."""
    asked = LINKS.get(intake.name)
    if asked is None:
        return [()] * len(rows)
    around = holder_ids(session, jurisdiction_id, asked, np.array([row.geometry for row in rows], dtype=object))
    if asked.field is None:
        return [(holder,) for holder in around]
    called = named(session, jurisdiction_id, asked.holder)
    return [(called.get(row.text.get(asked.field) or "", holder),) for row, holder in zip(rows, around, strict=True)]


def _incoming(intake: Intake, feature: Feature, shape: str, held: Held, findings: list[Finding]) -> Incoming:
    values = (*(_value(intake, feature, column, shape, findings) for column in intake.columns), *held)
    return Incoming(
        feature.row, feature.ref, feature.text.get("name") or feature.text.get("number"), feature.digest, values, feature.repaired
    )


def _value(intake: Intake, feature: Feature, column: str, shape: str, findings: list[Finding]) -> Any:  # noqa: ANN401  # what COPY takes
    """Return the value of a column; a word that cannot be read leaves it empty, or `other`, with a finding."""
    given, kind = feature.text.get(column), intake.columns.get(column, "text")
    measured = {"area_m2": 2, "length_m": 1}
    if kind == "geometry":
        return shape
    if column in measured:
        return feature.size if shapely.get_dimensions(feature.geometry) == measured[column] else None
    if column in intake.codes:
        return _code(feature, column, intake.codes[column], findings)
    if kind == "text" or given is None:
        return _phone(feature, given, findings) if column == "phone" and given else given
    number = number_of(given)
    if number is None or number < 0:
        findings.append(_unread("number-unread", _NO_NUMBER, feature, {"field": column, "given": given}))
        return None
    return round(number) if kind == "integer" else number


def _phone(feature: Feature, given: str, findings: list[Finding]) -> str | None:
    """Return a public phone in its usual form; what is none stays as it is written, with a finding, since it may be two."""
    try:
        return phone_of(given)
    except Unread as unread:
        findings.append(_unread(unread.code, unread.template, feature, {"given": unread.given}))
        return given


def _code(feature: Feature, column: str, table: Mapping[str, Code], findings: list[Finding]) -> str | None:
    given = feature.text.get(column)
    key = key_of(table, given)
    if key is None and given is not None:
        known = "、".join(code.name_zh for code in table.values())
        findings.append(_unread("code-unknown", _NO_CODE, feature, {"field": column, "given": given, "known": known}))
    return key or (OTHER if OTHER in table and column in REQUIRED else None)


REQUIRED = {"kind", "form"}
"""Columns that always have a code."""
_NO_NUMBER = "Row {row}: {given!r} is no number for {field}; it was left empty."
_NO_CODE = "Row {row}: {given!r} is no known {field}; the known ones are {known}."


def _unread(code: str, template: str, feature: Feature, values: dict[str, object]) -> Finding:
    return Finding(code, "warning", template, {"row": feature.row, **values}, box_of(feature.geometry), feature.row)
