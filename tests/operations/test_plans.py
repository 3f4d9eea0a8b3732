"""Plans: a tree put in, corrected, undone, published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.plans import Planned, PlanRow, loads, moves, plan, planned
from gridsvc.domain.permissions import Actor
from gridsvc.domain.plans import PlanUnit
from gridsvc.errors import Conflict, Invalid, NotFound
from gridsvc.operations import plan_publishing, plans
from gridsvc.operations.households import households
from gridsvc.operations.plan_asking import make
from gridsvc.operations.plan_locks import lock
from gridsvc.operations.plan_undoing import undo
from tests import builders
from tests.grids import draw
from tests.scenarios.holding import everything_holds

LATER = datetime(2024, 5, 1, tzinfo=UTC)
CITY = draw("A A A A", "A A A A")["A"]
PARTS = draw("P P Q Q", "P P R R")
HOUSES = {"p": draw(". . . .", "p . . .", cell_deg=0.0009)["p"], "q": draw(". . . q", ". . . .", cell_deg=0.00099)["q"]}


@pytest.fixture
def place(session: Session, operator: Actor) -> int:
    """Lay a city without parts and two houses in it."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"City": CITY})
    builders.buildings(session, operator, here, HOUSES, households=30)
    return here


def tree(session: Session, here: int) -> list[PlanUnit]:
    """Return two grids, the western of one leaf, the eastern of two."""
    by_name = {weight: building for building, weight in enumerate(households(session, here))}
    first, second = sorted(by_name)
    return [
        PlanUnit("w", 2, "West"),
        PlanUnit("e", 2, "East"),
        PlanUnit("p", 3, "P", "w", ground=PARTS["P"], buildings=(first,)),
        PlanUnit("q", 3, "Q", "e", ground=PARTS["Q"], buildings=(second,)),
        PlanUnit("r", 3, "R", "e", ground=PARTS["R"]),
    ]


def planted(session: Session, operator: Actor, here: int) -> PlanRow:
    """Begin a plan and put the tree into it."""
    begun = plans.begin(session, operator, here, "New grids")
    top = coverage(session, here).units[0].unit_id
    plans.add_tree(session, operator, begun, top, tree(session, here))
    return plan(session, operator, begun.public_id)


def key_of(at: Planned, name: str) -> int:
    return next(key for key, unit in zip(at.keys, at.was, strict=True) if unit.name == name and not unit.gone)


def test_a_tree_tiles_the_ground_it_divides(session: Session, operator: Actor, place: int) -> None:
    at = planned(session, planted(session, operator, place))
    leaves = at.after.ground_of(at.after.leaves())
    assert len(leaves) == 3
    assert check(leaves) == []


def test_a_building_that_a_tree_does_not_name_takes_the_leaf_of_its_ground(session: Session, operator: Actor, place: int) -> None:
    begun = plans.begin(session, operator, place, "New grids")
    named = [replace(unit, buildings=()) if unit.name == "Q" else unit for unit in tree(session, place)]
    plans.add_tree(session, operator, begun, coverage(session, place).units[0].unit_id, named)
    at = planned(session, begun)
    assert {key: load.buildings for key, load in loads(session, begun.id).items()} == {key_of(at, "P"): 1, key_of(at, "Q"): 1}


def test_a_tree_moves_no_locked_building(session: Session, operator: Actor, place: int) -> None:
    begun, units = planted(session, operator, place), tree(session, place)
    lock(session, operator, begun, buildings=units[2].buildings)
    houses = {"P": (), "R": units[2].buildings}
    moved = [replace(unit, buildings=houses.get(unit.name, unit.buildings)) for unit in units]
    top = coverage(session, place).units[0].unit_id
    with pytest.raises(Conflict, match="p is locked"):
        plans.add_tree(session, operator, begun, top, moved)
    plans.add_tree(session, operator, begun, top, units)


def test_a_plan_changes_no_current_unit(session: Session, operator: Actor, place: int) -> None:
    planted(session, operator, place)
    assert [unit.name for unit in coverage(session, place).units] == ["City"]


