"""Faces: what borders and lines cut the ground into, who holds each, and units made of them again."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.topology.grid import STEP_DEG, Geometries, Ground, Integers, snap
from geodata.topology.tree import Tree, tree_of
from geodata.topology.unite import polygonal

NOBODY = -1
"""The owner of ground that belongs to no unit."""


def faces_of(grounds: Geometries, lines: Geometries) -> Geometries:
    """Return the faces that the borders of the grounds and the lines make together, their nodes on the grid."""
    noded = shapely.union_all(np.concatenate([shapely.boundary(grounds), lines]), grid_size=STEP_DEG)
    return shapely.get_parts(shapely.polygonize(snap(shapely.get_parts(noded))))


def holders(leaves: Geometries, points: Geometries, *, tree: Tree | None = None) -> Integers:
    """Return the index of the leaf that holds each point, the lowest on a border, -1 for nobody's ground.

    `tree` is an STRtree of `leaves`, made when absent.
    """
    found = np.full(len(points), len(leaves), np.int64)
    point, leaf = tree_of(leaves, tree).query(points, predicate="intersects")
    np.minimum.at(found, point, leaf)
    return np.where(found == len(leaves), NOBODY, found)


def united(faces: Geometries, owners: Integers) -> dict[int, Ground]:
    """Return the ground of each owner, every vertex kept."""
    order = np.argsort(owners, kind="stable")
    indices, first = np.unique(owners[order], return_index=True)
    groups = np.split(faces[order], first[1:])
    pairs = zip(indices, groups, strict=False)  # no faces: no indices, one empty group
    return {int(index): _ground(group) for index, group in pairs if index != NOBODY}


def _ground(faces: Geometries) -> Ground:
    """Unite faces; one alone needs no more than its normal form, which is most of them."""
    alone: Ground = faces[0]
    return shapely.normalize(alone) if len(faces) == 1 else polygonal(shapely.coverage_union_all(faces))
