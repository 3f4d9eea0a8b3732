import shapely
from shapely import Polygon

from geodata.topology import Rearranged
from gridsvc.domain.coverage import REMAINDER, Coverage, UnitState, multi
from tests.grids import draw


def divided() -> Coverage:
    """Return a top unit divided into A, B and what remains."""
    ground = draw("A B .", "A R R") | {"T": draw("T T .", "T T T")["T"]}
    return Coverage(
        [
            UnitState(1, "T", unit_id=1, ground=ground["T"]),
            UnitState(2, "A", code="2", parent=0, unit_id=2, ground=ground["A"]),
            UnitState(2, "B", code="1", parent=0, unit_id=3, ground=ground["B"]),
            UnitState(2, "T", REMAINDER, parent=0, unit_id=4, ground=ground["R"]),
        ]
    )


def test_leaves_come_by_code_and_remainders_last() -> None:
    coverage = divided()
    assert [coverage.units[leaf].name for leaf in coverage.leaves()] == ["B", "A", "T"]


def test_a_unit_that_lost_all_its_ground_is_neither_leaf_nor_child() -> None:
    coverage = divided()
    coverage.put(1, Polygon(), moved=True)
    assert coverage.leaves() == [2, 3]
    assert coverage.children() == {None: [0], 0: [2, 3]}


def test_a_unit_whose_children_are_gone_is_a_leaf_again() -> None:
    coverage = divided()
    for place in (1, 2, 3):
        coverage.put(place, Polygon(), moved=True)
    assert coverage.leaves() == [0]


def test_ancestors_become_the_union_of_their_children() -> None:
    coverage = divided()
    coverage.put(2, draw(". B B", ". . .")["B"], moved=True)
    coverage.unite_ancestors()
    assert shapely.equals(coverage.units[0].ground, shapely.union_all(coverage.ground_of(coverage.leaves())))
    assert coverage.moved == {0, 2}


def test_an_ancestor_whose_border_only_got_a_vertex_did_not_move() -> None:
    coverage = divided()
    ground = coverage.units[1].ground
    coverage.put(1, shapely.segmentize(ground, 0.0015), moved=False)
    coverage.unite_ancestors()
    assert coverage.moved == set()
    assert shapely.get_num_coordinates(coverage.units[0].ground) > 6


def test_what_is_as_it_was_is_the_same_object_still() -> None:
    coverage = divided()
    coverage.unite_ancestors()
    before = list(coverage.units)
    coverage.unite_ancestors()
    assert all(now is then for now, then in zip(coverage.units, before, strict=True))


def test_a_change_of_borders_moves_units_but_not_their_seams() -> None:
    coverage = divided()
    ground = {0: draw(". B B", ". . .")["B"], 1: coverage.units[1].ground}
    change = Rearranged(ground, seams=frozenset({1}), emptied=frozenset({2}), moved_m2={}, findings=())
    coverage.rearranged([2, 1, 3], change)
    assert coverage.moved == {2, 3}
    assert coverage.units[3].gone


def test_forgetting_brings_the_units_back() -> None:
    coverage = divided()
    before = list(coverage.units)
    coverage.put(1, Polygon(), moved=True)
    coverage.add(UnitState(2, "C", parent=0))
    coverage.reset(before)
    assert coverage.units == before
    assert coverage.moved == set()


def test_what_never_had_ground_is_left_out_and_the_others_keep_their_parents() -> None:
    coverage = divided()
    coverage.units.insert(1, UnitState(2, "never", REMAINDER, parent=0))
    coverage.add(UnitState(3, "AA", parent=2, ground=coverage.units[2].ground))
    coverage.moved = {5}
    pruned = coverage.pruned()
    assert [(unit.name, unit.parent) for unit in pruned.units] == [("T", None), ("A", 0), ("B", 0), ("T", 0), ("AA", 1)]
    assert pruned.moved == {4}


def test_a_known_unit_without_ground_is_kept_so_that_it_can_end() -> None:
    coverage = divided()
    coverage.put(1, Polygon(), moved=True)
    assert len(coverage.pruned().units) == 4


def test_tables_hold_ground_of_one_part_as_a_multipolygon() -> None:
    one, two = draw("A .")["A"], draw("A . A")["A"]
    assert [len(multi(ground).geoms) for ground in (one, two)] == [1, 2]
