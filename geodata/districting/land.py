"""Parcels and what is known of them: who lives there, in which block and compound, and what adjoins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.districting.graph import Graph, graph
from geodata.districting.parcels import Parcels
from geodata.measure import area_m2
from geodata.topology.grid import Floats, Geometries, Integers


@dataclass(frozen=True, eq=False)
class Land:
    """Parcels and what is known of them."""

    borders: Graph
    """Its weights are households."""
    size_m2: Floats
    block: Integers
    compound: Integers
    """For each parcel its compound, or -1."""
    above: Integers
    """For each parcel the unit in which the tree has to stay, such as a community with a given border."""


def land(
    parcels: Parcels,
    households: Floats,
    *,
    block: Integers,
    compound: Integers | None = None,
    barriers: Geometries | None = None,
    above: Integers | None = None,
) -> Land:
    """Return the parcels with the households on them (one figure per building), and their borders.

    `block` and `above` are numbers per parcel, `compound` one per building, -1 for none. Households of buildings without a
    parcel are left out. A parcel of several buildings is in the compound of the first.
    """
    placed, count = np.flatnonzero(parcels.of_building >= 0), len(parcels.ground)
    parcel = parcels.of_building[placed]
    weight = np.bincount(parcel, households[placed], minlength=count).astype(np.float64)
    compounds = np.full(count, -1)
    if compound is not None:
        compounds[parcel[::-1]] = compound[placed[::-1]]
    borders = graph(parcels.ground, weight, block=block, barriers=barriers)
    return Land(borders, area_m2(parcels.ground), block, compounds, np.zeros(count, dtype=np.int64) if above is None else above)
