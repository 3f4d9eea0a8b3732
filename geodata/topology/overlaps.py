"""Ground that two units claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from geodata.findings import Box, Finding
from geodata.topology.grid import Geometries


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that two units claim."""

    first: int
    second: int
    """Indices; for nested ones `second` lies inside `first`."""
    overlap_m2: float
    kind: Literal["overlap", "nested", "same"]
    where: Box
    finding: Finding
    """The same as a sentence, a warning."""


def overlaps(geometries: Geometries, keys: Sequence[str], *, least_m2: float = 1.0) -> list[Overlap]:
    """Name every pair that overlaps by more than `least_m2`, largest first.

    `nested`: all but `least_m2` of the second lies in the first. `same`: of both. Broken rings are mended first.
    """
    raise NotImplementedError
