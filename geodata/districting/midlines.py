"""Ground divided among sites along the lines midway between them."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.alike import leaders, mixed
from geodata.districting.mesh import OPEN, Mesh, mesh, spread
from geodata.districting.rings import Rings, dense, same
from geodata.districting.sites import gathered
from geodata.topology.faces import NOBODY, holders
from geodata.topology.grid import Floats, Geometries, Integers, as_array


def midlines(blocks: Geometries, sites: Geometries, block: Integers, label: Integers, *, step_m: float, walls: Geometries) -> Geometries:
    """Return the faces that blocks fall into when each site has the ground nearest to it; flat, exactly noded.

    `sites` are polygons that lie within their block, apart from each other, with a label each: no border runs between equal
    labels. Blocks tile; `walls` are thin polygons apart from sites and from the rings of blocks.
    """
    grounds, frame = dense(blocks, step_m)
    places, rings = dense(sites, step_m)
    slits, within = _slits(walls, blocks, step_m)
    held = np.unique(block)
    taken = gathered(np.concatenate([places, slits]), np.concatenate([block, within]), len(blocks))
    free, part = shapely.get_parts(shapely.difference(grounds[held], taken[held]), return_index=True)
    of_slit = np.isin(within, held)
    site_of_ring = shapely.get_rings(places, return_index=True)[1]
    found = mesh(np.concatenate([free, slits[of_slit]]), np.concatenate([held[part], within[of_slit]]), rings, label[site_of_ring])
    cuts = np.concatenate([_between_corners(found), _between_open(found)])
    lines = np.concatenate([cuts, _frame(frame, cuts)])
    faces = shapely.get_parts(shapely.polygonize(as_array(shapely.linestrings(lines))))
    inner: Geometries = faces[holders(blocks, shapely.point_on_surface(faces)) != NOBODY]  # holes of blocks are faces too
    return inner


def _slits(walls: Geometries, blocks: Geometries, step_m: float) -> tuple[Geometries, Integers]:
    """Return the walls with points along them, and the block of each."""
    if not len(walls):
        return walls, np.empty(0, np.int64)
    block, wall = shapely.STRtree(walls).query(blocks, predicate="contains")
    return dense(walls[wall], step_m)[0], block


def _between_corners(found: Mesh) -> Floats:
    """Return the lines through triangles whose corners lie on two or three sites; shape (n, 2, 2)."""
    real = found.label != OPEN
    differs = real & np.roll(real, -1, axis=1) & (found.label != np.roll(found.label, -1, axis=1))
    xy = found.points[found.corners]
    middle = (xy + np.roll(xy, -1, axis=1)) / 2
    count = differs.sum(axis=1)
    cuts = [np.empty((0, 2, 2))]
    for side in range(3):
        after, before = (side + 1) % 3, (side + 2) % 3
        through = differs[:, side] & differs[:, after]
        two = through & (count == 2)
        cuts.append(np.stack([middle[two, side], middle[two, after]], axis=1))
        to_open = differs[:, side] & (count == 1)
        cuts.append(np.stack([middle[to_open, side], xy[to_open, before]], axis=1))
        three = count == 3
        cuts.append(np.stack([middle[three, side], xy[three].mean(axis=1)], axis=1))
    return np.concatenate(cuts)


def _between_open(found: Mesh) -> Floats:
    """Return the edges across which open triangles went to different sites."""
    label, pairs = spread(found)
    apart = label[pairs[:, 0]] != label[pairs[:, 1]]
    return found.points[pairs[apart, 2:]]


def _frame(frame: Rings, cuts: Floats) -> Floats:
    """Return the edges of the blocks' rings, each once, with the added points at which a cut ends and no others."""
    count = len(frame.points)
    points = np.concatenate([frame.points, cuts.reshape(-1, 2)])
    row = same(points)
    needed = np.zeros(len(row), bool)
    needed[row[count:]] = True
    needed[row[:count][frame.given]] = True
    kept = needed[row[:count]]
    ring, at = frame.ring[kept], row[:count][kept]
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    low, high = np.sort([at[edge], at[edge + 1]], axis=0)
    once = leaders(mixed(low, high)) == np.arange(len(edge))
    drawn: Floats = points[np.stack([low[once], high[once]], axis=1)]
    return drawn
