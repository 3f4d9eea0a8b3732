import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.districting.graph import Graph, Limits
from geodata.districting.land import Land, land
from geodata.districting.parcels import Parcels
from geodata.districting.refine import Search
from geodata.districting.tree import Tree, tree
from geodata.districting.whole import whole_groups
from geodata.topology.grid import Integers
from tests.geodata.districting.lattices import graphs, lattice, pieces
from tests.geodata.districting.streetside import placed

GRID, LEAF = Limits(300, 500), Limits(30, 70)


def _land(borders: Graph, *, block: Integers | None = None, compound: Integers | None = None, above: Integers | None = None) -> Land:
    """Return parcels of 500 m², in one block, no compound and one unit above where nothing else is said."""
    none = np.zeros(len(borders), dtype=np.int64)
    given = [each if each is not None else otherwise for each, otherwise in ((block, none), (compound, none - 1), (above, none))]
    nothing = np.zeros(len(borders.one), dtype=bool)
    return Land(borders, borders.where(nothing), np.full(len(borders), 500.0), *given)


def _town(side: int = 32, most: int = 20) -> Graph:
    return lattice(*[" ".join(map(str, row)) for row in np.random.default_rng(1).integers(0, most + 1, (side, side))])


def _quarters(side: int, step: int) -> Integers:
    """Return for each place of a square lattice the number of the square of so many steps it lies in."""
    row, column = np.divmod(np.arange(side * side), side)
    return row // step * side + column // step


def _nested(found: Tree) -> bool:
    pairs = zip(found.labels[1:], found.labels[:-1], strict=True)
    return all(len(np.unique(np.stack([below, above]), axis=1).T) == below.max() + 1 for below, above in pairs)


def test_a_town_becomes_communities_grids_and_micro_grids_all_in_range() -> None:
    found = tree(_land(_town()), [Limits(1500, 5000), GRID, LEAF])
    assert [dict(each) for each in found.reasons] == [{}, {}, {}]
    assert _nested(found)
    assert [households.sum() for households in found.households] == [_town().weight.sum()] * 3


def test_the_same_seed_gives_the_same_tree() -> None:
    first, second = (tree(_land(_town(16)), [GRID, LEAF], seed=5) for _ in range(2))
    assert all((one == other).all() for one, other in zip(first.labels, second.labels, strict=True))


def test_units_stay_inside_the_borders_that_are_given() -> None:
    above = _quarters(32, 16)
    found = tree(_land(_town(), above=above), [GRID, LEAF])
    assert len(np.unique(np.stack([found.labels[0], above]), axis=1).T) == found.labels[0].max() + 1


def test_compounds_that_fit_are_whole_in_a_grid() -> None:
    compound = _quarters(32, 4)
    found = tree(_land(_town(), compound=compound), [GRID, LEAF])
    assert len(np.unique(np.stack([compound, found.labels[0]]), axis=1).T) == len(np.unique(compound))
    assert dict(found.reasons[0]) == {}


def test_a_compound_larger_than_a_grid_is_several_grids_of_its_own() -> None:
    compound = np.where(_quarters(32, 12) == 0, 0, -1)
    town = _land(_town(), compound=compound)
    assert town.borders.weight[compound == 0].sum() > 2 * GRID.high
    grid = tree(town, [GRID, LEAF]).labels[0]
    assert not np.intersect1d(grid[compound == 0], grid[compound < 0]).size
    assert len(np.unique(grid[compound == 0])) >= 3


def test_a_compound_is_divided_where_no_grid_could_hold_it_whole() -> None:
    two = _land(lattice(*["50 50 50 50 50 50"] * 2), compound=np.array([0, 0, 0, 1, 1, 1] * 2))
    found = tree(two, [Limits(190, 210), Limits(90, 110)])
    assert dict(found.reasons[0]) == {}
    assert found.labels[0].max() == 2


def test_a_tower_is_a_micro_grid_by_itself_and_says_why() -> None:
    found = tree(_land(lattice("40 40 40", "40 88 40", "40 40 40")), [GRID, LEAF])
    ((unit, why),) = found.reasons[1].items()
    assert np.flatnonzero(found.labels[1] == unit).tolist() == why.parcels.tolist() == [4]
    assert str(why.finding("5号楼")) == "5号楼 alone has 88 households, more than the 70 of one unit; it is a unit by itself."


def test_a_proof_that_depends_on_the_grid_says_so() -> None:
    found = tree(_land(lattice("50 50 20 30 50 40")), [Limits(120, 120), Limits(45, 55)])
    sentences = [str(why.finding("x")) for why in found.reasons[1].values()]
    assert sentences[0] == (
        "Within the border of the unit above: x has 20 households; joined with what adjoins it makes 20 at most or 70 at least, "
        "nothing from 45 to 55."
    )
    assert len(sentences) == 3


