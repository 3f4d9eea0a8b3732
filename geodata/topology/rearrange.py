"""The one way to change borders: node the old and the new lines together, give every face an owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from shapely import STRtree

from geodata.findings import Finding
from geodata.topology.grid import Geometries, Ground

Owner: TypeAlias = Callable[[Geometries, Geometries], NDArray[np.int64]]
"""owner(inner points, faces) -> index of the unit that gets each face; -1: no ground."""


@dataclass(frozen=True, slots=True)
class Rearranged:
    """What a change of borders rewrites; everything else stays as it is, byte for byte."""

    geometries: Mapping[int, Ground]
    """New geometry by index; an index from len(leaves) on is a new unit."""
    seams: frozenset[int]
    """Those of `geometries` whose ground did not change: they only got vertices."""
    emptied: frozenset[int]
    """Leaves that have no ground any more; not in `geometries`."""
    moved_m2: Mapping[tuple[int, int], float]
    """Ground by (from, to); -1 is ground that belonged or belongs to nobody."""
    findings: list[Finding]

    def applied_to(self, leaves: Geometries) -> Geometries:
        """Return a copy of all leaves after the change: emptied ones are empty polygons, new units follow at the end."""
        raise NotImplementedError


def rearrange(leaves: Geometries, lines: Geometries, owner: Owner, *, tree: STRtree | None = None) -> Rearranged:
    """Divide the leaves around the lines by them and give every face to its owner.

    `leaves` may be the whole coverage: only the leaves whose boxes meet a line's box, and their neighbours, are read. `tree` is an
    STRtree of `leaves`, made when absent (8 ms for 20,000). `owner` is asked about every face there, those outside any
    leaf included; `holders` tells who has it now. The result passes `check_around`. Errors: GeodataError when a part would be under 1 m²,
    or where the leaves were no coverage before.
    """
    raise NotImplementedError


def holders(leaves: Geometries, points: Geometries, *, tree: STRtree | None = None) -> NDArray[np.int64]:
    """Return the index of the leaf that holds each point, the lowest on a border, -1 for nobody's ground."""
    raise NotImplementedError