def test_inner_units_are_the_union_of_theirs(session: Session, operator: Actor, place: int) -> None:
    at = planned(session, planted(session, operator, place))
    east = at.was[at.place_of(key_of(at, "East"))].ground
    assert east.equals(PARTS["Q"].union(PARTS["R"]))


def test_a_leaf_knows_what_stands_in_it(session: Session, operator: Actor, place: int) -> None:
    new = planted(session, operator, place)
    at = planned(session, new)
    assert loads(session, new.id)[key_of(at, "P")].households == 30


def test_a_merge_empties_the_second_unit(session: Session, operator: Actor, place: int) -> None:
    new = planted(session, operator, place)
    at = planned(session, new)
    make(session, operator, new, {"kind": "merge", "units": [key_of(at, "Q"), key_of(at, "R")]})
    assert [unit.name for unit in planned(session, new).was if not unit.gone] == ["City", "West", "East", "P", "Q"]


def test_undoing_brings_back_what_was_byte_for_byte(session: Session, operator: Actor, place: int) -> None:
    new = planted(session, operator, place)
    before = planned(session, new)
    make(session, operator, new, {"kind": "merge", "units": [key_of(before, "Q"), key_of(before, "R")]})
    undo(session, operator, new)
    assert [unit.ground.wkb for unit in planned(session, new).was] == [unit.ground.wkb for unit in before.was]


def test_undone_moves_are_still_told(session: Session, operator: Actor, place: int) -> None:
    new = planted(session, operator, place)
    make(session, operator, new, {"kind": "rename", "unit": key_of(planned(session, new), "P"), "name": "Pear"})
    undo(session, operator, new)
    assert [(move.serial, move.undone) for move in moves(session, new.id)] == [(1, False), (2, True)]


def test_a_name_is_not_empty(session: Session, operator: Actor, place: int) -> None:
    new = planted(session, operator, place)
    with pytest.raises(Invalid):
        make(session, operator, new, {"kind": "rename", "unit": key_of(planned(session, new), "P"), "name": " "})


def test_a_published_plan_is_the_next_edition(session: Session, operator: Actor, place: int) -> None:
    new = planted(session, operator, place)
    edition = plan_publishing.publish(session, operator, new, at=LATER)
    assert (edition.serial, {unit.name for unit in coverage(session, place).units}) == (2, {"City", "West", "East", "P", "Q", "R"})


def test_everything_holds_after_publishing(session: Session, operator: Actor, place: int) -> None:
    plan_publishing.publish(session, operator, planted(session, operator, place), at=LATER)
    everything_holds(session, place)


def test_a_plan_is_published_once(session: Session, operator: Actor, place: int) -> None:
    new = planted(session, operator, place)
    plan_publishing.publish(session, operator, new, at=LATER)
    with pytest.raises(Conflict):
        plan_publishing.publish(session, operator, plan(session, operator, new.public_id), at=LATER)


def test_a_plan_upon_an_old_edition_is_not_published(session: Session, operator: Actor, place: int) -> None:
    new = planted(session, operator, place)
    builders.units(session, operator, place, {"North": draw("N N N N", ". . . .")["N"]}, level=2, effective_at=LATER)
    with pytest.raises(Conflict):
        plan_publishing.publish(session, operator, new, at=LATER)


def test_a_unit_that_the_plan_lacks_is_not_found(session: Session, operator: Actor, place: int) -> None:
    new = planted(session, operator, place)
    with pytest.raises(NotFound):
        make(session, operator, new, {"kind": "rename", "unit": -99, "name": "Nobody"})


def test_a_tree_replaces_what_was_there(session: Session, operator: Actor, place: int) -> None:
    plan_publishing.publish(session, operator, planted(session, operator, place), at=LATER)
    again = planted(session, operator, place)
    assert sorted(unit.name for unit in planned(session, again).was if not unit.gone) == ["City", "East", "P", "Q", "R", "West"]
