"""Workbooks for spreadsheets (XLSX): one sheet of records, a point of each as longitude and latitude, and a sheet of notes.

The first sheet has the layer's name, one header row, frozen, and the columns as given; text is text (codes keep their zeros) and is
marked so that it never becomes a formula, not even when somebody edits the cell. Its last two columns are the longitude and latitude
of a point in the geometry. A second sheet, called `说明`, says which reference system these are in, and holds the notes (whom a map
has to name, whether the data are made up), one a row; a reader that is asked for no sheet by name takes the other one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import xlsxwriter

from geodata.crs import STORED, snapped
from geodata.findings import GeodataError
from geodata.records import Geometries
from geodata.writers.layers import Layer

MOST_ROWS, MOST_CHARACTERS, MOST_DIGITS = 1_048_575, 32_767, 15
"""What a sheet holds below its header, a cell holds, and a number keeps."""
NOTES = "说明"
LARGEST = 9.99e307
"""Numbers beyond it are text (the largest that Excel takes)."""
_NARROWEST, _WIDEST, _LOOKED_AT = 8, 48, 200
"""Widths of columns in letters, and the rows that decide them."""
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # a spreadsheet knows no zones; a fixed date keeps the same content the same bytes


def write(path: Path, layer: Layer) -> None:
    """Write a workbook; integers of more than 15 digits are text.

    Raises GeodataError where a sheet has not enough rows, or a cell is too small for a text.
    """
    if len(layer.attributes) > MOST_ROWS:
        raise GeodataError(
            "{count:,} rows do not fit on a sheet of {most:,}; CSV would be right.", count=len(layer.attributes), most=MOST_ROWS
        )
    rows = [
        [attributes[name] for name in layer.columns] + place
        for attributes, place in zip(layer.attributes, _places(layer.geometry), strict=True)
    ]
    header = [*layer.columns, *layer.place]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"comments": " ".join(layer.notes), "created": _MADE})
        text = book.add_format({"quote_prefix": True})
        sheet = book.add_worksheet(_sheet_name(layer.name))
        for column, name in enumerate(header):
            sheet.set_column(column, column, _width([name, *(row[column] for row in rows[:_LOOKED_AT])]))
        sheet.freeze_panes(1, 0)
        _write_row(sheet, 0, header, book.add_format({"bold": True, "quote_prefix": True}))
        for number, cells in enumerate(rows, start=1):
            _write_row(sheet, number, cells, text)
        about = book.add_worksheet(NOTES)
        for number, note in enumerate([f"EPSG:{STORED}", *layer.notes]):
            about.write_string(number, 0, note)


def _places(geometry: Geometries) -> list[list[object]]:
    """Return longitude and latitude of a point in each geometry, of a point its own."""
    places = np.full((len(geometry), 2), None, dtype=object)
    some = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    places[some] = snapped(shapely.get_coordinates(shapely.point_on_surface(geometry[some])))
    listed: list[list[object]] = places.tolist()
    return listed


def _write_row(sheet: Any, number: int, cells: Sequence[object], text: Any) -> None:  # noqa: ANN401  # xlsxwriter has no types
    for column, cell in enumerate(cells):
        match cell:
            case None:
                pass
            case bool():
                sheet.write_boolean(number, column, cell)
            case int() | float() if abs(cell) < (10**MOST_DIGITS if isinstance(cell, int) else LARGEST):
                sheet.write_number(number, column, cell)
            case _ if sheet.write_string(number, column, str(cell), text) != 0:
                template = "Row {row}, column {column}: a cell of a sheet holds {most:,} characters, not {count:,}; CSV would be right."
                raise GeodataError(template, row=number + 1, column=column + 1, most=MOST_CHARACTERS, count=len(str(cell)))


def _sheet_name(name: str) -> str:
    """Return a name that a sheet may have: 31 characters, none of []:*?/ and no backslash among them."""
    return name.translate(dict.fromkeys(map(ord, "[]:*?/\\'"), "_"))[:31] or "1"


def _width(cells: Sequence[object]) -> int:
    """Return how many letters wide a column should be; a Chinese character is as wide as two."""
    widest = max(sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in str(cell or "")[:_WIDEST]) for cell in cells)
    return min(max(widest + 2, _NARROWEST), _WIDEST)
