"""Two planners at once: a plan is carried over to an edition that came since; the same unit asks for a choice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from shapely import LineString
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.plans import PlanRow, moves, plan, planned
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict
from gridsvc.operations import plan_asking, plan_publishing, plan_undoing, plans
from gridsvc.operations.rebase import clashes, rebase
from tests import builders
from tests.grids import draw
from tests.scenarios.holding import everything_holds

PICTURE = ("A A B B", "A A B B", "C C D D", "C C D D")
HOUSES = {
    "a": draw("a", cell_deg=0.0005, west=120.0004, south=30.0032)["a"],
    "d": draw("d", cell_deg=0.0005, west=120.0032, south=30.0004)["d"],
}
WHEN = datetime(2024, 5, 1, tzinfo=UTC)
TO_B = LineString([(120.0015, 30.004), (120.0015, 30.002)])
"""Gives ground of A to B; TO_D ground of C to D."""
TO_D = LineString([(120.0015, 30.002), (120.0015, 30.0)])
WIDER = LineString([(120.001, 30.004), (120.001, 30.002)])


@pytest.fixture
def place(session: Session, operator: Actor) -> int:
    """Lay a city of four grids and two houses."""
    place = builders.jurisdiction(session, operator)
    builders.units(session, operator, place, {"City": draw("Z Z Z Z", "Z Z Z Z", "Z Z Z Z", "Z Z Z Z")["Z"]})
    builders.units(session, operator, place, draw(*PICTURE), level=2)
    builders.buildings(session, operator, place, HOUSES, households=30)
    return place


def drawn(session: Session, actor: Actor, place: int, names: str, line: LineString, title: str = "plan") -> PlanRow:
    """Begin a plan and shift the border of two units to a line."""
    begun = plans.begin(session, actor, place, title)
    shift(session, actor, begun, names, line)
    return plan(session, actor, begun.public_id)


def shift(session: Session, actor: Actor, begun: PlanRow, names: str, line: LineString) -> None:
    keys = [key_of(session, begun, name) for name in names]
    plan_asking.make(session, actor, begun, {"kind": "shift", "units": keys, "line": line.__geo_interface__})


def key_of(session: Session, begun: PlanRow, name: str) -> int:
    at = planned(session, begun)
    return next(key for key, unit in zip(at.keys, at.was, strict=True) if unit.name == name and not unit.gone)


def cells_of(session: Session, place: int, name: str) -> float:
    """Return a current unit's ground in cells."""
    return round(next(unit.ground.area for unit in coverage(session, place).units if unit.name == name) / 1e-6, 3)


def publish(session: Session, actor: Actor, row: PlanRow) -> None:
    plan_publishing.publish(session, actor, plan(session, actor, row.public_id), at=WHEN)


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
