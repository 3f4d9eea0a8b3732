"""Large ground cut into small pieces that triangulate to the same triangles.

Triangulating a polygon takes time with the square of its corners. Two corners with no third one in the circle between them, and no
side across, are joined in every Delaunay triangulation (Gabriel and Sokal 1969): the polygon may be cut there beforehand.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import KDTree
from shapely import STRtree

from geodata.topology.grid import Floats, Geometries, Integers, as_array

_LARGE = 4000
"""Polygons with fewer corners are triangulated sooner than cut."""
_NEAREST = 8


def pieces(free: Geometries) -> tuple[Geometries, Integers]:
    """Return flat polygons, the large ones cut into pieces, and the index of the polygon that each comes from."""
    large = np.flatnonzero(shapely.get_num_coordinates(free) > _LARGE)
    small = np.setdiff1d(np.arange(len(free)), large)
    cut = [_pieces(free[index]) for index in large]
    return np.concatenate([free[small], *cut]), np.concatenate([small, np.repeat(large, [len(each) for each in cut])])


def _pieces(polygon: shapely.Polygon) -> Geometries:
    xy, ring = shapely.get_coordinates(shapely.get_rings(polygon), return_index=True)
    ahead = np.flatnonzero(ring[1:] == ring[:-1])
    points = xy[ahead]
    following = np.arange(1, len(points) + 1)
    following[np.diff(ring[ahead], append=-1) != 0] = np.searchsorted(ring[ahead], np.unique(ring))
    along = np.sort(np.stack([np.arange(len(points)), following], axis=1), axis=1)
    across = _neighbours(points)
    across = across[~np.isin(across @ [len(points), 1], along @ [len(points), 1])]
    shapely.prepare(polygon)
    across = across[shapely.contains_xy(polygon, points[across].mean(axis=1))]
    sides, chords = (as_array(shapely.linestrings(points[pairs])) for pairs in (along, across))
    crossed = np.isin(np.arange(len(chords)), STRtree(chords).query(sides, predicate="crosses")[1])
    faces = shapely.get_parts(shapely.polygonize(np.concatenate([sides, chords[~crossed]])))
    within: Geometries = faces[shapely.contains(polygon, shapely.point_on_surface(faces))]
    whole = np.isclose(shapely.area(within).sum(), polygon.area, rtol=1e-9, atol=0)
    return within if whole else as_array([polygon])


def _neighbours(points: Floats) -> Integers:
    """Return pairs of points, each once, with no other point in the circle between them; shape (n, 2)."""
    found = KDTree(points).query(points, k=min(_NEAREST, len(points)))[1]
    empty = np.ones(found.shape, bool)
    empty[:, 0] = False
    for far in range(2, found.shape[1]):
        for near in range(1, far):  # only nearer ones can be in the circle
            to_one, to_other = points - points[found[:, near]], points[found[:, far]] - points[found[:, near]]
            empty[:, far] &= (to_one * to_other).sum(axis=1) > 0
    one, nth = np.nonzero(empty)
    low, high = np.sort([one, found[one, nth]], axis=0)
    return np.stack(np.divmod(np.unique(low * len(points) + high), len(points)), axis=1)
