"""Tables as text: comma, semicolon or tab between the cells, places as WKT or as two columns of numbers, or none.

The table is read as a stream, so that a large one takes little more memory than what it says.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

from geodata.findings import GeodataError
from geodata.readers import typed
from geodata.readers.headers import LOOKED_AT
from geodata.readers.tabular import Record, Sheet, content, opened
from geodata.readers.text import encoding_of
from geodata.records import Content

SEPARATORS = ",;\t"
_START = 1 << 16
"""Characters that hold the header of a file of our own."""


def read(path: Path, _layer: str | None) -> Content:
    """Return the records of a table; every cell stays text, but in a file of our own writer (see `geodata.writers.delimited`).

    Rows are counted as a spreadsheet does, empty lines included.

    Raises GeodataError where the text cannot be decoded, has no header, or a quote is never closed.
    """
    encoding, findings = encoding_of(path)
    with _opened(path, encoding) as text:
        start = text.read(_START)
        ours = typed.content(start + text.read()) if typed.is_ours(start) else None
    if ours is not None:
        return ours
    rows = records(path, encoding)
    return content(typed.unshielded(rows) if typed.is_resaved(start) else rows, path.name, findings=findings)


def stream(path: Path) -> tuple[Sheet, Iterator[Record]]:
    """Return the header of a table and its records, which are read one after the other, however many.

    Raises GeodataError as `read` does, a part of it while the records are read.
    """
    encoding, findings = encoding_of(path)
    sheet, said = opened(records(path, encoding), path.name)
    sheet.findings += findings
    return sheet, said


def records(path: Path, encoding: str) -> Iterator[Record]:
    """Yield the numbered rows of a table, cut by whichever separator cuts its first rows most.

    Raises GeodataError with the line where a quote is never closed.
    """
    csv.field_size_limit(sys.maxsize)  # a district's outline is longer than the module's default of 128 KiB
    with _opened(path, encoding) as text:
        separator = _separator(text)
        text.seek(0)
        yield from enumerate(_cut(text, separator, path.name), start=1)


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[IO[str]]:
    with path.open(encoding=encoding, errors="replace" if encoding == "utf-16" else "strict", newline="") as text:
        yield text


def _separator(text: Iterable[str]) -> str:
    """Return the separator: of the first row that any of them cuts, the one that cuts it most; titles above have none."""
    rows = [_first_rows(lines, mark) for lines in [list(islice(text, 4 * LOOKED_AT))] for mark in SEPARATORS]
    for cells in zip(*rows, strict=False):
        if max(map(len, cells)) > 1:
            return max(zip(map(len, cells), reversed(range(len(SEPARATORS))), SEPARATORS, strict=True))[2]
    return SEPARATORS[0]


def _first_rows(lines: list[str], mark: str) -> list[list[str]]:
    return list(islice(filter(any, csv.reader(lines, delimiter=mark)), LOOKED_AT))


def _cut(text: Iterable[str], separator: str, source: str) -> Iterator[list[object]]:
    reader = csv.reader(text, delimiter=separator, strict=True)
    try:
        yield from map(list, reader)
    except csv.Error as error:
        raise GeodataError("{source}, line {line}: {reason}.", source=source, line=reader.line_num, reason=str(error)) from error
