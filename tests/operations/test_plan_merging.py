"""Drafts of streets put together in one plan of the district."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.plans import PlanRow, merged_into, moves, plan, planned
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations import plan_asking, plans
from gridsvc.operations.plan_merging import gather, to_gather
from gridsvc.operations.plan_undoing import redo, take_back, undo
from tests.operations.four_grids import TO_B, TO_D, WIDER, cells_of, drawn, key_of, publish, shift
from tests.scenarios.holding import everything_holds


def gathered(session: Session, actor: Actor, place: int, *drafts: PlanRow) -> PlanRow:
    return gather(session, actor, plans.begin(session, actor, place, "District"), drafts, {})


def test_drafts_become_one_plan_and_one_edition(session: Session, operator: Actor, place: int) -> None:
    drafts = drawn(session, operator, place, "AB", TO_B, "north"), drawn(session, operator, place, "CD", TO_D, "south")
    whole = gathered(session, operator, place, *drafts)
    assert [(move.kind, move.told["title"]) for move in moves(session, whole.id)] == [("gather", "north"), ("gather", "south")]
    publish(session, operator, whole)
    assert [cells_of(session, place, name) for name in "ABCD"] == [3, 5, 3, 5]
    everything_holds(session, place)


def test_a_draft_that_was_taken_over_says_into_which(session: Session, operator: Actor, place: int) -> None:
    draft = drawn(session, operator, place, "AB", TO_B)
    whole = gathered(session, operator, place, draft)
    into = merged_into(session, draft)
    assert into is not None
    assert (plan(session, operator, draft.public_id).state, into.id) == ("merged", whole.id)
    assert merged_into(session, whole) is None


@pytest.fixture
def whole(session: Session, operator: Actor, place: int) -> PlanRow:
    """Give a plan of the district that has taken one draft over."""
    return gathered(session, operator, place, drawn(session, operator, place, "AB", TO_B, "north"))


def states(session: Session) -> dict[str, str]:
    return {row.title: row.state for row in session.execute(text("SELECT title, state FROM plan"))}


def now(session: Session, actor: Actor, row: PlanRow) -> PlanRow:
    return plan(session, actor, row.public_id)


def north(session: Session, actor: Actor) -> PlanRow:
    return plan(session, actor, session.scalars(text("SELECT public_id FROM plan WHERE title = 'north'")).one())


def test_undone_and_redone_the_draft_is_given_back_and_taken_again(session: Session, operator: Actor, whole: PlanRow) -> None:
    undo(session, operator, whole)
    assert states(session) == {"north": "draft", "District": "draft"}
    redo(session, operator, now(session, operator, whole))
    assert states(session) == {"north": "merged", "District": "draft"}


def test_taken_back_among_others_it_is_given_back_until_that_is_undone(session: Session, operator: Actor, whole: PlanRow) -> None:
    plan_asking.make(session, operator, whole, {"kind": "rename", "unit": key_of(session, whole, "D"), "name": "Dune"})
    take_back(session, operator, now(session, operator, whole), 1)
    assert states(session)["north"] == "draft"
    undo(session, operator, now(session, operator, whole))
    assert states(session)["north"] == "merged"


def test_a_plan_put_aside_gives_its_drafts_back(session: Session, operator: Actor, whole: PlanRow) -> None:
    plans.discard(session, operator, whole)
    assert states(session) == {"north": "draft", "District": "discarded"}


def test_a_draft_drawn_in_since_is_not_taken_again_as_it_was(session: Session, operator: Actor, whole: PlanRow) -> None:
    undo(session, operator, whole)
    shift(session, operator, north(session, operator), "CD", TO_D)
    with pytest.raises(Conflict, match="anew"):
        redo(session, operator, now(session, operator, whole))


def test_new_units_of_two_drafts_stay_apart(session: Session, operator: Actor, place: int) -> None:
    drafts = [plans.begin(session, operator, place, name) for name in "AD"]
    for draft in drafts:
        line = WIDER if draft.title == "A" else WIDER.__class__([(120.003, 30.002), (120.003, 30.0)])
        made = {"kind": "split", "unit": key_of(session, draft, draft.title), "line": line.__geo_interface__}
        plan_asking.make(session, operator, draft, made)
    whole = gathered(session, operator, place, *(plan(session, operator, draft.public_id) for draft in drafts))
    at = planned(session, whole)
    assert (len(at.after.leaves()), check(at.after.ground_of(at.after.leaves()))) == (6, [])


def test_the_same_unit_in_two_drafts_is_named(session: Session, operator: Actor, place: int) -> None:
    drafts = drawn(session, operator, place, "AB", TO_B), drawn(session, operator, place, "AB", WIDER)
    with pytest.raises(Conflict, match="A、B"):
        gathered(session, operator, place, *drafts)


def test_what_can_be_taken_over_changes_something_and_goes_its_own_way(session: Session, operator: Actor, whole: PlanRow) -> None:
    assert to_gather(session, operator, whole) == []
    undo(session, operator, whole)
    plans.begin(session, operator, whole.jurisdiction_id, "nothing yet")
    assert [each.title for each in to_gather(session, operator, whole)] == ["north"]


def test_a_draft_upon_an_older_edition_is_taken_over_too(session: Session, operator: Actor, place: int) -> None:
    old = drawn(session, operator, place, "CD", TO_D)
    publish(session, operator, drawn(session, operator, place, "AB", TO_B))
    whole = gathered(session, operator, place, plan(session, operator, old.public_id))
    publish(session, operator, whole)
    assert [cells_of(session, place, name) for name in "ABCD"] == [3, 5, 3, 5]


def test_a_plan_does_not_take_itself_over(session: Session, operator: Actor, place: int) -> None:
    draft = drawn(session, operator, place, "AB", TO_B)
    with pytest.raises(Invalid):
        gather(session, operator, draft, [draft], {})
