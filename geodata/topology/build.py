"""A coverage from the polygons that people send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geodata.findings import Box, Finding
from geodata.topology.grid import Geometries


@dataclass(frozen=True, slots=True)
class Change:
    """What making a coverage did to one unit."""

    key: str
    index: int
    before_m2: float
    after_m2: float
    lost_m2: float
    """Ground that it claimed and did not keep."""
    gained_m2: float
    """Ground that it did not claim and got."""
    lost_to: Mapping[str, float]
    """Who has the lost ground now, m² by key; what is missing to `lost_m2` went to nobody."""
    gained_from: Mapping[str, float]
    """Who had claimed the gained ground, m² by key; the rest filled gaps."""
    parts_before: int
    parts_after: int
    where: Box | None

    @property
    def share(self) -> float:
        """Return the larger of lost and gained ground as a share of what it claimed."""
        return max(self.lost_m2, self.gained_m2) / self.before_m2 if self.before_m2 else float(self.gained_m2 > 0)

    @property
    def emptied(self) -> bool:
        """Say whether nothing is left of it."""
        return self.after_m2 == 0


@dataclass(frozen=True, slots=True)
class Built:
    """A coverage with what it took to get there."""

    coverage: Geometries
    """In the order of the input; an emptied unit is an empty polygon."""
    changes: list[Change]
    """Units whose ground changed at all by more than 0.01 m², in the order of the input."""
    findings: list[Finding]
    """Warnings for changes above 1 m² and overlaps; errors, which need somebody's consent, for changes above 5 % and emptied units."""


def build(geometries: Geometries, keys: Sequence[str], *, gap_m: float = 1.0) -> Built:
    """Make a coverage of polygons with gaps, overlaps, slivers, unmatched vertices and broken rings.

    The result does not depend on the order of the input. Ground that several claim goes to the smaller unit.
    Closed gaps up to `gap_m` metres wide are filled from the neighbour with the longest border, wider ones are real and
    stay. `keys` name the units in sentences (codes or names, one each). Errors: GeodataError when no coverage can be made of it.
    """
    raise NotImplementedError
