"""Ground at the edge of everything: taken in from nobody, given up to nobody."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.findings import GeodataError
from geodata.topology.faces import NOBODY, holders
from geodata.topology.grid import Geometries, Ground, Integers, as_array, snap
from geodata.topology.rearrange import Owner, Rearranged, rearrange
from geodata.topology.tree import Tree, tree_of


def annex(leaves: Geometries, ground: Ground, taker: int, *, tree: Tree | None = None) -> Rearranged:
    """Give a leaf what belongs to nobody of some ground. Errors: GeodataError where all of it belongs to somebody."""
    tree = tree_of(leaves, tree)

    def owner(points: Geometries, _faces: Geometries) -> Integers:
        holder = holders(leaves, points, tree=tree)
        return np.where((holder == NOBODY) & shapely.intersects(drawn, points), taker, holder)

    drawn = snap(as_array([ground]))[0]
    return _changed(leaves, drawn, owner, tree, "All of this ground belongs to units already; unit {unit} can take in nothing.", taker)


def retire(leaves: Geometries, ground: Ground, giver: int, *, tree: Tree | None = None) -> Rearranged:
    """Take from a leaf what it has of some ground, and give it to nobody.

    Errors: GeodataError where it has nothing of it, or nothing else.
    """
    tree = tree_of(leaves, tree)

    def owner(points: Geometries, _faces: Geometries) -> Integers:
        holder = holders(leaves, points, tree=tree)
        return np.where((holder == giver) & shapely.intersects(drawn, points), NOBODY, holder)

    drawn = snap(as_array([ground]))[0]
    changed = _changed(leaves, drawn, owner, tree, "Unit {unit} has no ground there that could be given up.", giver)
    if changed.emptied:
        raise GeodataError("This would leave unit {unit} without ground; a unit that ends is merged into another.", unit=giver)
    return changed


def _changed(leaves: Geometries, drawn: Ground, owner: Owner, tree: Tree, nothing: str, unit: int) -> Rearranged:
    if not shapely.is_valid(drawn) or shapely.is_empty(drawn):
        raise GeodataError("The drawn ground crosses itself or is empty; draw one closed ring without a loop.")
    changed = rearrange(leaves, shapely.boundary(shapely.get_parts(drawn)), owner, tree=tree)
    if not changed.moved_m2:
        raise GeodataError(nothing, unit=unit)
    return changed
