"""Sequences of moves, undos, redos and moves taken back at random. The long ones run under GRIDSVC_MOVES=2000: `make test-long`."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from hypothesis.strategies import integers, sampled_from
from shapely import Polygon
from sqlalchemy.orm import Session

from gridsvc.database.queries.plans import PlanRow, planned
from gridsvc.domain.permissions import Actor
from gridsvc.operations.plan_undoing import redo, undo
from tests.operations.redrawing import BACK, KINDS, Planner, holds

STEPS = int(os.environ.get("GRIDSVC_MOVES", "24"))
"""How many steps a sequence has."""
RECKONED = 8
"""After so many steps the impact kept by difference is held to that of the whole plan."""


@pytest.mark.parametrize("seed", [1, 2])
def test_after_every_move_undo_and_redo_everything_holds(session: Session, operator: Actor, seed: int) -> None:
    planner = Planner(session, operator, seed)
    for step in range(STEPS):
        try:
            planner.step()
            if step % RECKONED == 0:
                planner.holds_by_difference()
        except Exception as broken:
            broken.add_note(f"seed {seed}, step {step}; done so far: {planner.done}")
            raise
    assert sum(planner.done.values()) > STEPS / 4
    goes_all_the_way_back(planner)


class Redrawing(RuleBasedStateMachine):
    """The same with kinds that hypothesis chooses, which finds the shortest sequence that fails."""

    def __init__(self, session: Session, actor: Actor) -> None:
        super().__init__()
        self.session, self.actor, self.trial = session, actor, session.begin_nested()

    @initialize(seed=integers(0, 999))
    def lay(self, seed: int) -> None:
        self.planner = Planner(self.session, self.actor, seed)

    @rule(kind=sampled_from([*KINDS, *BACK]))
    def step(self, kind: str) -> None:
        self.planner.step(kind)

    def teardown(self) -> None:
        self.trial.rollback()


def test_whatever_comes_after_whatever_everything_holds(session: Session, operator: Actor) -> None:
    few = settings(max_examples=2, stateful_step_count=12, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    run_state_machine_as_test(lambda: Redrawing(session, operator), settings=few)


def goes_all_the_way_back(planner: Planner) -> None:
    """Undo everything and redo it: each state on the way is what it was, to the byte."""
    undone, now = 0, planner.plan
    while now.last:
        undo(planner.session, planner.actor, now)
        undone, now = undone + 1, _as_it_was(planner)
    for _ in range(undone):
        redo(planner.session, planner.actor, now)
        now = _as_it_was(planner)


def _as_it_was(planner: Planner) -> PlanRow:
    """Hold the plan as it is now to what it was after the same last move, and return it."""
    now = planner.plan
    assert planner.bytes(planned(planner.session, now)) == planner.states[now.last]
    return now


def test_a_leaf_removed_on_purpose_is_noticed(session: Session, operator: Actor) -> None:
    after = Planner(session, operator, 3).at().after
    leaf = next(place for place in after.leaves() if after.units[place].name == "E")
    after.put(leaf, Polygon(), moved=True)
    with pytest.raises(AssertionError):
        holds(after)
