"""Footprints as sites: what overlaps is one, and every site lies a hand's breadth from the next."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import STRtree

from geodata.shapes import polygonal
from geodata.topology.grid import Floats, Geometries, Ground, Integers
from geodata.topology.neighbours import connected
from geodata.topology.plane import Plane

APART_M = 0.05
"""Sites lie this far within their footprints, so that ground remains between walls that touch."""
_SMOOTH_M = 0.02
_MARGIN_M = 0.02
"""Sites lie at least this far from the rings of their block."""
CUT_M2, CUT_SHARE = 1.0, 0.02
"""Footprints that overlap by more than both stand together; less is given to the smaller one."""


def grounds(footprints: Geometries, plane: Plane) -> Geometries:
    """Return footprints as valid flat polygons; those without ground are empty."""
    found = polygonal(footprints).geometries
    found[shapely.is_missing(found)] = shapely.Polygon()
    return plane.flat(found)


def clipped(flat: Geometries, boundary: Ground) -> Geometries:
    """Return what of flat footprints is inside a flat boundary."""
    shapely.prepare(boundary)
    out = ~shapely.contains(boundary, flat) & ~shapely.is_empty(flat)
    here = flat.copy()
    here[out] = shapely.intersection(flat[out], boundary)
    return here


def standing(flat: Geometries) -> tuple[Geometries, Integers]:
    """Return flat footprints without overlaps, and for each the lowest index of those it stands together with.

    The ground of all is at that index, the others are empty.
    """
    giver, taker, common = _overlaps(flat)
    size = shapely.area(flat)
    joined = (common > CUT_M2) & (common > CUT_SHARE * size[taker])
    lost = np.zeros(len(flat))
    for pair in np.flatnonzero(~joined):
        lost[giver[pair]] += common[pair]
        joined[pair] = lost[giver[pair]] > max(CUT_M2, CUT_SHARE * size[giver[pair]])
    piece = connected(len(flat), np.stack([giver[joined], taker[joined]], axis=1))
    together = np.unique(piece, return_index=True)[1][piece]
    parted = flat.copy()
    for pair in np.flatnonzero(together[giver] != together[taker]):
        parted[giver[pair]] = shapely.difference(parted[giver[pair]], flat[taker[pair]])
    alone = together == np.arange(len(flat))
    for lowest in np.unique(together[~alone]):
        parted[lowest] = shapely.union_all(parted[together == lowest])
    parted[~alone] = shapely.Polygon()
    return parted, together


def _overlaps(flat: Geometries) -> tuple[Integers, Integers, Floats]:
    """Return each pair that shares ground, the larger one first, and the m² they share; least first."""
    size = shapely.area(flat)
    one, other = STRtree(flat).query(flat, predicate="intersects")
    larger = (size[one] > size[other]) | ((size[one] == size[other]) & (one > other))
    one, other = one[larger], other[larger]
    common = shapely.area(shapely.intersection(flat[one], flat[other]))
    order = np.argsort(common, kind="stable")
    order = order[common[order] > 0]
    return one[order], other[order], common[order]


def shrunk(flat: Geometries, within_m: float) -> tuple[Geometries, Integers]:
    """Return the polygons that remain of flat grounds this far inside them, and the index of each."""
    inner = shapely.simplify(shapely.buffer(flat, -within_m, join_style="mitre", mitre_limit=2.0), min(_SMOOTH_M, within_m / 2))
    parts, index = shapely.get_parts(inner, return_index=True)
    real = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > within_m**2)
    return parts[real], index[real]


def inside(sites: Geometries, blocks: Geometries, part: Integers) -> tuple[Geometries, Integers, Integers]:
    """Return the sites within their blocks, clear of the rings; the block of each, and its part."""
    inner = shapely.buffer(blocks, -_MARGIN_M, join_style="mitre", mitre_limit=2.0)
    shapely.prepare(inner)
    site, block = STRtree(inner).query(sites, predicate="intersects")
    whole = shapely.contains(inner[block], sites[site])
    common = shapely.area(sites)[site]
    common[~whole] = shapely.area(shapely.intersection(sites[site[~whole]], inner[block[~whole]]))
    order = np.lexsort([block, -common, site])
    site, block, whole = site[order], block[order], whole[order]
    best = np.flatnonzero(np.diff(site, prepend=-1))
    site, block, whole = site[best], block[best], whole[best]
    clipped = sites[site]
    clipped[~whole] = shapely.buffer(shapely.intersection(clipped[~whole], inner[block[~whole]]), 0)
    pieces, at = shapely.get_parts(clipped, return_index=True)
    real = shapely.area(pieces) > _MARGIN_M**2
    return pieces[real], block[at[real]], part[site[at[real]]]


def gathered(sites: Geometries, ground: Integers, count: int) -> Geometries:
    """Return for each of `count` grounds its sites as one multipolygon."""
    order = np.argsort(ground, kind="stable")
    whole = np.full(count, shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(sites[order], indices=ground[order], out=whole)
    return whole
