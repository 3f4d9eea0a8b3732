"""The rows of a file as units: level, code, name, parent and kind in the scheme's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import shapely

from geodata.findings import Finding
from geodata.shapes import box_of, polygonal
from geodata.topology import Ground
from gridsvc.domain.codes import AREA_DIGITS, code_fault
from gridsvc.domain.columns import match_columns, text_of
from gridsvc.domain.proposals import ImportFile, Outcome, RowOutcome, row_digest, shape_keys
from gridsvc.domain.schemes import Level, Scheme
from gridsvc.domain.units import kind_of
from gridsvc.errors import Invalid


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as a file describes it."""

    row: int
    level: Level
    code: str | None
    name: str | None
    parent: str | None
    """The code or name of the unit above, where the file says it."""
    kind: str
    ground: Ground
    digest: str
    repaired: bool = False
    unit_id: int | None = None
    """Which unit it is, where the row says so itself."""

    @property
    def label(self) -> str:
        """Return what sentences call it."""
        return self.name or self.code or f"#{self.row}"


@dataclass(slots=True)
class UnitRows:
    """The rows of a file, and what has been said about them so far."""

    columns: dict[str, str]
    rows: list[UnitRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    outcomes: dict[int, RowOutcome] = field(default_factory=dict)
    """By row; a row may be refused after it was read, with a finding that says why."""

    def settle(self, row: UnitRow, outcome: Outcome) -> None:
        """Note what becomes of a row."""
        self.outcomes[row.row] = RowOutcome(row.row, row.label, outcome)

    def is_refused(self, row: UnitRow) -> bool:
        """Say whether the row has been refused."""
        outcome = self.outcomes.get(row.row)
        return outcome is not None and outcome.outcome == "refused"

    def refuse(self, row: int, label: str, finding: Finding) -> None:
        """Note that a row is refused and why."""
        self.outcomes[row] = RowOutcome(row, label, "refused")
        self.findings.append(finding)

    def forget(self, told: int) -> None:
        """Forget what was found after the first `told` findings but refusals: the other rows are laid again."""
        self.findings[told:] = [finding for finding in self.findings[told:] if finding.severity == "error"]


def unit_rows(file: ImportFile, scheme: Scheme, level: str | None) -> UnitRows:
    """Read the rows; `level` holds for rows that name none. What cannot be read is refused with its remedy."""
    headers = list(dict.fromkeys(header for attributes in file.table.attributes[:100] for header in attributes))
    read = UnitRows(match_columns("units", headers, file.columns), findings=list(file.table.findings))
    seen: dict[str, int] = {}
    shaped = polygonal(file.table.geometry)
    keys = shape_keys(shaped.geometries)
    for index, (row, attributes) in enumerate(zip(file.table.rows, file.table.attributes, strict=True)):
        text = {name: text_of(attributes.get(header)) for name, header in read.columns.items()}
        label = text.get("name") or text.get("code") or f"#{row}"
        try:
            drawn = _Drawn(row, shaped.geometries[index], keys[index], bool(shaped.repaired[index]), file.known.get(row))
            unit = _unit(text, drawn, scheme, level)
            _check_once(unit, seen)
        except Invalid as error:
            read.refuse(row, label, _refusal(row, label, error, file.table.geometry[index]))
            continue
        if unit.code:
            seen[unit.code] = row
        read.rows.append(unit)
    return read


def _check_once(unit: UnitRow, seen: dict[str, int]) -> None:
    if unit.code and unit.code in seen:
        raise Invalid("The code {code} is also that of row {first}; each unit has its own.", code=unit.code, first=seen[unit.code])


class _Drawn(NamedTuple):
    """What a row draws."""

    row: int
    ground: shapely.MultiPolygon | None
    key: bytes | None
    repaired: bool
    unit_id: int | None


def _unit(text: dict[str, str | None], drawn: _Drawn, scheme: Scheme, level: str | None) -> UnitRow:
    word = text.get("level") or level
    if word is None:
        raise Invalid("Nothing says its level; add a column for it, or --level with one of {levels}.", levels=_names(scheme))
    if drawn.ground is None:
        raise Invalid("It has no ground; draw a polygon, or leave the row out.")
    at = scheme.level(word)
    code = text.get("code")
    _check_code(code, at, scheme.code_length(at))
    kind = kind_of(text["kind"] or "unit") if text.get("kind") else at.kinds[0]
    ground = drawn.ground.geoms[0] if len(drawn.ground.geoms) == 1 else drawn.ground
    digest = row_digest(drawn.key, at.key, code, text.get("name"), text.get("parent"), kind)
    return UnitRow(drawn.row, at, code, text.get("name"), text.get("parent"), kind, ground, digest, drawn.repaired, drawn.unit_id)


def _check_code(code: str | None, level: Level, digits: int | None) -> None:
    """Refuse a code that breaks the level's rule, and none at all where codes are official: those cannot be made up."""
    if code is None and level.code_required and (digits or 0) <= AREA_DIGITS[-1]:
        raise Invalid("It has no code; {level} has an official one of {digits} digits.", level=level.name_zh, digits=digits)
    fault = code_fault(code, digits=digits) if code is not None and digits is not None else None
    if fault is not None:
        raise Invalid("{fault}", fault=fault)


def _refusal(row: int, label: str, reason: Invalid, geometry: shapely.Geometry | None) -> Finding:
    told = {"row": row, "label": label, "reason": reason}
    return Finding("unit-refused", "error", "Row {row} ({label}): {reason}", told, box_of(geometry), row)


def _names(scheme: Scheme) -> str:
    return "、".join(level.name_zh for level in scheme.levels)
