"""What an import would bring in, as shapes to look at: a few thousand at most, no finer than a screen shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geodata.records import Table
from gridsvc.domain.proposals import RowOutcome
from gridsvc.domain.told import storable

PIXELS = 2000
"""How finely the whole is drawn: a simplified line is off by less than half of one in so many of its extent."""


def shapes_of(table: Table, rows: Sequence[RowOutcome]) -> dict[str, Any] | None:
    """Return a GeoJSON FeatureCollection of these rows (row, key and outcome as properties, bbox of all); None where none has a place."""
    index_of = {row: index for index, row in enumerate(table.rows)}
    placed = [row for row in rows if row.row in index_of and _drawable(table.geometry[index_of[row.row]])]
    if not placed:
        return None
    whole = np.asarray([table.geometry[index_of[row.row]] for row in placed], dtype=object)
    west, south, east, north = shapely.total_bounds(whole).tolist()
    fine_deg = max(east - west, north - south) / PIXELS / 2
    drawn = shapely.to_geojson(shapely.set_precision(shapely.simplify(whole, fine_deg), 1e-7, mode="pointwise"))
    features = [
        {
            "type": "Feature",
            "properties": {"row": row.row, "key": storable(row.key), "outcome": row.outcome},
            "geometry": json.loads(shape),
        }
        for row, shape in zip(placed, drawn, strict=True)
    ]
    return {"type": "FeatureCollection", "bbox": [west, south, east, north], "features": features}


def _drawable(geometry: shapely.Geometry | None) -> bool:
    return geometry is not None and not shapely.is_empty(geometry) and bool(np.isfinite(shapely.bounds(geometry)).all())
