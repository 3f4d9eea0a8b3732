"""Ledgers as offices keep them: a workbook with a title over all columns, cells merged where neighbours are equal, a row of sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # a spreadsheet knows no zones; a fixed date keeps the same content the same bytes
_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Ledger:
    """What stands in the workbook."""

    titles: Sequence[str]
    """Lines above the headers, the first of them the title."""
    headers: Sequence[str]
    rows: Sequence[Sequence[object]]
    merged: Sequence[str] = ()
    """Headers of the columns whose equal neighbours become one cell; each within one cell of those before it."""
    summed: Sequence[str] = field(default_factory=tuple)
    """Headers of the columns that the last row adds up."""
    notes: Sequence[str] = ()
    """Whom to name, whether the data are made up; kept with the file."""


def write(path: Path, ledger: Ledger) -> None:
    """Write a workbook; the same content gives the same bytes. Text never becomes a formula."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": _MADE, "comments": " ".join(ledger.notes)})
        text = book.add_format({"quote_prefix": True, "valign": "vcenter"})
        sheet = book.add_worksheet("网格台账")
        last = len(ledger.headers) - 1
        for number, title in enumerate(ledger.titles):
            sheet.merge_range(number, 0, number, last, title, text)
        sheet.write_row(len(ledger.titles), 0, ledger.headers, book.add_format({"bold": True}))
        first = len(ledger.titles) + 1
        for number, row in enumerate(ledger.rows):
            for column, cell in enumerate(row):
                if cell is not None and ledger.headers[column] not in ledger.merged:
                    _cell(sheet, first + number, column, cell, text)
        for place in range(len(ledger.merged)):
            _merge(sheet, first, [ledger.headers.index(each) for each in ledger.merged[: place + 1]], ledger.rows, text)
        _sums(sheet, first, ledger)
        sheet.set_column(0, last, _WIDTH)


def _cell(sheet: Any, row: int, column: int, cell: object, text: Any) -> None:  # noqa: ANN401  # xlsxwriter has no types
    if isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, str(cell), text)


def _merge(sheet: Any, first: int, columns: Sequence[int], rows: Sequence[Sequence[object]], text: Any) -> None:  # noqa: ANN401  # the same
    """Write the last of these columns, one cell for neighbours that are equal in all of them."""
    row, column = first, columns[-1]
    for cells, group in groupby([[cells[each] for each in columns] for cells in rows]):
        count = len(list(group))
        if count > 1:
            sheet.merge_range(row, column, row + count - 1, column, cells[-1], text)
        elif cells[-1] is not None:
            sheet.write_string(row, column, str(cells[-1]), text)
        row += count


def _sums(sheet: Any, first: int, ledger: Ledger) -> None:  # noqa: ANN401  # the same
    """Write the row of sums below, where anything is summed."""
    end = first + len(ledger.rows)
    columns = [ledger.headers.index(header) for header in ledger.summed]
    if not columns:
        return
    sheet.merge_range(end, 0, end, min(columns) - 1, "合计")
    for column in columns:
        total = sum(cell for row in ledger.rows if isinstance(cell := row[column], int | float))
        letter = chr(ord("A") + column)
        sheet.write_formula(end, column, f"=SUM({letter}{first + 1}:{letter}{end})", None, total)
