"""Ground that passes from one leaf to another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import STRtree

from geodata.findings import GeodataError
from geodata.topology.absorb import absorb
from geodata.topology.faces import NOBODY, holders
from geodata.topology.grid import Geometries, Ground, Integers, as_array, snap
from geodata.topology.rearrange import Rearranged, rearrange
from geodata.topology.tree import Tree, tree_of


def transfer(leaves: Geometries, ground: Ground, giver: int, taker: int, *, tree: Tree | None = None) -> Rearranged:
    """Move what the giver has of `ground` to the taker; `len(leaves)` as taker makes a new unit.

    Ground of others inside `ground` stays theirs. Errors: GeodataError when the giver has nothing of it,
    or when a part under 1 m² would remain.
    """
    tree = tree_of(leaves, tree)
    within = shapely.intersection(snap(as_array([ground]))[0], leaves[giver])

    def owner(points: Geometries, _faces: Geometries) -> Integers:
        holder = holders(leaves, points, tree=tree)
        return np.where((holder == giver) & shapely.intersects(ground, points), taker, holder)

    moved = rearrange(leaves, shapely.boundary(shapely.get_parts(within)), owner, tree=tree)
    if not moved.moved_m2:
        raise GeodataError("Unit {unit} has no ground there that could pass to unit {other}.", unit=giver, other=taker)
    return moved


def parted(leaves: Geometries, index: int, grounds: Geometries, *, tree: Tree | None = None) -> Rearranged:
    """Divide a leaf into grounds that tile it: the first stays the leaf, the others are new units from `len(leaves)` on."""
    takers = np.array([index, *range(len(leaves), len(leaves) + len(grounds) - 1)], dtype=np.int64)
    return redrawn(leaves, [index], grounds, takers, tree=tree)


def redrawn(leaves: Geometries, givers: Sequence[int], grounds: Geometries, takers: Integers, *, tree: Tree | None = None) -> Rearranged:
    """Give the ground of some leaves to the units that hold it among `grounds`; `takers` are their indices, new ones included.

    Where several hold it the smallest of them gets it, where none does the nearest; what would be a part under 1 m² goes to the
    neighbour with the longest border. Errors: GeodataError when such a part would remain all the same.
    """
    tree = tree_of(leaves, tree)
    order = np.argsort(shapely.area(grounds), kind="stable")
    grounds, takers = snap(grounds[order]), takers[order]
    inner = STRtree(grounds)

    def owner(points: Geometries, faces: Geometries) -> Integers:
        holder = holders(leaves, points, tree=tree)
        mine = np.isin(holder, givers)
        within = holders(grounds, points[mine], tree=inner)
        within[within == NOBODY] = inner.nearest(points[mine][within == NOBODY])
        taken = absorb(faces[mine], takers[within])
        holder[mine] = np.where(taken == NOBODY, takers[within], taken)
        return holder

    return rearrange(leaves, shapely.boundary(shapely.get_parts(grounds)), owner, tree=tree)
