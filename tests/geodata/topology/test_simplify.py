import numpy as np
import pytest
import shapely

from geodata.findings import GeodataError
from geodata.topology import BANDS, build, check, simplify, unite
from tests.geodata.topology.partitions import drawn, partition


def wiggly(seed: int) -> np.ndarray:
    leaves = shapely.segmentize(partition(np.random.default_rng(seed), 40), 2e-4)
    bent = shapely.transform(leaves, lambda xy: xy + 2e-5 * np.sin(xy[:, ::-1] * 4e4))
    return build(bent, [f"{index:03}" for index in range(len(bent))]).coverage


@pytest.mark.parametrize("tolerance_m", sorted(BANDS.values()))
def test_simplified_leaves_still_tile(tolerance_m: float) -> None:
    leaves = wiggly(1)
    simple = simplify(leaves, tolerance_m)
    assert check(simple, outer=unite(simple).ground) == []
    assert not shapely.is_empty(simple).any()


def test_a_larger_tolerance_leaves_fewer_vertices() -> None:
    leaves = wiggly(2)
    assert sorted((shapely.get_num_coordinates(simplify(leaves, metres)).sum() for metres in (0, 3, 12, 50)), reverse=True) == [
        shapely.get_num_coordinates(simplify(leaves, metres)).sum() for metres in (0, 3, 12, 50)
    ]
    assert shapely.get_num_coordinates(simplify(leaves, 12)).sum() < 0.5 * shapely.get_num_coordinates(leaves).sum()


def test_vertices_are_a_subset_of_the_given_ones() -> None:
    leaves = wiggly(3)
    given = set(map(tuple, shapely.get_coordinates(leaves)))
    assert set(map(tuple, shapely.get_coordinates(simplify(leaves, 12)))) <= given


def test_a_negative_tolerance_is_refused() -> None:
    with pytest.raises(GeodataError, match="0 or more"):
        simplify(drawn("A B"), -1)
