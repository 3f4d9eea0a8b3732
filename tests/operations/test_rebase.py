"""Two planners at once: a plan is carried over to an edition that came since; the same unit asks for a choice."""

from __future__ import annotations

import pytest
from shapely import LineString
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.plans import moves, plan, planned
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict
from gridsvc.operations import plan_asking, plan_undoing, plans
from gridsvc.operations.rebase import clashes, rebase
from tests.operations.four_grids import TO_B, TO_D, WIDER, cells_of, drawn, key_of, publish, shift
from tests.scenarios.holding import everything_holds


def test_plans_of_different_units_are_both_published(session: Session, operator: Actor, place: int) -> None:
    first, second = drawn(session, operator, place, "AB", TO_B), drawn(session, operator, place, "CD", TO_D)
    publish(session, operator, first)
    publish(session, operator, second)
    assert [cells_of(session, place, name) for name in "ABCD"] == [3, 5, 3, 5]
    everything_holds(session, place)


def test_a_plan_whose_base_holds_no_more_is_not_drawn_in(session: Session, operator: Actor, place: int) -> None:
    first, second = drawn(session, operator, place, "AB", TO_B), drawn(session, operator, place, "CD", TO_D)
    publish(session, operator, first)
    with pytest.raises(Conflict, match="carry"):
        shift(session, operator, plan(session, operator, second.public_id), "CD", WIDER)


def test_carried_over_a_plan_goes_on_upon_the_new_edition(session: Session, operator: Actor, place: int) -> None:
    first, second = drawn(session, operator, place, "AB", TO_B), drawn(session, operator, place, "CD", TO_D)
    publish(session, operator, first)
    carried = rebase(session, operator, plan(session, operator, second.public_id), {})
    at = planned(session, carried)
    assert not carried.stale
    assert check(at.after.ground_of(at.after.leaves())) == []
    assert [(move.kind, move.undone) for move in moves(session, carried.id)] == [("shift", True), ("rebase", False)]
    shift(session, operator, carried, "CD", LineString([(120.001, 30.002), (120.001, 30.0)]))
    publish(session, operator, carried)
    assert [cells_of(session, place, name) for name in "AB"] == [3, 5]


def test_what_was_carried_over_is_not_undone(session: Session, operator: Actor, place: int) -> None:
    first, second = drawn(session, operator, place, "AB", TO_B), drawn(session, operator, place, "CD", TO_D)
    publish(session, operator, first)
    carried = rebase(session, operator, plan(session, operator, second.public_id), {})
    with pytest.raises(Conflict, match="carried over"):
        plan_undoing.undo(session, operator, carried)


def test_the_same_unit_is_named_and_nothing_is_published(session: Session, operator: Actor, place: int) -> None:
    first, second = drawn(session, operator, place, "AB", TO_B), drawn(session, operator, place, "AB", WIDER)
    publish(session, operator, first)
    with pytest.raises(Conflict, match="A、B") as caught:
        publish(session, operator, second)
    assert len(caught.value.findings) == 2
    assert cells_of(session, place, "A") == 3


def test_the_same_unit_is_shown_in_its_versions(session: Session, operator: Actor, place: int) -> None:
    first, second = drawn(session, operator, place, "AB", TO_B), drawn(session, operator, place, "AB", WIDER)
    publish(session, operator, first)
    clash = clashes(session, plan(session, operator, second.public_id))[0]
    versions = [clash.base, clash.mine, clash.theirs]
    assert [round(version.ground.area / 1e-6, 3) for version in versions] == [4, 2, 3]
    assert [(version.buildings, version.households) for version in versions] == [(1, 30)] * 3


@pytest.mark.parametrize(("choice", "cells"), [("mine", 2), ("theirs", 3)])
def test_the_version_that_is_chosen_stands(session: Session, operator: Actor, place: int, choice: str, cells: int) -> None:
    first, second = drawn(session, operator, place, "AB", TO_B), drawn(session, operator, place, "AB", WIDER)
    shift(session, operator, second, "CD", TO_D)
    publish(session, operator, first)
    stale = plan(session, operator, second.public_id)
    carried = rebase(session, operator, stale, {clash.key: choice for clash in clashes(session, stale)})
    publish(session, operator, carried)
    assert (cells_of(session, place, "A"), cells_of(session, place, "C")) == (cells, 3)
    everything_holds(session, place)


def test_a_name_given_meanwhile_stays(session: Session, operator: Actor, place: int) -> None:
    first, second = plans.begin(session, operator, place, "names"), drawn(session, operator, place, "AB", TO_B)
    plan_asking.make(session, operator, first, {"kind": "rename", "unit": key_of(session, first, "D"), "name": "Dune"})
    publish(session, operator, first)
    publish(session, operator, second)
    assert {unit.name for unit in coverage(session, place).units} == {"City", "A", "B", "C", "Dune"}
