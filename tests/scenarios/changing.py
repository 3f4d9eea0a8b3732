"""Households that change, and what making all units anew would move."""

from __future__ import annotations

import numpy as np

from geodata.districting.graph import Graph, Limits
from geodata.districting.grouping import continued
from geodata.districting.land import Land
from geodata.districting.refine import Search
from geodata.districting.whole import whole_groups
from geodata.topology.grid import Floats, Integers


def sixth_changed(households: Floats, seed: int) -> Floats:
    """Return the households of each parcel after a sixth of those where somebody lives got 0.3 to 1.9 times as many."""
    random, later = np.random.default_rng(seed), households.copy()
    some = random.choice(np.flatnonzero(households > 0), int((households > 0).sum()) // 6, replace=False)
    later[some] = np.rint(households[some] * random.uniform(0.3, 1.9, len(some)))
    return later


def fresh_moves(later: Graph, limits: Limits, today: Integers, land: Land) -> float:
    """Return how many households change units where these are made anew, inside what is above."""
    fresh = whole_groups(later, limits, land.compound, land.above, Search()).label
    return float(later.weight[continued(fresh, today, later.weight) != today].sum())
