"""Tables as text: CSV in UTF-8 with mark, comma between the cells, geometry as WKT in a last column `wkt`.

Text stands in quotes, numbers, `true`, `false` and missing values (nothing at all) stand without: so `""` is empty text and `"007"`
is no number. Text that a spreadsheet would take for a formula (its first character after any apostrophes is one of = + - @, also in
full width, a tab or an end of line; OWASP, CSV injection) gets one more apostrophe before it. A number is never text and keeps its
minus.

One more column follows, without cells: its header begins with `# ` and holds the notes (whom a map has to name, whether the data
are made up). Where there is such a header, a reader knows that quotes tell types and takes one apostrophe off again.
"""

from __future__ import annotations

import re
from pathlib import Path

import shapely

from geodata.crs import DECIMALS
from geodata.writers.layers import Layer

GEOMETRY = "wkt"
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")


def write(path: Path, layer: Layer) -> None:
    """Write a header row and a row for each record."""
    shapes = shapely.to_wkt(layer.geometry, rounding_precision=DECIMALS)
    notes = [f"# {' '.join(layer.notes)}"]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(_row([*layer.columns, GEOMETRY, *notes]))
        for attributes, shape in zip(layer.attributes, shapes, strict=True):
            file.write(_row([*(attributes[name] for name in layer.columns), shape, None]))


def _row(values: list[object]) -> str:
    return ",".join(map(_cell, values)) + "\r\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        harmless = f"'{value}" if _FORMULA.match(value) else value
        return '"' + harmless.replace('"', '""') + '"'
    return str(value).lower() if isinstance(value, bool) else repr(value)
