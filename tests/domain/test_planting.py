from __future__ import annotations

import shapely

from geodata.topology import check
from gridsvc.domain.coverage import REMAINDER, Coverage, UnitState
from gridsvc.domain.plans import PlanUnit, plant
from tests.grids import draw

GROUND = draw("A A B B", "A A B B", "C C C C")


def planted(anchor: int | None, *tree: PlanUnit) -> Coverage:
    """Return a district of three communities, the first of two grids, after a tree was planted there."""
    grids = draw("1 2 . .", "1 2 . .", ". . . .")
    coverage = Coverage(
        [
            UnitState(1, "district", unit_id=10, ground=shapely.union_all(list(GROUND.values()))),
            UnitState(2, "A", parent=0, unit_id=11, ground=GROUND["A"]),
            UnitState(2, "B", parent=0, unit_id=12, ground=GROUND["B"]),
            UnitState(2, "C", parent=0, unit_id=13, ground=GROUND["C"]),
            UnitState(3, "1", code="001", parent=1, unit_id=14, ground=grids["1"]),
            UnitState(3, "2", code="002", parent=1, unit_id=15, ground=grids["2"]),
        ]
    )
    coverage.unite_ancestors()
    before = coverage.units[0].ground
    plant(coverage, anchor, tree)
    assert check(coverage.ground_of(coverage.leaves())) == []
    assert shapely.equals(coverage.units[0].ground, before)
    return coverage.pruned()


HALVES = draw(". . 3 4", ". . 3 4", ". . . .")


def test_a_leaf_that_is_divided_keeps_its_ground_in_the_unit_above() -> None:
    after = planted(2, PlanUnit("3", 3, "three", ground=HALVES["3"]), PlanUnit("4", 3, "four", ground=HALVES["4"]))
    assert shapely.equals(after.units[2].ground, GROUND["B"])
    assert [unit.name for unit in after.units if unit.parent == 2] == ["three", "four"]
    assert 0 not in after.moved


def test_a_unit_of_the_same_name_in_the_same_place_stays_itself() -> None:
    rows = draw("1 1 . .", "2 2 . .", ". . . .")
    after = planted(1, PlanUnit("x", 3, "1", ground=rows["1"]), PlanUnit("y", 3, "new", ground=rows["2"]))
    kept = [unit for unit in after.units if unit.parent == 1 and not unit.gone]
    assert [(unit.name, unit.unit_id, unit.code) for unit in kept] == [("1", 14, "001"), ("new", None, None)]
    assert shapely.equals(kept[0].ground, rows["1"])
    assert after.units[5].gone


def test_a_code_tells_which_unit_is_meant_before_its_name_does() -> None:
    rows = draw("1 1 . .", "2 2 . .", ". . . .")
    after = planted(1, PlanUnit("x", 3, "2", code="001", ground=rows["1"]), PlanUnit("y", 3, "1", code="002", ground=rows["2"]))
    assert [(unit.unit_id, unit.name) for unit in after.units if unit.parent == 1] == [(14, "2"), (15, "1")]


def test_a_remainder_below_the_same_unit_is_the_same_one() -> None:
    rows = draw("1 . . .", ". 2 . .", ". . . .")
    rest = draw(". r . .", "r . . .", ". . . .")["r"]
    coverage = Coverage(
        [
            UnitState(2, "A", unit_id=11, ground=GROUND["A"]),
            UnitState(3, "1", parent=0, unit_id=14, ground=shapely.union(rows["1"], rows["2"])),
            UnitState(3, "A", "remainder", parent=0, unit_id=16, ground=rest),
        ]
    )
    coverage.unite_ancestors()
    tree = [
        PlanUnit("1", 3, "1", ground=rows["1"]),
        PlanUnit("2", 3, "2", ground=rows["2"]),
        PlanUnit("r", 3, "A", None, REMAINDER, ground=rest),
    ]
    assert plant(coverage, 0, tree) == {"1": 1, "2": 3, "r": 2}
    assert coverage.units[2].ground.equals(rest)
