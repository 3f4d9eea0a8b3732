"""Ground divided among sites along the lines midway between them."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.alike import leaders, mixed
from geodata.districting.mesh import mesh, once
from geodata.districting.rings import Rings, dense, same
from geodata.districting.sites import gathered
from geodata.districting.ways import Ways
from geodata.ranges import members
from geodata.topology.faces import NOBODY, holders
from geodata.topology.grid import Floats, Geometries, Integers, as_array

_SLIT_M = 0.02
"""Half as wide as the gap that a wall makes in the ground."""


def midlines(blocks: Geometries, sites: Geometries, block: Integers, label: Integers, *, step_m: float, walls: Geometries) -> Geometries:
    """Return the faces that blocks fall into when each site has the ground nearest to it; flat, exactly noded.

    `sites` are polygons that lie within their block, apart from each other, with a label each: no border runs between equal
    labels. Blocks tile. `walls` are lines, and borders where they part ground of different sites.
    """
    grounds, frame = dense(blocks, step_m)
    places, rings = dense(sites, step_m)
    slits, within = _slits(walls, sites, blocks, step_m)
    held = np.unique(block)
    taken = gathered(np.concatenate([places, slits]), np.concatenate([block, within]), len(blocks))
    free, part = shapely.get_parts(shapely.difference(grounds[held], taken[held]), return_index=True)
    used = np.isin(within, held)
    of_ring = shapely.get_rings(places, return_index=True)[1]
    found = mesh(np.concatenate([free, slits[used]]), np.concatenate([held[part], within[used]]), rings, label[of_ring])
    ways = Ways(found, gathered(sites, label, label.max(initial=-1) + 1), walls)
    settled = ways.settled()
    sides, through = _crossed(found.corners, settled)
    points = ways.midway(sides, settled)
    cuts = _cuts(points, through)
    lines = np.concatenate([cuts, _frame(frame, found.points[sides], points)])
    faces = shapely.get_parts(shapely.polygonize(as_array(shapely.linestrings(lines))))
    inner: Geometries = faces[holders(blocks, shapely.point_on_surface(faces)) != NOBODY]  # holes of blocks are faces too
    return inner


def _slits(walls: Geometries, sites: Geometries, blocks: Geometries, step_m: float) -> tuple[Geometries, Integers]:
    """Return the walls as thin polygons, clear of sites and of the rings of blocks, and the block of each."""
    if not len(walls):
        return as_array([]), np.empty(0, np.int64)
    inner = shapely.buffer(blocks, -4 * _SLIT_M, join_style="mitre", mitre_limit=2.0)
    clear = shapely.difference(
        shapely.intersection(inner, shapely.union_all(walls)), shapely.union_all(shapely.buffer(sites, _SLIT_M * 2, quad_segs=1))
    )
    slits, block = shapely.get_parts(
        shapely.buffer(clear, _SLIT_M, cap_style="flat", join_style="mitre", mitre_limit=2.0), return_index=True
    )
    real = ~shapely.is_empty(slits)
    return dense(slits[real], step_m)[0], block[real]


def _crossed(corners: Integers, label: Integers) -> tuple[Integers, Integers]:
    """Return the sides, as pairs of nodes, between different labels, and for each side of the triangles its row there or -1."""
    following = np.roll(corners, -1, axis=1)
    triangle, side = np.nonzero(label[corners] != label[following])
    pairs, row = once(np.stack([corners[triangle, side], following[triangle, side]], axis=1))
    through = np.full(corners.shape, -1)
    through[triangle, side] = row
    return pairs, through


def _cuts(points: Floats, through: Integers) -> Floats:
    """Return the lines through triangles between the points on their sides; three of them meet amid them; shape (n, 2, 2)."""
    count = (through >= 0).sum(axis=1)
    two = np.sort(through[count == 2], axis=1)[:, 1:]
    three = points[through[count == 3]]
    amid = np.repeat(three.mean(axis=1)[:, None], 3, axis=1)
    return np.concatenate([points[two], np.stack([three, amid], axis=2).reshape(-1, 2, 2)])


def _frame(frame: Rings, sides: Floats, points: Floats) -> Floats:
    """Return the edges of the blocks' rings, each once, between their vertices and the points where a border ends.

    Both blocks along an edge get the points of both.
    """
    count = len(frame.points)
    row = same(np.concatenate([frame.points, sides.reshape(-1, 2)]))
    edge = np.flatnonzero(frame.ring[1:] == frame.ring[:-1])
    ends = np.stack([row[:count][edge], row[:count][edge + 1]], axis=1)
    crossed, point = _matching(np.sort(ends, axis=1), np.sort(row[count:].reshape(-1, 2), axis=1))
    start, end = frame.points[edge[crossed]], frame.points[edge[crossed] + 1]
    along = np.hypot(*(points[point] - start).T) / np.hypot(*(end - start).T)
    kept = np.flatnonzero(frame.given)
    order = np.argsort(np.concatenate([kept, edge[crossed] + along]), kind="stable")
    drawn = np.concatenate([frame.points[kept], points[point]])[order]
    ring = np.concatenate([frame.ring[kept], frame.ring[edge[crossed]]])[order]
    at = same(drawn)
    ahead = np.flatnonzero(ring[1:] == ring[:-1])
    low, high = np.sort([at[ahead], at[ahead + 1]], axis=0)
    once = (leaders(mixed(low, high)) == np.arange(len(ahead))) & (low != high)
    lines: Floats = drawn[np.stack([low[once], high[once]], axis=1)]
    return lines


def _matching(edges: Integers, sides: Integers) -> tuple[Integers, Integers]:
    """Return the pairs of an edge and a side between the same two points."""
    leader = leaders(mixed(*np.concatenate([edges, sides]).T.copy()))
    of_edge, of_side = np.split(leader, [len(edges)])
    order = np.argsort(of_side, kind="stable")
    first, stop = (np.searchsorted(of_side[order], of_edge, side=end) for end in ("left", "right"))
    edge, nth = members(first, stop)
    return edge, order[nth]
