"""A tree from buildings alone: ground divided into parcels, parcels grouped into micro-grids."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from bench.city import City
from bench.contest import Contest
from geodata.districting.graph import Limits, graph
from geodata.districting.grouping import group
from geodata.districting.parcels import parcels
from geodata.topology import unite
from geodata.topology.grid import as_array

BUILDINGS = 3_000
LIMITS = Limits(30, 70)
"""Households of a micro-grid."""


def contests(city: City) -> Iterator[Contest]:
    """Yield parcels by midlines beside GEOS's Voronoi cells of the middles alone, which cut buildings, and both steps together."""
    town = City(round((BUILDINGS / 15 * 2) ** 0.5), round((BUILDINGS / 15 / 2) ** 0.5), city.seed)
    boundary, houses = unite(town.leaves).ground, town.buildings
    houses = houses[shapely.covers(boundary, houses)]
    blocks = as_array([boundary])
    households = np.rint(np.random.default_rng(1).gamma(2, 3, len(houses)))

    def tree() -> int:
        found = parcels(boundary, houses, blocks=blocks)
        weight = np.where(found.building < 0, 0, households[found.building])
        return len(np.unique(group(graph(found.ground, weight), LIMITS).label))

    def middles() -> int:
        return len(shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(list(shapely.centroid(houses))))))

    yield Contest(
        f"Divide the ground between {len(houses):,} buildings",
        {
            "gridsvc, none cut": lambda: int((parcels(boundary, houses, blocks=blocks).building >= 0).sum()),
            f"shapely {shapely.__version__}, Voronoi cells of the middles": middles,
        },
        rounds=3,
    )
    yield Contest(f"The same and grouped for {LIMITS.low} to {LIMITS.high} households", {"gridsvc": tree}, rounds=3)
