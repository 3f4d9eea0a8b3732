"""Moves undone, redone, and taken back among others."""

from __future__ import annotations

import pytest

from gridsvc.database.queries.plans import moves
from gridsvc.errors import Conflict, NotFound
from gridsvc.operations.plan_undoing import redo, take_back, undo
from tests.operations.desk import EAST_OF_A, Desk, line


def test_undone_moves_leave_no_trace_and_come_back_whole(desk: Desk) -> None:
    states = [desk.bytes()]
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    states.append(desk.bytes())
    desk.make("split", unit="A", line=line((-0.1, 0.45), (1.3, 0.45)))
    states.append(desk.bytes())
    desk.make("reparent", units=["B"], to="E")
    for state in reversed(states):
        undo(desk.session, desk.actor, desk.plan)
        assert desk.bytes() == state
    for state in states[1:]:
        redo(desk.session, desk.actor, desk.plan)
        assert desk.bytes() == state


def test_what_was_undone_before_another_move_stays_undone(desk: Desk) -> None:
    desk.make("rename", unit="A", name="Apple")
    undo(desk.session, desk.actor, desk.plan)
    desk.make("rename", unit="B", name="Berry")
    with pytest.raises(Conflict):
        redo(desk.session, desk.actor, desk.plan)


def test_redone_is_the_move_that_was_undone_last(desk: Desk) -> None:
    desk.make("rename", unit="A", name="Apple")
    undo(desk.session, desk.actor, desk.plan)
    desk.make("rename", unit="B", name="Berry")
    undo(desk.session, desk.actor, desk.plan)
    redo(desk.session, desk.actor, desk.plan)
    assert desk.names() == {"T", "W", "E", "A", "Berry", "C", "D"}
    with pytest.raises(Conflict):
        redo(desk.session, desk.actor, desk.plan)


def test_a_move_in_the_middle_is_taken_back_byte_for_byte(desk: Desk) -> None:
    before = desk.bytes()
    desk.make("shift", units=["A", "B"], line=line((1.2, 2.1), (1.2, 1), (1, 1)))
    desk.make("rename", unit="D", name="Date")
    take_back(desk.session, desk.actor, desk.plan, 1)
    undo_name = {key: state for key, state in desk.bytes().items() if key != desk.key("Date")}
    assert undo_name == {key: state for key, state in before.items() if key != desk.key("Date")}


def test_what_is_taken_back_is_unmoved(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    take_back(desk.session, desk.actor, desk.plan, 1)
    assert desk.at.after.moved == set()
    assert [move.undone for move in moves(desk.session, desk.plan.id)] == [True, False]
    assert desk.standing("A") == 3


def test_a_unit_that_began_ends_when_its_move_is_taken_back(desk: Desk) -> None:
    before = desk.bytes()
    desk.make("split", unit="A", line=line((-0.1, 0.45), (1.1, 0.45)))
    take_back(desk.session, desk.actor, desk.plan, 1)
    assert desk.bytes() == before


def test_merged_grids_come_back_when_it_is_taken_back(desk: Desk) -> None:
    before = desk.bytes()
    desk.make("merge", units=["W", "E"])
    take_back(desk.session, desk.actor, desk.plan, 1)
    assert desk.bytes() == before


def test_a_move_that_a_later_one_needs_is_not_taken_back(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    desk.make("merge", units=["B", "C"])
    with pytest.raises(Conflict) as refused:
        take_back(desk.session, desk.actor, desk.plan, 1)
    assert refused.value.values["later"] == 2


def test_a_code_that_another_unit_got_since_does_not_come_back(desk: Desk) -> None:
    desk.make("split", unit="A", line=line((0.5, -0.1), (0.5, 2.1)))
    desk.make("rename", unit="微网格3", name="first", code="370212001009")
    desk.make("split", unit="B", line=line((1.5, -0.1), (1.5, 2.1)))
    [second] = desk.names() - {"T", "W", "E", "A", "B", "C", "D", "first"}
    desk.make("rename", unit=second, name="second", code="370212001003")
    with pytest.raises(Conflict, match="second has the code 370212001003"):
        take_back(desk.session, desk.actor, desk.plan, 2)


def test_taking_back_can_be_undone_and_taken_back(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    after = desk.bytes()
    take_back(desk.session, desk.actor, desk.plan, 1)
    take_back(desk.session, desk.actor, desk.plan, 2)
    assert desk.bytes() == after
    assert [move.undone for move in moves(desk.session, desk.plan.id)] == [False, True, False]


def test_a_move_that_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        take_back(desk.session, desk.actor, desk.plan, 1)
