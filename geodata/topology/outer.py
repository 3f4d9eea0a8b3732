"""The outer border of everything, kept beside the leaves to notice a missing one."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import MultiLineString

from geodata.topology.edges import ALONE, Edges, directed, partners
from geodata.topology.grid import STEP_DEG, Geometries, Ground, as_array
from geodata.topology.rearrange import Rearranged
from geodata.topology.unite import polygonal


def outer_after(outer: Ground, leaves: Geometries, changed: Rearranged) -> Ground:
    """Return the stored outer border after a change: with the vertices it got, and the ground it gained or lost, and no other.

    Computed from the rewritten leaves alone, so that `check` with it still notices everything else. `leaves` are those before the
    change. New vertices bend it by half a grid step; `changed.moved_m2` tells of ground added and dropped (-1).
    """
    before = as_array([leaves[index] for index in {*changed.geometries, *changed.emptied} if index < len(leaves)])
    after = as_array(list(changed.geometries.values()))
    difference = _uncancelled(_uncancelled(directed(after)) + _uncancelled(directed(before)).reverse(0))
    edges = _uncancelled(directed(as_array([outer])) + difference)
    lines = as_array(shapely.linestrings(np.stack([edges.starts, edges.ends], axis=1) * STEP_DEG))
    return polygonal(shapely.build_area(MultiLineString(list(lines))))


def _uncancelled(edges: Edges) -> Edges:
    """Return the edges with nothing on the other side."""
    return edges.only(partners(edges) == ALONE)
