"""Several leaves become one."""

from __future__ import annotations

from collections.abc import Sequence

from geodata.topology.grid import Geometries
from geodata.topology.rearrange import Rearranged


def merge(leaves: Geometries, indices: Sequence[int]) -> Rearranged:
    """Unite leaves into the first one; the others are emptied.

    Every vertex on the outer border stays, collinear ones too, since third leaves have them: no seams.
    Errors: GeodataError for fewer than two leaves. Leaves that do not touch give a unit of several parts, with a warning.
    """
    raise NotImplementedError
