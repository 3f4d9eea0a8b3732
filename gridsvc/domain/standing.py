"""Where things stand: in the leaf of their building, else where their own geometry puts them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

import numpy as np
import shapely
from shapely import STRtree

from geodata.assignment import Floats, Ints, along, place
from geodata.measure import length_m
from geodata.topology import Geometries


class Ground(Protocol):
    """Leaves by rank, and buildings with the unit of each."""

    @property
    def unit_ids(self) -> Ints:
        """Give the unit of each leaf."""

    @property
    def leaves(self) -> Geometries:
        """Give the ground of each leaf."""

    def leaf_at(self, points: Geometries) -> Ints:
        """Return the index of the leaf that each point stands in, on a border the first one; -1 for none."""

    @property
    def buildings(self) -> tuple[Geometries, Ints]:
        """Give the footprints of placed buildings, and their units."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How much of a thing stands in a leaf."""

    share: float
    length_m: float | None = None
    since: datetime | None = None
    """From when on; None for what is not stored yet."""

    def is_like(self, other: Stand) -> bool:
        """Say whether nothing differs that somebody would see."""
        return round(self.share, 3) == round(other.share, 3) and round(self.length_m or 0, 1) == round(other.length_m or 0, 1)


Stands: TypeAlias = dict[int, Stand]
"""How much of a thing stands where, by unit."""


def main(stands: Stands) -> int | None:
    """Return the unit with the largest share of a thing, None where it stands in none."""
    return max(stands, key=lambda unit: (stands[unit].share, -unit), default=None)


def by_geometry(ids: list[int], shapes: Geometries, ground: Ground) -> dict[int, Stands]:
    """Return where each thing stands as its geometry alone says."""
    dimension = shapely.get_dimensions(shapes)
    stands: dict[int, Stands] = defaultdict(dict)
    if not len(ground.leaves):
        return stands
    for dimensions, units_of in ((0, _points), (2, _areas)):
        chosen = np.flatnonzero(dimension == dimensions)
        if len(chosen):
            units, shares = units_of(shapes[chosen], ground)
            for at, unit, share in zip(chosen.tolist(), units.tolist(), shares.tolist(), strict=True):
                if unit:
                    stands[ids[at]][unit] = Stand(round(share, 6))
    _lines(ids, shapes, np.flatnonzero(dimension == 1), ground, stands)
    return stands


def _points(points: Geometries, ground: Ground) -> tuple[Ints, Floats]:
    """Return the unit of each point, 0 for none: that of the building it stands in, else that of its leaf."""
    units = np.append(ground.unit_ids, 0)[ground.leaf_at(points)]
    footprints, of_building = ground.buildings
    point, building = STRtree(footprints).query(points, predicate="intersects")
    last = np.lexsort((-building, point))  # of several buildings the first one is written last
    units[point[last]] = of_building[building[last]]
    return units, np.ones(len(points))


def _areas(areas: Geometries, ground: Ground) -> tuple[Ints, Floats]:
    """Return the unit of each area, 0 for none, and its share there: of the building with over half of it, else of the largest overlap."""
    placed = place(ground.leaves, areas)
    units, share = np.append(ground.unit_ids, 0)[placed.leaf], placed.share.copy()
    footprints, of_building = ground.buildings
    if len(footprints):
        built = place(footprints, areas)
        inside = built.share > 0.5
        units[inside], share[inside] = of_building[built.leaf[inside]], 1.0
    return units, share


def _lines(ids: list[int], shapes: Geometries, chosen: Ints, ground: Ground, stands: dict[int, Stands]) -> None:
    """Enter the lengths of each line in the units that it runs through."""
    found = along(ground.leaves, shapes[chosen])
    share = np.minimum(found.length_m / length_m(shapes[chosen])[found.line], 1.0)
    rows = zip(chosen[found.line].tolist(), ground.unit_ids[found.leaf].tolist(), found.length_m.tolist(), share.tolist(), strict=True)
    for at, unit, here_m, here in rows:
        stands[ids[at]][unit] = Stand(round(here, 6), round(here_m, 3))
