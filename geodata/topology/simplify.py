"""Thinner borders for drawing at small scales."""

from __future__ import annotations

import shapely

from geodata.findings import GeodataError
from geodata.topology.grid import Geometries
from geodata.topology.plane import Plane

BANDS: dict[int, float] = {8: 200.0, 10: 50.0, 12: 12.0, 14: 3.0, 16: 0.0}
"""Lowest zoom of a band -> tolerance in metres: about a third of a pixel of 256-pixel tiles at latitude 35 degrees."""


def simplify(geometries: Geometries, tolerance_m: float, *, frame: Geometries | None = None) -> Geometries:
    """Return the coverage with fewer vertices, shared borders still identical, every leaf valid and still there.

    For drawing only: areas deviate by a tenth at small scales. Simplify leaves and `unite` the result for
    ancestors: levels simplified each by itself do not match. Vertices are a subset of the given ones. Of a part of a coverage the
    leaves with all their neighbours come out as they do in the whole, where `frame` has the extent of the whole.
    Errors: GeodataError for a negative tolerance.
    """
    if tolerance_m < 0:
        raise GeodataError("A tolerance of {tolerance_m} m was given; 0 or more would be right.", tolerance_m=tolerance_m)
    plane = Plane.around(geometries if frame is None else frame)
    return plane.back(shapely.coverage_simplify(plane.flat(geometries), tolerance_m))
