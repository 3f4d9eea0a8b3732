"""Sequences of moves, undos, redos and moves taken back at random. The long one runs under GRIDSVC_MOVES=2000."""

from __future__ import annotations

import os

import pytest
from shapely import Polygon
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from gridsvc.operations.plan_undoing import redo, undo
from tests.operations.redrawing import Planner, holds

STEPS = int(os.environ.get("GRIDSVC_MOVES", "45"))
"""How many steps a sequence has; GRIDSVC_MOVES=2000 makes the long ones."""


@pytest.mark.parametrize("seed", [1, 2])
def test_after_every_move_undo_and_redo_everything_holds(session: Session, operator: Actor, seed: int) -> None:
    planner = Planner(session, operator, seed)
    for step in range(STEPS):
        try:
            planner.step()
        except Exception as broken:
            broken.add_note(f"seed {seed}, step {step}; done so far: {planner.done}")
            raise
    assert sum(planner.done.values()) > STEPS / 4
    _goes_all_the_way_back(planner)


def _goes_all_the_way_back(planner: Planner) -> None:
    """Undo everything: each state on the way is what it was, to the byte, and so is the way forth to the end."""
    end, undone = planner.bytes(), 0
    while planner.plan.last:
        undo(planner.session, planner.actor, planner.plan)
        undone += 1
    assert planner.bytes() == planner.states["0"]
    for _ in range(undone):
        redo(planner.session, planner.actor, planner.plan)
    if planner.plan.made == undone:
        assert planner.bytes() == end


def test_a_leaf_removed_on_purpose_is_noticed(session: Session, operator: Actor) -> None:
    after = Planner(session, operator, 3).at().after
    leaf = next(place for place in after.leaves() if after.units[place].name == "E")
    after.put(leaf, Polygon(), moved=True)
    with pytest.raises(AssertionError):
        holds(after)
