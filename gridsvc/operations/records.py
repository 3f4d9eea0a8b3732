"""The rows of a file about what has no geometry: text by field, one row a number, refusals with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from geodata.findings import Finding
from gridsvc.domain.cells import Unread, day_of
from gridsvc.domain.code_tables import OTHER, Code, key_of
from gridsvc.domain.columns import match_columns, number_of, text_of
from gridsvc.domain.proposals import ImportFile, RowOutcome
from gridsvc.sealing import look_up_digest

T = TypeVar("T")
Text = Mapping[str, str | None]
"""What a row says, by field."""


@dataclass(frozen=True, slots=True)
class Record:
    """One accepted row."""

    row: int
    ref: str
    """What its source calls it."""
    text: Text
    digest: str
    """Keyed, so that nobody finds what is said of a person by trying."""
    cells: Mapping[str, object]
    """The same as the file holds it, by field: what a spreadsheet did to a number or a date is told from its type."""


class Records:
    """The rows of a file, and what was found in them; whoever reads on may refuse more of them."""

    def __init__(self, file: ImportFile, noun: str, ref_of: Callable[[Text], str | None]) -> None:
        """Read the rows; of two with one number the second counts for nothing, and is refused where it says something else."""
        headers = list(dict.fromkeys(header for attributes in file.table.attributes[:100] for header in attributes))
        self.columns = match_columns(noun, headers, file.columns)
        self.findings: list[Finding] = list(file.table.findings)
        self.refused: list[RowOutcome] = []
        self._accepted: dict[int, Record] = {}
        seen: dict[str, Record] = {}
        for row, attributes in zip(file.table.rows, file.table.attributes, strict=True):
            cells = {field: attributes.get(header) for field, header in self.columns.items()}
            text = {field: text_of(cell) for field, cell in cells.items()}
            digest = look_up_digest(repr(sorted(text.items()))).hex()[:32]
            record = Record(row, ref_of(text) or f"#{digest}", text, digest, cells)
            first = seen.setdefault(record.ref, record)
            if first is record:
                self._accepted[row] = record
            else:
                self._repeated(record, first)

    @property
    def accepted(self) -> list[Record]:
        """Return the rows that nobody has refused."""
        return list(self._accepted.values())

    def refuse(self, record: Record, code: str, template: str, **values: object) -> None:
        """Take an accepted row out, and say why."""
        del self._accepted[record.row]
        self.refused.append(RowOutcome(record.row, record.ref, "refused"))
        self.findings.append(Finding(code, "error", template, {"row": record.row, **values}, None, record.row))

    def warn(self, record: Record, code: str, template: str, **values: object) -> None:
        """Say something of a row that a person should look at."""
        self.findings.append(Finding(code, "warning", template, {"row": record.row, **values}, None, record.row))

    def code(self, record: Record, field: str, table: Mapping[str, Code]) -> str | None:
        """Return the key of a cell; a word of no row is `other` where the table has that, with a warning."""
        given = record.text.get(field)
        key = key_of(table, given)
        if key is None and given is not None:
            known = "、".join(code.name_zh for code in table.values())
            told = "Row {row}: {given!r} is no known {field}; the known ones are {known}."
            self.warn(record, "code-unknown", told, given=given, field=field, known=known)
            return OTHER if OTHER in table else None
        return key

    def cell(self, record: Record, field: str, read: Callable[[object], T | None]) -> T | None:
        """Return what `read` makes of a cell; what it cannot read is left empty, with a warning."""
        try:
            return read(record.cells.get(field))
        except Unread as unread:
            self.findings.append(unread.finding(record.row, "warning"))
            return None

    def day(self, record: Record, field: str) -> str | None:
        """Return the day of a cell as ISO text; what is no day is left empty, with a warning."""
        found = self.cell(record, field, day_of)
        return None if found is None else found.isoformat()

    def number(self, record: Record, field: str) -> float | None:
        """Return the number of a cell; what is none, or below nought, is left empty, with a warning."""
        given = record.text.get(field)
        number = number_of(given)
        if given is not None and (number is None or number < 0):
            self.warn(
                record, "number-unread", "Row {row}: {given!r} is no number for {field}; it was left empty.", given=given, field=field
            )
            return None
        return number

    def _repeated(self, record: Record, first: Record) -> None:
        given = {"row": record.row, "first": first.row}
        if record.digest == first.digest:
            told = "Row {row} is the same as row {first} and counts once."
            self.findings.append(Finding("row-repeated", "info", told, given, None, record.row))
            return
        ref = "#" if record.ref.startswith("#") else record.ref
        told = "Row {row}: {ref} is also row {first} and says something else; give each its own number."
        self.findings.append(Finding("ref-repeated", "error", told, given | {"ref": ref}, None, record.row))
        self.refused.append(RowOutcome(record.row, ref, "refused"))
