"""Drafts of streets put together in one plan of the district."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.plans import PlanRow, moves, plan, planned
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations import plan_asking, plans
from gridsvc.operations.plan_merging import gather
from tests import builders
from tests.grids import draw
from tests.operations.test_rebase import HOUSES, PICTURE, TO_B, TO_D, WIDER, cells_of, drawn, key_of, publish
from tests.scenarios.holding import everything_holds

WHEN = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def place(session: Session, operator: Actor) -> int:
    """Lay a city of four grids with two houses."""
    place = builders.jurisdiction(session, operator)
    builders.units(session, operator, place, {"City": draw("Z Z Z Z", "Z Z Z Z", "Z Z Z Z", "Z Z Z Z")["Z"]})
    builders.units(session, operator, place, draw(*PICTURE), level=2)
    builders.buildings(session, operator, place, HOUSES, households=30)
    return place


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
    into = session.scalar(text("SELECT merged_into_id FROM plan WHERE id = :id"), {"id": draft.id})
    assert (plan(session, operator, draft.public_id).state, into) == ("merged", whole.id)


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
