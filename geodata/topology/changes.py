"""What making a coverage did to each unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from geodata.findings import Box, Finding
from geodata.measure import area_m2
from geodata.topology.check import box_of
from geodata.topology.grid import Geometries

TELL_M2, WARN_M2, CONSENT_SHARE = 0.01, 1.0, 0.05


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

    def finding(self) -> Finding | None:
        """Return an error, which needs consent, for one emptied or changed above 5 %, a warning above 1 m²."""
        values = {"key": self.key, "lost_m2": self.lost_m2, "gained_m2": self.gained_m2, "share": self.share}
        if self.emptied:
            return Finding("emptied", "error", "Nothing is left of {key}: others claim all its ground.", values, self.where, self.index + 1)
        if max(self.lost_m2, self.gained_m2) <= WARN_M2:
            return None
        return Finding(
            "ground-changed",
            "error" if self.share > CONSENT_SHARE else "warning",
            "{key} lost {lost_m2:.0f} m² and gained {gained_m2:.0f} m² ({share:.1%} of its ground).",
            values,
            self.where,
            self.index + 1,
        )


def changes(claims: Geometries, coverage: Geometries, keys: Sequence[str]) -> list[Change]:
    """Return the units whose ground differs by more than 0.01 m², in the order given."""
    differing = ~shapely.equals_identical(claims, coverage)
    differing[differing] = area_m2(shapely.symmetric_difference(claims[differing], coverage[differing])) > TELL_M2
    changed = np.flatnonzero(differing)
    before, after = claims[changed], coverage[changed]
    lost, gained = shapely.difference(before, after), shapely.difference(after, before)
    lost_m2, gained_m2, before_m2, after_m2 = area_m2(lost), area_m2(gained), area_m2(before), area_m2(after)
    lost_to, gained_from = _shares(lost, coverage, keys), _shares(gained, claims, keys)
    return [
        Change(
            key=keys[int(index)],
            index=int(index),
            before_m2=float(before_m2[place]),
            after_m2=float(after_m2[place]),
            lost_m2=float(lost_m2[place]),
            gained_m2=float(gained_m2[place]),
            lost_to=lost_to[place],
            gained_from=gained_from[place],
            parts_before=len(shapely.get_parts(before[place])),
            parts_after=len(shapely.get_parts(after[place])) if after_m2[place] else 0,
            where=box_of(shapely.union(lost[place], gained[place])),
        )
        for place, index in enumerate(changed)
    ]


def _shares(pieces: Geometries, units: Geometries, keys: Sequence[str]) -> list[dict[str, float]]:
    """Return for each piece of ground who among the units holds how many m² of it."""
    piece, unit = STRtree(units).query(pieces, predicate="intersects")
    common_m2 = area_m2(shapely.intersection(pieces[piece], units[unit]))
    found: list[dict[str, float]] = [{} for _ in pieces]
    for place, index, size_m2 in zip(piece, unit, common_m2, strict=True):
        if size_m2 > TELL_M2:
            found[place][keys[index]] = found[place].get(keys[index], 0.0) + float(size_m2)
    return found
