"""Shanghai's tree put right after a sixth of its buildings changed: with little, and hardly less would do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.grounds import MICRO, shanghai
from bench.proposals import GRID
from geodata.districting.least import least
from geodata.districting.rebalance import Today, rebalance
from geodata.districting.tree import tree
from tests.conftest import shared_data
from tests.scenarios.changing import fresh_moves, sixth_changed


def test_some_500_micro_grids_are_rebalanced_with_a_third_of_what_a_fresh_partition_moves() -> None:
    """Households are estimated; half of the buildings have no known height and are taken for two storeys."""
    shared_data("shanghai/shanghai_buildings.geojson")
    known = shanghai()[1]
    grids, today = tree(known, [GRID, MICRO]).labels
    known = replace(known, above=grids)
    bare = np.bincount(today, known.borders.weight)[today] == 0
    borders = known.joined(MICRO.low, grids)
    later = replace(borders, weight=sixth_changed(borders.weight, 2))
    found = rebalance(later, MICRO, Today(today, known.compound, bare))
    bound = least(later, MICRO, today, bare)
    assert 450 < len(np.unique(today[~bare])) < 650
    assert [part for part, proof in found.reasons.items() if proof is None and found.grouping.weight[part] > 0] == []
    assert 0 < bound <= found.moved <= min(1.2 * bound, fresh_moves(later, MICRO, today, known) / 3)
