"""Tables as text: comma, semicolon or tab between the cells, places as WKT or as two columns of numbers, or none."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, count
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.findings import Finding, GeodataError
from geodata.readers.text import cleaned, decoded, is_storable
from geodata.records import Attributes, Content, Geometries

WKT_NAMES = ("wkt", "geometry", "geom", "the_geom", "几何")
X_NAMES = ("lon", "lng", "longitude", "x", "经度")
Y_NAMES = ("lat", "latitude", "y", "纬度")


def read(path: Path, _layer: str | None) -> Content:
    """Return the records of a table whose first row names the columns; every cell stays text.

    A column called as one of `WKT_NAMES` holds geometries, else two of `X_NAMES` and `Y_NAMES` hold points, else the
    table is a plain one. Those columns are no attributes. Rows are counted as a spreadsheet does, empty lines included.

    Raises GeodataError where the text cannot be decoded, has no header, or a quote is never closed.
    """
    text, findings = decoded(path.read_bytes(), path.name)
    records = _records(text, path.name)
    if not records:
        raise GeodataError("{source} is empty; a header row and records would be right.", source=path.name)
    header, told = _header(records.pop(0)[1])
    rows = [row for row, _ in records]
    cells = []
    for row, record in records:
        cells.append(record + [""] * (len(header) - len(record)))
        told += _misfit(record, len(header), row)
    columns: dict[str, Sequence[str]] = dict.fromkeys(header, ())
    columns |= dict(zip(header, zip(*cells, strict=False), strict=False))
    geometry, used, unread = _geometry(columns, rows)
    said = {name: column for name, column in columns.items() if name not in used}
    attributes: list[Attributes] = (
        [dict(zip(said, record, strict=True)) for record in zip(*said.values(), strict=True)] if said else [{} for _ in rows]
    )
    content = Content(rows, attributes, geometry, None, (*findings, *told, *unread), is_placed=bool(used))
    return content if is_storable(text) else cleaned(content)


def _records(text: str, source: str) -> list[tuple[int, list[str]]]:
    """Return the non-empty records with their numbers, cut by whichever separator gives the header most cells."""
    csv.field_size_limit(sys.maxsize)  # a district's outline is longer than the module's default of 128 KiB
    separator = max(",;\t", key=lambda mark: len(next(filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=mark)), [])))
    return [(row, record) for row, record in enumerate(_cut(text, separator, source), start=1) if any(record)]


def _cut(text: str, separator: str, source: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise GeodataError("{source}, line {line}: {reason}.", source=source, line=reader.line_num, reason=str(error)) from error


def _header(cells: Sequence[str]) -> tuple[list[str], list[Finding]]:
    """Return the columns' names, each once: a repeated one gets a number, a missing one its position."""
    names: list[str] = []
    findings = []
    for position, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {position}"
        free = next(call for call in chain([name], (f"{name} {number}" for number in count(2))) if call not in names)
        if free != name:
            values = {"name": name, "called": free}
            findings.append(
                Finding("repeated-column", "warning", "Column {name!r} is there twice; the later one is called {called!r}.", values, row=1)
            )
        names.append(free)
    return names, findings


def _misfit(record: list[str], expected: int, row: int) -> list[Finding]:
    """Return a finding for a row with other than the header's cells; surplus empty ones are a spreadsheet's habit."""
    values = {"cells": len(record), "expected": expected}
    if len(record) < expected:
        return [
            Finding(
                "too-few-cells", "warning", "{cells} cells where the header has {expected}; the missing ones are empty.", values, row=row
            )
        ]
    if any(record[expected:]):
        return [
            Finding("too-many-cells", "warning", "{cells} cells where the header has {expected}; the surplus is left out.", values, row=row)
        ]
    return []


def _geometry(columns: dict[str, Sequence[str]], rows: Sequence[int]) -> tuple[Geometries, set[str], list[Finding]]:
    """Return the geometries, the columns that held them, and a finding for each row whose cells cannot be read."""
    named = {name.lower(): name for name in reversed(columns)}
    wkt, x, y = (next((named[name] for name in names if name in named), None) for names in (WKT_NAMES, X_NAMES, Y_NAMES))
    if wkt:
        geometry = shapely.from_wkt(np.array([cell.strip() or None for cell in columns[wkt]], dtype=object), on_invalid="ignore")
        used = [wkt]
    elif x and y:
        numbers = np.column_stack([_numbers(columns[x]), _numbers(columns[y])])
        finite = np.isfinite(numbers).all(axis=1)
        geometry = np.full(len(rows), None, dtype=object)
        geometry[finite] = shapely.points(numbers[finite])
        used = [x, y]
    else:
        return np.full(len(rows), None), set(), []
    texts = [" ".join(cells).strip() for cells in zip(*(columns[name] for name in used), strict=True)]
    unread = [at for at in np.flatnonzero(shapely.is_missing(geometry)).tolist() if texts[at]]
    return geometry, set(used), [_unread(texts[at][:80], rows[at], wkt=bool(wkt)) for at in unread]


def _unread(text: str, row: int, *, wkt: bool) -> Finding:
    if wkt:
        return Finding("unreadable-geometry", "error", "{text!r} is no geometry in WKT.", {"text": text}, row=row)
    return Finding(
        "unreadable-geometry", "error", "{text!r} is no pair of numbers; decimal degrees or metres would be right.", {"text": text}, row=row
    )


def _numbers(cells: Sequence[str]) -> NDArray[np.float64]:
    """Return cells as numbers, NaN where one is none."""
    return np.fromiter((_number(cell) for cell in cells), dtype=np.float64, count=len(cells))


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
