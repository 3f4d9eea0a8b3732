"""Grids drawn in text: the picture is the test's documentation."""

from __future__ import annotations

import numpy as np
from shapely import MultiPolygon, Polygon, box, union_all

WEST, SOUTH, CELL_DEG = 120.0, 30.0, 0.001


def draw(*rows: str, cell_deg: float = CELL_DEG, west: float = WEST, south: float = SOUTH) -> dict[str, Polygon | MultiPolygon]:
    """Return the ground of each letter: `draw("A A B", "A C C")`, first row north, `.` for no ground."""
    cells: dict[str, list[Polygon]] = {}
    for up, row in enumerate(reversed(rows)):
        for right, letter in enumerate(row.split()):
            corner = np.round(
                [west + right * cell_deg, south + up * cell_deg, west + (right + 1) * cell_deg, south + (up + 1) * cell_deg], 8
            )
            cells.setdefault(letter, []).append(box(*corner))
    cells.pop(".", None)
    return {letter: union_all(cells[letter]) for letter in sorted(cells)}
