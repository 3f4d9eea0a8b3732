"""Single moves never showed what long sequences did."""

import numpy as np
import pytest
import shapely
from shapely import STRtree

from geodata.findings import GeodataError
from geodata.topology import Geometries, Ground, Rearranged, check, merge, neighbours, outer_after, shift, split, transfer, unite
from tests.geodata.topology.partitions import assert_sound, bend_m2, flat_m2, partition, random_line


def moved(rng: np.random.Generator, leaves: Geometries) -> tuple[Rearranged, set[int]]:
    """Make one random move of one of four kinds."""
    tree, pairs = STRtree(leaves), neighbours(leaves).pairs
    a, b = map(int, rng.permutation(pairs[rng.integers(len(pairs))]))
    kind = rng.random()
    if kind < 0.6:
        border = shapely.intersection(shapely.boundary(leaves[a]), shapely.boundary(leaves[b]))
        return shift(leaves, a, b, random_line(rng, border), tree=tree), {a, b}
    if kind < 0.8:
        corner = shapely.Point(shapely.get_coordinates(leaves[a])[0])
        return transfer(leaves, corner.buffer(float(rng.choice([2e-5, 2e-4, 1e-3])), quad_segs=2), a, b, tree=tree), {a, b}
    if kind < 0.9 and np.count_nonzero(~shapely.is_empty(leaves)) > 40:
        return merge(leaves, [a, b]), {a, b}
    return split(leaves, a, random_line(rng, shapely.boundary(leaves[a])), tree=tree), {a, len(leaves)}


def attempt(rng: np.random.Generator, leaves: Geometries) -> tuple[Rearranged, set[int]] | None:
    try:
        return moved(rng, leaves)
    except GeodataError:
        return None


@pytest.mark.parametrize("seed", range(4))
def test_moves_one_after_the_other_stay_sound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    leaves: Geometries = partition(rng, 50)
    outer: Ground = unite(leaves).ground
    for _ in range(40):
        if move := attempt(rng, leaves):
            leaves, outer = assert_sound(leaves, outer, *move)


@pytest.mark.slow
def test_four_hundred_moves_leave_a_coverage_of_the_same_ground() -> None:
    rng = np.random.default_rng(7)
    leaves: Geometries = partition(rng, 60)
    start = outer = unite(leaves).ground
    done = 0
    while done < 400:
        if move := attempt(rng, leaves):
            done += 1
            outer = outer_after(outer, leaves, move[0])
            leaves = move[0].applied_to(leaves)
            if done % 50 == 0:
                leaves = leaves[~shapely.is_empty(leaves)]
                assert check(leaves, outer=outer) == []
    assert flat_m2(shapely.symmetric_difference(outer, start)) <= bend_m2(start)
