"""Is this still a coverage?"""

from __future__ import annotations

from collections.abc import Collection

from shapely import STRtree

from geodata.findings import Finding
from geodata.topology.grid import Geometries, Ground


def check(geometries: Geometries, *, outer: Ground | None = None) -> list[Finding]:
    """Say where the leaves fail to tile; an empty list means that they do.

    Three things: directed edges pair exactly, by integers; the unpaired ones are the stored outer ring, when
    `outer` (the union's ground) is given; rings are valid and every part has at least 1 m². Without `outer`
    a missing leaf looks like a void, and overlaps of leaves without a common edge are searched among the
    leaves that have unpaired edges. Every finding is an error with a box.
    """
    raise NotImplementedError


def check_around(
    geometries: Geometries, changed: Collection[int], *, tree: STRtree | None = None, outer: Ground | None = None
) -> list[Finding]:
    """Say where the changed leaves and their neighbours fail to tile, looking at nothing else.

    `changed` are indices. `tree` may be a tree of the leaves as they were before the change (bare leaves added at
    the end are covered by `changed`); without it one is built, which costs more than the check.
    """
    raise NotImplementedError
