"""Ground that two units claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import shapely
from shapely import STRtree

from geodata.findings import Box, Finding
from geodata.measure import area_m2
from geodata.topology.check import box_of
from geodata.topology.grid import Geometries
from geodata.topology.mend import mend

Kind: TypeAlias = Literal["overlap", "nested", "same"]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that two units claim."""

    first: int
    second: int
    """Indices; for nested ones `second` lies inside `first`."""
    overlap_m2: float
    kind: Kind
    where: Box
    finding: Finding
    """The same as a sentence, a warning."""


def overlaps(geometries: Geometries, keys: Sequence[str], *, least_m2: float = 1.0) -> list[Overlap]:
    """Name every pair that overlaps by more than `least_m2`, largest first.

    `nested`: all but `least_m2` of the second lies in the first. `same`: of both. Broken rings are mended first.
    """
    grounds = mend(geometries)
    one, two = STRtree(grounds).query(grounds, predicate="intersects")
    one, two = one[one < two], two[one < two]
    common = shapely.intersection(grounds[one], grounds[two])
    common_m2, sizes_m2 = area_m2(common), area_m2(grounds)
    found = []
    for pair in np.flatnonzero(common_m2 > least_m2):
        larger, smaller = sorted((int(one[pair]), int(two[pair])), key=lambda index: -sizes_m2[index])
        inside = [sizes_m2[index] - common_m2[pair] < least_m2 for index in (larger, smaller)]
        kind: Kind = "same" if all(inside) else "nested" if inside[1] else "overlap"
        where, size_m2 = box_of(common[pair]), float(common_m2[pair])
        values = {"first": keys[larger], "second": keys[smaller], "overlap_m2": size_m2}
        found.append(Overlap(larger, smaller, size_m2, kind, where, _said(kind, values, where)))
    return sorted(found, key=lambda overlap: -overlap.overlap_m2)


def _said(kind: Kind, values: Mapping[str, object], where: Box) -> Finding:
    if kind == "same":
        return Finding(kind, "warning", "{first} and {second} claim the same ground ({overlap_m2:.0f} m²).", values, where)
    if kind == "nested":
        return Finding(kind, "warning", "{second} lies inside {first} ({overlap_m2:.0f} m²).", values, where)
    return Finding(kind, "warning", "{first} and {second} overlap by {overlap_m2:.0f} m².", values, where)
