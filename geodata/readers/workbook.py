"""Workbooks: XLSX, XLS and what WPS writes as ET; a sheet is a layer.

Numbers stand as they are in the file: a code that a spreadsheet took for a number has lost its zeros there, and nobody
guesses them here. Formulas count as the value that was last computed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum, load_workbook

from geodata.findings import Finding, GeodataError
from geodata.readers.tabular import Record, content
from geodata.records import Content

NOTES = "说明"
"""The sheet of notes that our own writer adds."""
_EXACT_BELOW = 1e15
"""A spreadsheet keeps fifteen digits of a number."""


def read(path: Path, layer: str | None) -> Content:
    """Return the records of one sheet: the one named, else the only visible one that holds anything but notes.

    A merged cell holds for all cells it covers, if it is text; a number stays in the first of its rows, with a finding,
    since it may be their sum.

    Raises GeodataError where several sheets could be meant, or it is no workbook.
    """
    workbook = _opened(path)
    sheet = _chosen(workbook, layer, path.name)
    merged = _Merged(sheet)
    findings: list[Finding] = []
    records = _records(sheet, merged, findings)
    read = content(records, path.name, depth=merged.depth)
    return Content(read.rows, read.attributes, read.geometry, _declared(workbook), (*read.findings, *findings), read.is_placed)


def _opened(path: Path) -> CalamineWorkbook:
    """Open a workbook by what is in it, whatever the end of its name."""
    data = path.read_bytes()
    try:
        return load_workbook(BytesIO(data))
    except PasswordError as error:
        raise GeodataError("{source} is locked with a password; save it without one.", source=path.name) from error
    except CalamineError as error:
        raise GeodataError(
            "{source} is no workbook that can be read; open it in Excel or WPS and save it as XLSX (*.xlsx).", source=path.name
        ) from error


def _chosen(workbook: CalamineWorkbook, layer: str | None, source: str) -> CalamineSheet:
    names = workbook.sheet_names
    if layer is None:
        visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        filled = [name for name in visible or names if workbook.get_sheet_by_name(name).start is not None]
        names = [name for name in filled if name != NOTES] or filled
        if not names:
            raise GeodataError("{source} is empty; a header row and records would be right.", source=source)
        if len(names) > 1:
            listed = "、".join(names)
            raise GeodataError("{source} has {count} sheets; name one of them: {layers}.", source=source, count=len(names), layers=listed)
        return workbook.get_sheet_by_name(names[0])
    if layer not in names:
        raise GeodataError("{source} has no sheet {layer!r}; it has {layers}.", source=source, layer=layer, layers="、".join(names))
    return workbook.get_sheet_by_name(layer)


def _declared(workbook: CalamineWorkbook) -> str | None:
    """Return the reference system that the sheet of notes of our own writer names."""
    if NOTES not in workbook.sheet_names:
        return None
    words = (str(cell) for row in workbook.get_sheet_by_name(NOTES).iter_rows() for cell in row)
    return next((word for word in words if word.startswith("EPSG:")), None)


class _Merged:
    """Which cells are merged with which."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self.depth: dict[int, int] = {}
        """How far down, counted from 1, the cells that begin in a row reach."""
        self.origin: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
        """By row and column, both from 0, the cell that holds for this one."""
        _, start = sheet.start or (0, 0)
        bottom, end = sheet.end or (0, 0)
        for (top, left), (low, right) in sheet.merged_cell_ranges or []:
            self.depth[top + 1] = max(self.depth.get(top + 1, 0), low + 1)
            for row in range(top, min(low, bottom) + 1):
                self.origin[row] |= dict.fromkeys(range(max(left, start), min(right, end) + 1), (top, left))


def _records(sheet: CalamineSheet, merged: _Merged, findings: list[Finding]) -> Iterator[Record]:
    held: dict[tuple[int, int], object] = {}
    _, left = sheet.start or (0, 0)
    for row, given in enumerate(sheet.iter_rows()):
        cells = [_plain(cell) for cell in given]
        findings += [_rounded(cell, row + 1) for cell in cells if isinstance(cell, int) and abs(cell) >= _EXACT_BELOW]
        for column, origin in merged.origin.get(row, {}).items():
            if origin == (row, column):
                held[origin] = cells[column - left]
            elif isinstance(value := held.get(origin), str):
                cells[column - left] = cells[column - left] or value
            elif value is not None and origin[1] == column:
                findings.append(_number_of_several(value, origin[0] + 1, row + 1))
        yield row + 1, cells


def _plain(cell: object) -> object:
    """Return a cell as text, number, truth value or None; dates and times in ISO 8601."""
    match cell:
        case "":
            return None
        case float() if cell.is_integer():
            return int(cell)
        case dt.datetime() | dt.date() | dt.time():
            return cell.isoformat()
        case dt.timedelta():
            return str(cell)
    return cell


def _rounded(value: int, row: int) -> Finding:
    template = "Row {row}: {value} is a number of more than 15 digits, whose last ones a spreadsheet loses; enter it as text."
    return Finding("rounded-number", "warning", template, {"row": row, "value": value}, row=row)


def _number_of_several(value: object, first: int, row: int) -> Finding:
    template = "The number {value} stands in merged cells from row {first} on; it counts for row {first} alone, not for row {row}."
    return Finding("merged-number", "warning", template, {"value": value, "first": first, "row": row}, row=row)
