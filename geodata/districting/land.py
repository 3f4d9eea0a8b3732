"""Parcels and what is known of them: who lives there, in which block and compound, and what adjoins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.districting.graph import STREET_SHARE, Graph, graph
from geodata.districting.parcels import Parcels
from geodata.measure import area_m2
from geodata.topology.grid import Flags, Floats, Geometries, Integers


@dataclass(frozen=True, eq=False)
class Land:
    """Parcels and what is known of them."""

    borders: Graph
    """Its weights are households; borders that a barrier closes are left out."""
    closed: Graph
    """The same parcels with the borders that a barrier closes."""
    size_m2: Floats
    block: Integers
    compound: Integers
    """For each parcel its compound, or -1."""
    above: Integers
    """For each parcel the unit in which the tree has to stay, such as a community with a given border."""

    def joined(self, low: float, within: Integers) -> Graph:
        """Return the borders inside each number of `within`; barriers are open for pieces lighter than `low`, which are no unit alone.

        Such a piece (an islet, a strip between railway and river) is joined with the piece with the longest border, again
        and again.
        """
        inside, closed = (each.where(within[each.one] == within[each.other]) for each in (self.borders, self.closed))
        while True:
            component = inside.component
            between = closed.merged(component, int(component.max(initial=-1)) + 1)
            best = _longest(between, between.weight < low)
            pairs = np.sort(np.stack([component[closed.one], component[closed.other]], axis=1), axis=1)
            opened = np.isin(pairs @ np.array([len(between), 1]), best)
            if not opened.any():
                return inside
            inside = inside.plus(closed.where(opened), STREET_SHARE)

    def merged(self, below: Integers, within: Integers) -> Land:
        """Return the land whose parcels are the units of `below`, inside their own numbers of `within`; compounds do not matter there."""
        count = len(within)
        borders, closed = self.borders.merged(below, count), self.closed.merged(below, count)
        still = ~np.isin(closed.one * count + closed.other, borders.one * count + borders.other)
        none = np.full(count, -1)
        return Land(borders, closed.where(still), np.bincount(below, self.size_m2, minlength=count).astype(np.float64), none, none, within)


def _longest(between: Graph, asked: Flags) -> Integers:
    """Return for each asked node its longest border, as the code of the pair."""
    codes = between.one * len(between) + between.other
    ends = np.concatenate([between.one, between.other])
    order = np.lexsort((np.tile(codes, 2), -np.tile(between.length_m, 2), ends))
    first = order[np.unique(ends[order], return_index=True)[1]]
    found: Integers = np.tile(codes, 2)[first[asked[ends[first]]]]
    return found


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
    every = borders if barriers is None else graph(parcels.ground, weight, block=block)
    closed = every.where(~np.isin(every.one * count + every.other, borders.one * count + borders.other))
    return Land(borders, closed, area_m2(parcels.ground), block, compounds, np.zeros(count, dtype=np.int64) if above is None else above)
