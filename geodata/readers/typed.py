"""CSV of our own writer: quotes tell text from numbers, an apostrophe shields what a spreadsheet would take for a formula.

The form is described in `geodata.writers.delimited`: the last column has no cells, its header begins with `# ` and holds notes;
the one before is the geometry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
import shapely

from geodata.readers.tabular import Record
from geodata.records import Content

_CELL = re.compile(r'(?:"((?:[^"]|"")*+)"|([^",\r\n]*+))(,|\r\n|\n|\r|\Z)')
_HEADER = re.compile(r'(?:"(?:[^"]|"")*+",)+"# (?:[^"]|"")*+"[\r\n]')
_RESAVED = re.compile(r'.*[,;\t]"?# [^,;\t\r\n]*[\r\n]')
_SHIELDED = re.compile(r"'+[=+\-@＝＋－＠\t\r\n]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?")
_WORDS: dict[str, object] = {"": None, "true": True, "false": False}


def is_ours(start: str) -> bool:
    """Say whether a text begins with the header that our writer writes."""
    return _HEADER.match(start) is not None


def is_resaved(start: str) -> bool:
    """Say whether a text begins with such a header, but was written again by a spreadsheet, so that quotes tell nothing."""
    return _RESAVED.match(start) is not None


def content(text: str) -> Content | None:
    """Return the records of a file of our own, every value of the type that was written; None where somebody changed its form."""
    (_, header), *records = _records(text)
    if any(len(cells) != len(header) for _, cells in records):
        return None
    called = [str(name) for name in header[:-2]]
    geometry = np.fromiter((cells[-2] for _, cells in records), dtype=object, count=len(records))
    attributes = [dict(zip(called, cells, strict=False)) for _, cells in records]
    try:
        return Content([row for row, _ in records], attributes, shapely.from_wkt(geometry), "EPSG:4490")
    except (shapely.GEOSException, TypeError):
        return None


def unshielded(records: Iterable[Record]) -> Iterator[Record]:
    """Yield rows with their texts as they were before they were shielded."""
    for row, cells in records:
        yield row, [_bare(cell) if isinstance(cell, str) else cell for cell in cells]


def _records(text: str) -> Iterator[Record]:
    """Yield the rows with their numbers, as far as the text has the form."""
    cells: list[object] = []
    at, row = 0, 1
    while at < len(text) and (found := _CELL.match(text, at)):
        quoted, bare, end = found.groups()
        cells.append(_bare(quoted.replace('""', '"')) if quoted is not None else _value(bare))
        at = found.end()
        if end != ",":
            yield row, cells
            row, cells = row + 1, []
    if at < len(text):
        yield row, [text[at:]]


def _bare(text: str) -> str:
    return text[1:] if _SHIELDED.match(text) else text


def _value(bare: str) -> object:
    if not _NUMBER.fullmatch(bare):
        return _WORDS.get(bare, bare)
    return float(bare) if set(bare) & set(".e") else int(bare)
