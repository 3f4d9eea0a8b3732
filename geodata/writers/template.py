"""Empty ledgers to fill in: a title, a row of headers, cells kept as text, words to choose from, a sheet that says what goes where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter

from geodata.writers.sheets import NOTES

ROWS = 2000
"""So many rows below the header are prepared."""
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # a spreadsheet knows no zones; a fixed date keeps the same content the same bytes
_LONGEST_LIST = 255
"""Characters of a list to choose from (Excel's limit)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column to fill in."""

    header: str
    required: bool = False
    choices: Sequence[str] = ()
    """The words that it takes; none where it takes any text."""
    hint: str = ""
    """What to write, with an example."""


def write(path: Path, title: str, fields: Sequence[Field]) -> None:
    """Write a workbook; the same fields give the same bytes. What a person types stays text: a phone number keeps its digits."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": _MADE})
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(title[:31])
        sheet.merge_range(0, 0, 0, len(fields) - 1, title, book.add_format({"bold": True, "font_size": 14, "align": "center"}))
        for column, field in enumerate(fields):
            called = field.header + ("*" if field.required else "")
            sheet.set_column(column, column, max(10, 2 * len(called) + 2), text)
            sheet.write_string(1, column, called, head)
            if field.choices and len(",".join(field.choices)) <= _LONGEST_LIST:
                sheet.data_validation(
                    2, column, ROWS + 1, column, {"validate": "list", "source": list(field.choices), "error_type": "warning"}
                )
        sheet.freeze_panes(2, 0)
        about = book.add_worksheet(NOTES)
        about.set_column(0, 0, 20)
        about.set_column(1, 1, 80)
        for row, field in enumerate(fields):
            about.write_string(row, 0, field.header, head)
            about.write_string(row, 1, "。".join(filter(None, ["必填" if field.required else "", field.hint, "、".join(field.choices)])))
