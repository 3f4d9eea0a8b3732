"""One thing of the ground as a file tells it."""

from __future__ import annotations

from dataclasses import dataclass

import shapely


@dataclass(frozen=True, slots=True)
class Feature:
    """One accepted row."""

    row: int
    ref: str
    """What its source calls it; without such a column, a digest of the row."""
    text: dict[str, str | None]
    geometry: shapely.Geometry
    size: float
    """Ground of a polygon in m², length of a line in m, 0 for a point."""
    digest: str
    repaired: bool
