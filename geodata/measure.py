"""Areas in square metres and lengths in metres, on the ellipsoid of CGCS2000 and never in a map's plane.

All functions take longitude, latitude of EPSG:4490 and are vectorised.
"""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

ELLIPSOID = pyproj.Geod(a=6378137.0, rf=298.257222101)
"""CGCS2000 (GB/T 22021-2008); its figures are those of GRS 80."""

_ECCENTRICITY = ELLIPSOID.es**0.5


def area_m2(geometries: ArrayLike) -> Floats:
    """Return the ground of polygons in m²: holes taken out, parts added up, lines and points 0, None NaN.

    Edges are straight in degrees, as in every plane map of them: polygons that tile add up to their union, and a vertex put
    upon an edge changes nothing. Under each edge lies a strip of the ellipsoid whose area Simpson's rule gives to 1e-12. Against
    geodesic edges a building or block differs by some 1e-5 of its area, a county of 50 km by less than 1e-3.
    """
    geometries = np.asarray(geometries, dtype=object)
    rings, part, owner = rings_of(np.atleast_1d(geometries))
    ring_m2 = _ring_m2(rings) * np.where(np.diff(part, prepend=-1) > 0, 1, -1)  # the first ring of a part is its outer one
    size_m2 = np.bincount(owner, weights=ring_m2, minlength=geometries.size).astype(np.float64)
    size_m2[shapely.is_missing(np.atleast_1d(geometries))] = np.nan
    return size_m2.reshape(geometries.shape)


def rings_of(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.int64]]:
    """Return the rings of polygons, and of each the number of its part and the index of its geometry; a part's outer ring comes first."""
    kinds = shapely.get_type_id(geometries)
    parts, owner = geometries, np.arange(len(geometries))
    if (kinds > shapely.GeometryType.POLYGON).any():  # else a city's footprints would be copied for nothing
        parts, owner = shapely.get_parts(geometries, return_index=True)
        kinds = shapely.get_type_id(parts)
    polygonal = kinds == shapely.GeometryType.POLYGON
    rings, part = shapely.get_rings(parts[polygonal], return_index=True)
    return rings, part, owner[polygonal][part]


def _ring_m2(rings: NDArray[np.object_]) -> Floats:
    """Return the ground within each ring: the strips between its edges and its first parallel."""
    degrees, ring = shapely.get_coordinates(rings, return_index=True)
    lon, lat = np.radians(degrees).T
    ahead = np.flatnonzero(ring[1:] == ring[:-1])
    height = _height(lat)
    height -= height[np.searchsorted(ring, ring)]
    middle = _height((lat[ahead] + lat[ahead + 1]) / 2) - _height(lat[np.searchsorted(ring, ring[ahead])])
    strips = (lon[ahead + 1] - lon[ahead]) * (height[ahead] + 4 * middle + height[ahead + 1]) / 6
    return np.abs(np.bincount(ring[ahead], weights=strips, minlength=len(rings))) * ELLIPSOID.a**2


def _height(lat: Floats) -> Floats:
    """Return how high a latitude (radians) lies in the equal-area cylindrical projection of radius 1.

    Snyder 1987, Map Projections: A Working Manual, equations 10-4 and 3-12.
    """
    sine = np.sin(lat)
    return np.asarray((1 - ELLIPSOID.es) * (sine / (1 - ELLIPSOID.es * sine**2) + np.arctanh(_ECCENTRICITY * sine) / _ECCENTRICITY) / 2)


def square_radian_m2(lat: Floats) -> Floats:
    """Return how many m² a square radian of longitude and latitude has at a latitude (radians): the slope of the same projection."""
    return np.asarray(ELLIPSOID.a**2 * (1 - ELLIPSOID.es) * np.cos(lat) / (1 - ELLIPSOID.es * np.sin(lat) ** 2) ** 2)


def length_m(geometries: ArrayLike) -> Floats:
    """Return the geodesic length of lines in m, polygons along all their rings, points and None 0."""
    geometries = np.atleast_1d(np.asarray(geometries, dtype=object))
    parts, owner = shapely.get_parts(geometries, return_index=True)
    polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, inner = shapely.get_rings(parts[polygonal], return_index=True)
    lines = np.concatenate([parts[~polygonal], rings])
    owner = np.concatenate([owner[~polygonal], owner[polygonal][inner]])
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    ahead = np.flatnonzero(line[1:] == line[:-1])
    steps_m = distance_m(*coordinates[ahead].T, *coordinates[ahead + 1].T)
    return np.bincount(owner[line[ahead]], weights=steps_m, minlength=len(geometries)).astype(np.float64)


def distance_m(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Return the geodesic distance in m between positions, broadcast as numpy does; NaN where one is not finite.

    Karney 2013, Algorithms for geodesics, as PROJ implements it: exact to nanometres.
    """
    start_lon, start_lat, end_lon, end_lat = np.broadcast_arrays(
        *(np.asarray(degrees, dtype=np.float64) for degrees in (lon1, lat1, lon2, lat2))
    )
    return np.asarray(ELLIPSOID.inv(start_lon, start_lat, end_lon, end_lat)[2], dtype=np.float64)
