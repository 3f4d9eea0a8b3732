"""One synthetic city, the same for everybody who is measured: seeded, a valid coverage, any size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

WEST, SOUTH = 120.40, 36.10
STEP_LON, STEP_LAT = 0.0011, 0.0009
"""About 100 m by 100 m for a micro-grid."""
BENDS = 6
"""Inner vertices of a side: 4 sides make 28 vertices and the closing one."""
GROUPS = {"grid": (4, 5), "community": (20, 25), "street": (100, 50)}
"""How many micro-grids across and up make a unit of each level."""
SERVED = 20
"""Micro-grids across in the city that is brought in and served: imports check and record everything, which takes its time."""
BUILDINGS_PER_LEAF, POINTS_PER_LEAF = 15, 50


@dataclass(frozen=True)
class City:
    """`columns` times `rows` micro-grids; 200 times 100 is the city of the published figures."""

    columns: int = 200
    rows: int = 100
    seed: int = 20261122

    def __str__(self) -> str:
        leaves = self.columns * self.rows
        return f"{leaves:,} micro-grids, {leaves * BUILDINGS_PER_LEAF:,} buildings, {leaves * POINTS_PER_LEAF:,} points"

    @cached_property
    def leaves(self) -> NDArray[np.object_]:
        """Return the micro-grids, row by row from the south-west, as valid polygons that tile exactly."""
        across, up = self._sides
        column, row = np.meshgrid(np.arange(self.columns), np.arange(self.rows))
        rings = [across[row, column], up[row, column + 1], across[row + 1, column][..., ::-1, :], up[row, column][..., ::-1, :]]
        ring = np.concatenate([side[..., :-1, :] for side in rings], axis=2).reshape(self.columns * self.rows, -1, 2)
        return np.asarray(shapely.polygons(np.concatenate([ring, ring[:, :1]], axis=1)), dtype=object)

    @cached_property
    def _sides(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the west-east and the south-north sides of the lattice, each a bent line of shared vertices."""
        random = np.random.default_rng(self.seed)
        corner = np.stack(np.meshgrid(np.arange(self.columns + 1), np.arange(self.rows + 1)), axis=-1) + random.uniform(
            -0.15, 0.15, (self.rows + 1, self.columns + 1, 2)
        )
        along = np.linspace(0, 1, BENDS + 2)[:, None]
        sides = []
        for first, last in ((corner[:, :-1], corner[:, 1:]), (corner[:-1], corner[1:])):
            side = first[:, :, None] * (1 - along) + last[:, :, None] * along
            side[:, :, 1:-1] += random.uniform(-0.04, 0.04, side[:, :, 1:-1].shape)
            sides.append(np.round(side * [STEP_LON, STEP_LAT] + [WEST, SOUTH], 8))
        return sides[0], sides[1]

    def owner(self, level: str) -> NDArray[np.int64]:
        """Return for each leaf the serial of its unit at the level: grid, community or street."""
        across, up = GROUPS[level]
        column, row = np.meshgrid(np.arange(self.columns) // across, np.arange(self.rows) // up)
        return (row * (self.columns // across + 1) + column).ravel()

    @cached_property
    def buildings(self) -> NDArray[np.object_]:
        """Return the footprints: turned rectangles, some across a border, none overlapping by much."""
        random = np.random.default_rng(self.seed + 1)
        count = self.columns * self.rows * BUILDINGS_PER_LEAF
        slot = random.permutation(self.columns * self.rows * 16)[:count]
        place = (
            np.stack([slot % (self.columns * 4), slot // (self.columns * 4)], axis=1) / 4 + 0.125 + random.uniform(-0.02, 0.02, (count, 2))
        )
        half = np.stack([random.uniform(0.05, 0.10, count), random.uniform(0.03, 0.06, count)], axis=1)
        angle = random.uniform(-0.3, 0.3, count)
        turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(-1, 2, 2)
        corners = half[:, None] * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
        ring = np.einsum("nij,nkj->nki", turn, corners) + place[:, None]
        return np.asarray(shapely.polygons(np.round(ring * [STEP_LON, STEP_LAT] + [WEST, SOUTH], 8)), dtype=object)

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """Return lon and lat of points over the city and a little beyond, shape (n, 2)."""
        random = np.random.default_rng(self.seed + 2)
        size = np.array([self.columns * STEP_LON, self.rows * STEP_LAT])
        places: NDArray[np.float64] = np.round(
            random.uniform(-0.01, 1.01, (self.columns * self.rows * POINTS_PER_LEAF, 2)) * size + [WEST, SOUTH], 8
        )
        return places

    @cached_property
    def point_shapes(self) -> NDArray[np.object_]:
        """Return the points as shapes."""
        return np.asarray(shapely.points(self.points), dtype=object)

    def cut_to(self, columns: int) -> City:
        """Return a city of the same making with at most so many columns."""
        columns = min(columns, self.columns)
        return City(columns, max(1, columns // 2), self.seed)

    @property
    def storeys(self) -> list[int]:
        """Return how many storeys each building has."""
        return (np.arange(len(self.buildings)) % 33 + 1).tolist()

    @property
    def names(self) -> list[str]:
        """Return a name for each building."""
        return [f"{serial}号楼" for serial in range(len(self.buildings))]
