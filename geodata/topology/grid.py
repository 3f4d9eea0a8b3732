"""The grid on which every stored coordinate lies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

DECIMALS = 8
STEP_DEG = 1e-8
"""About 1 mm. Comparisons are made with the integers k of k / 1e8."""

Ground: TypeAlias = Polygon | MultiPolygon
Geometries: TypeAlias = NDArray[np.object_]
"""Polygons and multipolygons, lon, lat, EPSG:4490; in some places points and lines."""
Integers: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


def snap(geometries: Geometries) -> Geometries:
    """Return the geometries with every coordinate `round(x, 8)` degrees; Z and M are dropped.

    Vertices are rounded one by one, so shared ones stay shared; ring order stays. A finished coverage is
    already on the grid and comes back equal. Rounding can break a ring of foreign data: `build` mends that.
    """
    return shapely.transform(geometries, lambda coordinates: np.round(coordinates, DECIMALS))


def as_array(geometries: object) -> Geometries:
    """Return a sequence of geometries as an array of one dimension (shapely's constructors are not typed as such)."""
    return np.fromiter(cast("Iterable[object]", geometries), dtype=np.object_)
