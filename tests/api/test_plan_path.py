"""The office's path over HTTP: submitted, passed, published at a date; what is said about a plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gridsvc.database.queries.plans import PlanRow
from gridsvc.domain.permissions import Actor
from gridsvc.domain.plans import PlanUnit
from gridsvc.operations import plans
from tests import builders
from tests.api.test_plans import CITY, HALVES, post
from tests.ground import let_in, somebody

PASSES = [
    {"step": "street"},
    {"step": "district", "document": "7", "document_on": "2026-05-01"},
    {"step": "notice", "reason": "shown in May already"},
    {"step": "filing", "document": "8"},
]


@pytest.fixture
def plan(session: Session, operator: Actor, client: FlaskClient) -> PlanRow:
    """Give a plan that a planner has submitted; an approver looks at it."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"City": CITY})
    begun = plans.begin(session, operator, here, "New grids")
    tree = [PlanUnit("c", 1, "City"), *(PlanUnit(n, 2, n, "c", ground=g) for n, g in HALVES.items())]
    plans.add_tree(session, operator, begun, None, tree)
    let_in(session, client, somebody(session, "planner", "planner"))
    assert post(client, f"/api/v1/plans/{begun.public_id}/submit").status_code == 200
    let_in(session, client, somebody(session, "approver", "approver"))
    return begun


def at(plan: PlanRow, what: str) -> str:
    return f"/api/v1/plans/{plan.public_id}/{what}"


def waiting(client: FlaskClient, plan: PlanRow) -> list[str]:
    return [step["key"] for step in client.get(at(plan, "steps")).json["steps"] if step["waiting"]]


def test_a_plan_says_which_step_it_waits_for(client: FlaskClient, plan: PlanRow) -> None:
    assert waiting(client, plan) == ["street"]


def test_passed_at_every_step_it_is_published(client: FlaskClient, plan: PlanRow) -> None:
    for body in PASSES:
        assert post(client, at(plan, "pass"), body=body).status_code == 200
    assert post(client, at(plan, "publish")).json["edition"] == 2
    assert [row["document_on"] for row in client.get(at(plan, "steps")).json["decided"]][2] == "2026-05-01"


def test_published_at_a_day_to_come_it_waits_for_that(client: FlaskClient, plan: PlanRow) -> None:
    for body in PASSES:
        post(client, at(plan, "pass"), body=body)
    when = datetime.now(UTC) + timedelta(days=2)
    answer = post(client, at(plan, "publish"), body={"at": when.isoformat()}).json
    assert (answer["edition"], datetime.fromisoformat(answer["scheduled"])) == (None, when)
    assert client.get(f"/api/v1/plans/{plan.public_id}").json["state"] == "scheduled"


@pytest.mark.parametrize("body", [{}, {"step": 1}, {"step": "street", "document_on": "May"}, ["street"]])
def test_a_wrong_decision_is_refused_with_a_sentence(client: FlaskClient, plan: PlanRow, body: object) -> None:
    assert post(client, at(plan, "pass"), body=body).status_code == 422


def test_a_step_that_has_passed_is_stale(client: FlaskClient, plan: PlanRow) -> None:
    post(client, at(plan, "pass"), body=PASSES[0])
    assert post(client, at(plan, "pass"), body=PASSES[0]).status_code == 412


def test_sent_back_it_is_a_draft(client: FlaskClient, plan: PlanRow) -> None:
    answer = post(client, at(plan, "send-back"), body={"step": "street", "reason": "Too large."})
    assert (answer.json["state"], answer.json["step"]) == ("draft", None)


def test_comments_are_listed_with_who_made_them(client: FlaskClient, plan: PlanRow) -> None:
    body = {"body": "The school is cut off.", "lon": 120.5, "lat": 30.5}
    [row] = post(client, at(plan, "comments"), body=body).json["items"]
    assert (row["by"], row["lon"], row["settled_at"]) == ("approver", 120.5, None)


@pytest.mark.parametrize("body", [{"body": ""}, {"body": "x", "lon": 1}, {"body": "x", "lon": 200, "lat": 1}, {"body": "x", "unit": "u"}])
def test_a_wrong_comment_is_refused(client: FlaskClient, plan: PlanRow, body: object) -> None:
    assert post(client, at(plan, "comments"), body=body).status_code == 422


def test_who_draws_settles_a_comment(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    [row] = post(client, at(plan, "comments"), body={"body": "Here."}).json["items"]
    assert post(client, at(plan, f"comments/{row['id']}/settle")).status_code == 403
    let_in(session, client, somebody(session, "other planner", "planner"))
    assert post(client, at(plan, f"comments/{row['id']}/settle")).json["items"][0]["settled_at"]
