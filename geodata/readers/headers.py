"""What the rows of a sheet are: titles, the row that names the columns, sums and remarks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import chain, count

from geodata.findings import Finding

LOOKED_AT = 10
"""So many rows that hold anything may stand before the first record; the columns' names are among them."""

_FILLED_IN = re.compile("[一-鿿]\\s*[:：]")
_SUM = re.compile(r".{0,20}(合计|小计|总计|共计|累计)[:：]?")
_REMARK = re.compile(r"(注|备注|说明|填表|填报|制表|审核|统计|联系人|负责人|单位负责人).{0,6}[:：].*", re.DOTALL)


def header_at(rows: Sequence[Sequence[object]]) -> int:
    """Return which of the first rows names the columns: the first that fills more than half of the table's width.

    Titles above fill less, or say something like 填报单位：甲街道; a row with numbers or dates is no header, unless it comes
    first. Where no row is left, the first one is taken.
    """
    width = max((len(_texts(cells)) for cells in rows), default=0)
    for at, cells in enumerate(rows):
        is_title = 2 * len(_texts(cells)) <= width or any(isinstance(cell, str) and _FILLED_IN.search(cell) for cell in cells)
        if not is_title and (at == 0 or not any(map(is_number, cells))):
            return at
    return 0


def is_number(cell: object) -> bool:
    """Say whether a cell is a number or a date, as such or as text."""
    if isinstance(cell, str):
        return bool(re.fullmatch(r"[-+]?[0-9][0-9,]*(\.[0-9]*)?%?|[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}.*", plain(cell), re.DOTALL))
    return isinstance(cell, int | float)


def is_sum(cells: Sequence[object]) -> bool:
    """Say whether a row adds up others: 合计, 小计, 总计 or 共计 ends a text that stands before the first number."""
    for cell in cells:
        if is_number(cell):
            return False
        if isinstance(cell, str) and _SUM.fullmatch(plain(cell)):
            return True
    return False


def is_remark(cells: Sequence[object]) -> bool:
    """Say whether a row is a note under the table: it fills less than half of the width and begins with 注: or the like."""
    texts = [cell for cell in cells if cell not in (None, "")]
    return 2 * len(set(texts)) < len(cells) and isinstance(texts[0], str) and bool(_REMARK.fullmatch(plain(texts[0])))


def plain(text: str) -> str:
    """Return a text without spaces, full-width characters as plain ones."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def united(rows: Sequence[Sequence[object]]) -> list[str]:
    """Return one header from several rows of it: a group's name before that of the column."""
    said = [["" if cell is None else " ".join(str(cell).split()) for cell in cells] for cells in zip(*rows, strict=True)]
    return [" ".join(dict.fromkeys(filter(None, parts))) for parts in said]


def names(cells: Sequence[str], row: int) -> tuple[list[str], list[Finding]]:
    """Return the columns' names, each once: a repeated one gets a number, a missing one its position."""
    found: dict[str, None] = {}
    findings = []
    for position, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {position}"
        free = next(call for call in chain([name], (f"{name} {number}" for number in count(2))) if call not in found)
        if free != name:
            template = "Column {name!r} is there twice; the later one is called {called!r}."
            findings.append(Finding("repeated-column", "warning", template, {"name": name, "called": free}, row=row))
        found[free] = None
    return list(found), findings


def _texts(cells: Sequence[object]) -> set[object]:
    return {cell for cell in cells if cell is not None and cell != ""}
