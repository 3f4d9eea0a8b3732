"""What a process keeps of plans is never older than what a reader may see now."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from gridsvc.database.queries import coverage, plan_overlay
from gridsvc.database.queries.impact import impact
from gridsvc.database.queries.plan_overlay import overlay
from gridsvc.database.queries.plans import planned
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.operations import plans
from gridsvc.operations.plan_asking import make
from gridsvc.operations.plan_undoing import redo, take_back, undo
from tests.operations.desk import EAST_OF_A, Desk, line

SPLIT = line((-0.1, 1), (1.3, 1))
State = tuple[object, ...]


@pytest.fixture
def desk(session: Session, operator: Actor) -> Desk:
    """Give a planner's desk where one border was moved and one unit divided."""
    desk = Desk(session, operator)
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    desk.make("split", unit="A", line=SPLIT)
    return desk


def seen(desk: Desk) -> State:
    """Return all that is known of the plan."""
    at = desk.at
    units = [(unit.level, unit.kind, unit.code, unit.name, unit.parent, unit.ground.wkb) for unit in at.was]
    after = at.after
    return units, at.keys, dict(at.places), after.touched(), after.moved, after.children(), after.mosaic().index_of, at.reasons


def read(desk: Desk) -> State:
    """Return the same as a process finds it that has kept nothing."""
    kept = dict(plan_overlay._kept)
    plan_overlay._kept.clear()
    found = seen(desk)
    plan_overlay._kept.clear()
    plan_overlay._kept.update(kept)
    return found


def elsewhere(desk: Desk, change: Callable[[], object]) -> None:
    """Let another process make a change, of which this one hears nothing."""
    kept = {pool: dict(known) for pool, known in plan_overlay._kept.items()}
    change()
    plan_overlay._kept.clear()
    plan_overlay._kept.update(kept)


def test_what_is_kept_is_what_is_read(desk: Desk) -> None:
    assert seen(desk) == read(desk)


def test_nothing_is_read_twice(desk: Desk) -> None:
    assert overlay(desk.session, desk.plan.id) is overlay(desk.session, desk.plan.id)


def test_a_move_has_what_it_touched_read_and_nothing_else(desk: Desk) -> None:
    before, untouched = overlay(desk.session, desk.plan.id).units, desk.key("B")
    touched = desk.make("rename", unit="A", name="Apple")
    after = overlay(desk.session, desk.plan.id).units
    assert [key for key in after if after[key] is not before.get(key)] == touched
    assert after[untouched] is before[untouched]


CHANGES: dict[str, Callable[[Desk], object]] = {
    "a move": lambda desk: desk.make("shift", units=["B", "C"], line=line((2.2, -0.1), (2.2, 2.1))),
    "a unit made": lambda desk: desk.make("split", unit="D", line=line((2.9, 1), (4.1, 1))),
    "an undo": lambda desk: undo(desk.session, desk.actor, desk.plan),
    "all undone": lambda desk: [undo(desk.session, desk.actor, desk.plan) for _ in range(2)],
    "an undo and a redo": lambda desk: [change(desk.session, desk.actor, desk.plan) for change in (undo, redo)],
    "an undo and another move": lambda desk: [undo(desk.session, desk.actor, desk.plan), desk.make("merge", units=["C", "D"])],
    "an undo and another unit made": lambda desk: [
        undo(desk.session, desk.actor, desk.plan), desk.make("split", unit="D", line=line((2.9, 1), (4.1, 1)))
    ],
    "a move taken back": lambda desk: take_back(desk.session, desk.actor, desk.plan, 2),
    "the plan put aside": lambda desk: plans.discard(desk.session, desk.actor, desk.plan),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_another_process_changed_is_seen(desk: Desk, change: Callable[[Desk], object]) -> None:
    seen(desk)
    elsewhere(desk, lambda: change(desk))
    assert seen(desk) == read(desk)


def test_what_was_rolled_back_is_forgotten(desk: Desk) -> None:
    before = seen(desk)
    with desk.session.begin_nested() as trial:
        desk.make("split", unit="D", line=line((2.9, 1), (4.1, 1)))
        assert seen(desk) != before
        trial.rollback()
    assert seen(desk) == before


def test_what_was_rolled_back_is_not_taken_for_what_was_made_then(desk: Desk) -> None:
    with desk.session.begin_nested() as trial:
        desk.make("rename", unit="D", name="Date")
        trial.rollback()
    desk.make("rename", unit="D", name="Dewberry")
    assert "Dewberry" in desk.names()


def test_who_may_not_read_a_plan_gets_nothing_that_is_kept(desk: Desk) -> None:
    before, row = seen(desk), desk.plan
    set_actor(desk.session, NOBODY)
    assert not overlay(desk.session, row.id).units
    assert not planned(desk.session, row).after.touched()
    set_actor(desk.session, desk.actor)
    assert seen(desk) == before


def test_a_plan_not_asked_for_long_is_read_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_overlay, "MOST_PLANS", 1)
    plan_overlay._kept.clear()
    before = overlay(desk.session, desk.plan.id)
    overlay(desk.session, plans.begin(desk.session, desk.actor, desk.here, "Another").id)
    assert overlay(desk.session, desk.plan.id) is not before


def test_a_change_of_what_was_read_changes_nothing_that_is_kept(desk: Desk) -> None:
    before, at = seen(desk), desk.at
    at.after.describe(0, name="Elsewhere")
    at.after.moved.clear()
    assert seen(desk) == before


def test_the_impact_of_a_move_is_the_same_from_memory_and_asked_for(desk: Desk) -> None:
    made = make(desk.session, desk.actor, desk.plan, {"kind": "merge", "units": [desk.key("C"), desk.key("D")]})
    kept = impact(desk.session, desk.actor, desk.plan, made.keys, desk.at)
    coverage._frames.clear()
    assert impact(desk.session, desk.actor, desk.plan, made.keys) == kept
