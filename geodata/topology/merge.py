"""Several leaves become one."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from geodata.findings import Finding, GeodataError
from geodata.measure import area_m2
from geodata.topology.check import box_of
from geodata.topology.grid import Geometries
from geodata.topology.neighbours import is_contiguous
from geodata.topology.rearrange import Rearranged
from geodata.topology.unite import unite


def merge(leaves: Geometries, indices: Sequence[int]) -> Rearranged:
    """Unite leaves into the first one; the others are emptied.

    Every vertex on the outer border stays, collinear ones too, since third leaves have them: no seams.
    Errors: GeodataError for fewer than two leaves. Leaves that do not touch give a unit of several parts, with a warning.
    """
    if len(indices) < 2 or len(set(indices)) < len(indices):
        raise GeodataError("A merge needs two different units or more; {count} were given.", count=len(set(indices)))
    first, *others = indices
    ground, findings = unite(leaves[list(indices)])
    if not is_contiguous(leaves[list(indices)]):
        parts = len(shapely.get_parts(ground))
        findings.append(Finding("parts", "warning", "The united ground has {parts} parts.", {"parts": parts}, box_of(ground)))
    moved = {(other, first): float(size_m2) for other, size_m2 in zip(others, area_m2(leaves[others]), strict=True)}
    return Rearranged({first: ground}, frozenset(), frozenset(others), moved, tuple(findings))
