"""What lies near shapes, found by the index of boxes."""

from __future__ import annotations

import shapely

from geodata.crs import STORED
from geodata.topology import Geometries


def boxes(shapes: Geometries) -> list[str]:
    """Return the boxes of shapes as a statement with `near` takes them."""
    return list(shapely.to_wkb(shapely.set_srid(shapely.box(*shapely.bounds(shapes).T), STORED), hex=True, include_srid=True))


def near(table: str) -> str:
    """Return the array of the ids of the current rows of a table whose boxes meet one of `:boxes`, by its index.

    As an array it is made once, whatever the planner thinks of tables that were filled a moment ago.
    """
    return f"""ARRAY (
    SELECT w.id FROM unnest(cast(:boxes AS text[])) AS near (box)
    JOIN {table} w ON w.geom && cast(near.box AS geometry) AND upper_inf(w.valid)
    )"""
