"""Footprints as sites: what overlaps is one, and every site lies a hand's breadth from the next."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import STRtree

from geodata.assignment import clusters
from geodata.topology.grid import Geometries, Integers
from geodata.topology.mend import mend
from geodata.topology.plane import Plane

APART_M = 0.05
"""Sites lie this far within their footprints, so that ground remains between walls that touch."""
_SMOOTH_M = 0.02
_MARGIN_M = 0.02
"""Sites lie at least this far from the rings of their block."""
CUT_M2, CUT_SHARE = 1.0, 0.02
"""Footprints that overlap by more than both stand together; less is given to the smaller one."""


def standing(footprints: Geometries, plane: Plane) -> tuple[Geometries, Integers]:
    """Return flat footprints without overlaps, and for each the index at which its ground is; others are empty."""
    mended = mend(footprints)
    together = clusters(mended, cut_m2=CUT_M2, cut_share=CUT_SHARE)
    flat = plane.flat(mended)
    for lowest in np.unique(together[together != np.arange(len(together))]):
        flat[lowest] = shapely.union_all(flat[together == lowest])
    flat[together != np.arange(len(together))] = shapely.Polygon()
    return _without_overlaps(flat), together


def _without_overlaps(flat: Geometries) -> Geometries:
    """Return the footprints with the little that two share taken from the larger one."""
    one, other = STRtree(flat).query(flat, predicate="intersects")
    size = shapely.area(flat)
    larger = (size[one] > size[other]) | ((size[one] == size[other]) & (one > other))
    one, other = one[larger], other[larger]
    real = shapely.area(shapely.intersection(flat[one], flat[other])) > 0
    parted = flat.copy()
    for giver, taker in zip(one[real], other[real], strict=True):
        parted[giver] = shapely.difference(parted[giver], flat[taker])
    return parted


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
