"""Tables of cells, from text or from a workbook: where their header is, which rows are records, and where those are."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.findings import Finding, GeodataError
from geodata.readers.headers import LOOKED_AT, header_at, is_remark, is_sum, names, plain, united
from geodata.readers.rows import CHUNK, Block, Rows, column
from geodata.readers.text import is_storable, storable
from geodata.records import Content, Geometries

WKT_NAMES = ("wkt", "geometry", "geom", "the_geom", "几何")
X_NAMES = ("lon", "lng", "longitude", "x", "经度", "东经")
Y_NAMES = ("lat", "latitude", "y", "纬度", "北纬")

_HINTS = re.compile("[计:：]")
"""Without any of these a row neither adds up others nor is a note."""
_NAMELESS = re.compile(r"column [0-9]+|# .*", re.DOTALL)
"""Columns without a header, and the one in which a file of our own keeps its notes."""

Record: TypeAlias = tuple[int, list[object]]
"""The number of a row, as a person sees it, and its cells."""


@dataclass(slots=True)
class Sheet:
    """A table while it is read."""

    names: list[str]
    """What its columns are called, each once."""
    places: list[int]
    """The columns that hold geometries: one of WKT, or x and y, or none."""
    findings: list[Finding]
    """What was odd so far."""


def opened(records: Iterable[Record], source: str, *, depth: Mapping[int, int] | None = None) -> tuple[Sheet, Iterator[Record]]:
    """Return a table's header and its records, which are read one after the other; `content` says what they are.

    Raises GeodataError where nothing stands in the table.
    """
    filled = ((row, cells) for row, cells in records if any(cells) or any(cell not in (None, "") for cell in cells))  # 0 says something
    first = list(islice(filled, LOOKED_AT))
    if not first:
        raise GeodataError("{source} is empty; a header row and records would be right.", source=source)
    at = header_at([cells for _, cells in first])
    row, _ = first[at]
    last = max((depth or {}).get(row, row), row)
    header = [given for number, given in first[at:] if number <= last]
    sheet = _sheet(header, row)
    if at:
        template = "The columns' names were found in row {row}; what stands above is taken for a title."
        sheet.findings.append(Finding("header-below", "info", template, {"row": row}, row=row))
    return sheet, _records(chain(first[at + len(header) :], filled), sheet)


def content(records: Iterable[Record], source: str, *, depth: Mapping[int, int] | None = None, findings: Iterable[Finding] = ()) -> Content:
    """Return the records of a table.

    The header is among the first ten rows that hold anything; `depth` says of a row how far down its cells reach, so that
    a header of several rows is read as one. Rows that are blank, add up others, or are a note under the table, are no
    records; the last two are told. A column called as one of `WKT_NAMES` holds geometries, else two of `X_NAMES` and
    `Y_NAMES` hold points, else the table is a plain one. Those columns are no attributes.

    Raises GeodataError where nothing stands in the table.
    """
    sheet, said = opened(records, source, depth=depth)
    rows = array("q")
    blocks: list[Block] = []
    geometry: list[Geometries] = [np.empty(0, dtype=object)]
    while block := list(islice(said, CHUNK)):
        rows.extend(row for row, _ in block)
        cells = list(zip(*(cells for _, cells in block), strict=True))
        geometry.append(_geometry(sheet, [cells[place] for place in sheet.places], rows[-len(block) :]))
        blocks.append(tuple(column(values) for place, values in enumerate(cells) if place not in sheet.places))
    told = (*findings, *sheet.findings)
    return Content(rows, _attributes(sheet, blocks, len(rows)), np.concatenate(geometry), None, told, is_placed=bool(sheet.places))


def _sheet(header: Sequence[Sequence[object]], row: int) -> Sheet:
    cells = [str(storable(name)) for name in (united(header) if len(header) > 1 else map(_word, header[0]))]
    called, findings = names(cells, row)
    if any(not is_storable(_word(cell)) for given in header for cell in given):
        findings.append(_cleaned(row))
    return Sheet(called, _places(called), findings)


def _attributes(sheet: Sheet, blocks: Sequence[Block], count: int) -> Rows:
    """Return what the rows say, without columns that have neither name nor cells."""
    called = [name for place, name in enumerate(sheet.names) if place not in sheet.places]
    said = [at for at, name in enumerate(called) if not _NAMELESS.fullmatch(name) or any(_says(block[at]) for block in blocks)]
    return Rows([called[at] for at in said], [tuple(block[at] for at in said) for block in blocks], count)


def _says(values: NDArray[np.generic]) -> bool:
    return any(value not in (None, "") for value in values.tolist())


def _word(cell: object) -> str:
    return "" if cell is None else str(cell)


def _places(called: Sequence[str]) -> list[int]:
    known = {plain(name).casefold(): place for place, name in reversed(list(enumerate(called)))}
    wkt, x, y = (next((known[name] for name in wanted if name in known), None) for wanted in (WKT_NAMES, X_NAMES, Y_NAMES))
    if wkt is not None:
        return [wkt]
    return [] if x is None or y is None else [x, y]


def _records(rows: Iterable[Record], sheet: Sheet) -> Iterator[Record]:
    """Yield the records among the rows, as wide as the header and fit to store."""
    width = len(sheet.names)
    for row, given in rows:
        text = "".join([cell for cell in given if isinstance(cell, str)])
        if _HINTS.search(text) and (left_out := _left_out(given, row, sheet)):
            sheet.findings.append(left_out)
            continue
        cells = given
        if len(given) != width:
            sheet.findings += _misfit(given, width, row)
            cells = given[:width] + [""] * (width - len(given))
        if not is_storable(text):
            sheet.findings.append(_cleaned(row))
            cells = [storable(cell) for cell in cells]
        yield row, cells


def _left_out(cells: Sequence[object], row: int, sheet: Sheet) -> Finding | None:
    """Return a finding for a row that is no record; one that has a place is."""
    if any(place < len(cells) and cells[place] not in (None, "") for place in sheet.places):
        return None
    text = " ".join(dict.fromkeys(str(cell) for cell in cells if cell not in (None, "")))[:60]
    if is_sum(cells):
        return Finding("sum-row", "info", "Row {row} ({text}) adds up others and is left out.", {"row": row, "text": text}, row=row)
    if is_remark(cells):
        return Finding(
            "remark-row", "info", "Row {row} ({text}) is a note under the table and is left out.", {"row": row, "text": text}, row=row
        )
    return None


def _misfit(cells: Sequence[object], expected: int, row: int) -> list[Finding]:
    """Return a finding for a row with other than the header's cells; surplus empty ones are a spreadsheet's habit."""
    values = {"cells": len(cells), "expected": expected}
    if len(cells) < expected:
        return [
            Finding(
                "too-few-cells", "warning", "{cells} cells where the header has {expected}; the missing ones are empty.", values, row=row
            )
        ]
    if any(cell not in (None, "") for cell in cells[expected:]):
        return [
            Finding("too-many-cells", "warning", "{cells} cells where the header has {expected}; the surplus is left out.", values, row=row)
        ]
    return []


def _cleaned(row: int) -> Finding:
    return Finding("text-cleaned", "warning", "NUL and half characters, which cannot be stored, were removed.", row=row)


def _geometry(sheet: Sheet, cells: Sequence[Sequence[object]], rows: Sequence[int]) -> Geometries:
    """Return the geometries in one column of WKT or two of numbers, and tell the sheet of each row whose cells cannot be read."""
    if not cells:
        return np.full(len(rows), None, dtype=object)
    texts = [" ".join("" if cell is None else str(cell) for cell in said).strip() for said in zip(*cells, strict=True)]
    if len(cells) == 1:
        geometry: Geometries = shapely.from_wkt(np.array([text or None for text in texts], dtype=object), on_invalid="ignore")
    else:
        numbers = np.column_stack([_numbers(said) for said in cells])
        finite = np.isfinite(numbers).all(axis=1)
        geometry = np.full(len(rows), None, dtype=object)
        geometry[finite] = shapely.points(numbers[finite])
    unread = [at for at in np.flatnonzero(shapely.is_missing(geometry)).tolist() if texts[at]]
    sheet.findings += [_unread(texts[at][:80], rows[at], wkt=len(cells) == 1) for at in unread]
    return geometry


def _unread(text: str, row: int, *, wkt: bool) -> Finding:
    if wkt:
        return Finding("unreadable-geometry", "error", "{text!r} is no geometry in WKT.", {"text": text}, row=row)
    return Finding(
        "unreadable-geometry", "error", "{text!r} is no pair of numbers; decimal degrees or metres would be right.", {"text": text}, row=row
    )


def _numbers(cells: Sequence[object]) -> NDArray[np.float64]:
    """Return cells as numbers, NaN where one is none."""
    return np.fromiter((_number(cell) for cell in cells), dtype=np.float64, count=len(cells))


def _number(cell: object) -> float:
    """Return a cell as a number; what Python alone takes for one (1_000) is none."""
    if isinstance(cell, str) and not cell.isascii():
        cell = unicodedata.normalize("NFKC", cell)
    try:
        return float(cell) if isinstance(cell, str | int | float) and (not isinstance(cell, str) or "_" not in cell) else float("nan")
    except (ValueError, OverflowError):
        return float("nan")