def test_a_leaf_too_small_for_its_grid_is_put_right_from_beyond_the_border() -> None:
    town = _land(_town(most=60))
    grids = whole_groups(town.borders, GRID, town.compound, town.above, Search())
    before = whole_groups(town.borders, LEAF, town.compound, grids.label, Search())
    after = tree(town, [GRID, LEAF])
    assert len(before.reasons) >= 5
    assert sum(why.within or why.certificate is None for why in after.reasons[1].values()) <= 1
    assert dict(after.reasons[0]) == {}


def test_small_empty_ground_joins_its_neighbour_and_large_is_a_leaf_without_residents() -> None:
    town = _land(lattice("40 40 0 0 0 0 0 0", "40 0 40 40 40 40 40 40"), block=np.array([0, 0, 1, 1, 1, 1, 1, 1] * 2))
    found = tree(town, [GRID, LEAF])
    empty = np.flatnonzero(found.households[1] == 0)
    assert [np.flatnonzero(found.labels[1] == leaf).tolist() for leaf in empty] == [[2, 3, 4, 5, 6, 7]]
    assert dict(found.reasons[1]) == {}


def test_small_empty_ground_behind_a_large_one_goes_along() -> None:
    found = tree(_land(lattice("40 20 0 0 0 0 0 0 0 0"), block=np.array([0, 0, 1, 1, 1, 1, 1, 1, 2, 2])), [LEAF])
    assert found.labels[0].tolist() == [0, 0, *[1] * 8]


def test_large_empty_grounds_in_a_row_are_leaves_each() -> None:
    row = lattice("40 20 " + "0 " * 12)
    found = tree(_land(row, block=np.array([0, 0, *[1] * 6, *[2] * 6])), [LEAF])
    assert found.labels[0].tolist() == [0, 0, *[1] * 6, *[2] * 6]


def test_few_micro_grids_straddle_a_street() -> None:
    block = _quarters(32, 4)
    town = _town()
    streets = np.where(block[town.one] == block[town.other], 1, 0.3)
    leaf = tree(_land(Graph(town.weight, town.one, town.other, town.length_m * streets), block=block), [GRID, LEAF]).labels[1]
    assert (np.bincount(np.unique(np.stack([leaf, block]), axis=1)[0]) > 1).mean() < 0.1


def test_a_barrier_is_crossed_by_what_is_no_unit_on_its_own_side_and_by_nothing_else() -> None:
    both = lattice("40 40 40 40 10", "40 40 40 40 0")
    banks = _land(both)
    river = (both.one == 3) & (both.other == 4) | (both.one == 8) & (both.other == 9) | (both.other - both.one == 5)
    parted = Land(both.where(~river), both.where(river), banks.size_m2, banks.block, banks.compound, banks.above)
    found = tree(parted, [Limits(120, 200), Limits(30, 90)])
    assert [dict(each) for each in found.reasons] == [{}, {}]
    north, south = found.labels[0][:4], found.labels[0][5:9]
    assert not np.intersect1d(north, south).size
    assert found.households[0].min() > 0


def test_one_range_makes_leaves_alone() -> None:
    found = tree(_land(_town(8)), [LEAF])
    assert len(found.labels) == 1
    assert dict(found.reasons[0]) == {}


def test_households_and_compounds_of_buildings_come_to_their_parcels() -> None:
    ground = placed(shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100), shapely.box(200, 0, 300, 100))
    parcels = Parcels(ground, np.array([0, 2, -1]), np.array([0, 0, 1, -1]), shapely.union_all(ground))
    found = land(parcels, np.array([5.0, 6, 7, 8]), block=np.array([0, 0, 0]), compound=np.array([3, 4, -1, 3]))
    assert found.borders.weight.tolist() == [11, 7, 0]
    assert found.compound.tolist() == [3, -1, -1]
    assert found.size_m2 == pytest.approx(1e4, rel=5e-3)


@given(graphs(), st.data())
@settings(max_examples=25)
def test_trees_are_nested_and_connected_and_say_what_is_out_of_range(drawn: Graph, data: st.DataObject) -> None:
    numbers = st.lists(st.integers(-1, 2), min_size=len(drawn), max_size=len(drawn))
    site = _land(drawn, block=np.array(data.draw(numbers)), compound=np.array(data.draw(numbers)))
    found = tree(site, [Limits(150, 250), LEAF])
    assert _nested(found)
    for label, households, reasons, limits in zip(found.labels, found.households, found.reasons, [Limits(150, 250), LEAF], strict=True):
        assert pieces(drawn, label) == label.max() + 1
        wrong = (households > 0) & ((households < limits.low) | (households > limits.high))
        assert sorted(reasons) == np.flatnonzero(wrong).tolist()
        assert all(why.finding("x").template for why in reasons.values())


def test_a_community_of_one_parcel_is_one_grid_of_one_leaf_with_its_reasons() -> None:
    found = tree(_land(lattice("12")), [GRID, LEAF])
    assert [label.tolist() for label in found.labels] == [[0], [0]]
    assert [set(each) for each in found.reasons] == [{0}, {0}]
