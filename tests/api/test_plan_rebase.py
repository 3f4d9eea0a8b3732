"""Conflicts, carrying over, putting together and undoing over HTTP."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.database.queries.plans import PlanRow, plan
from gridsvc.domain.permissions import Actor
from gridsvc.operations import plans
from tests.api.test_plans import post
from tests.ground import let_in, somebody
from tests.operations import four_grids
from tests.operations.four_grids import TO_B, WIDER, drawn, key_of, publish


@pytest.fixture
def stale(session: Session, operator: Actor, client: FlaskClient) -> PlanRow:
    """Give a plan that changes the same units as an edition since; its planner looks at it."""
    place = four_grids.lay(session, operator)
    first, second = drawn(session, operator, place, "AB", TO_B), drawn(session, operator, place, "AB", WIDER)
    publish(session, operator, first)
    let_in(session, client, somebody(session, "planner", "planner"))
    return plan(session, operator, second.public_id)


def test_conflicts_show_the_versions_of_a_unit(client: FlaskClient, stale: PlanRow) -> None:
    items = client.get(f"/api/v1/plans/{stale.public_id}/conflicts").json["items"]
    assert [each["mine"]["name"] for each in items] == ["A", "B"]
    assert items[0]["mine"]["area_m2"] < items[0]["theirs"]["area_m2"] < items[0]["base"]["area_m2"]


def test_without_a_choice_nothing_is_carried_over(client: FlaskClient, stale: PlanRow) -> None:
    assert post(client, f"/api/v1/plans/{stale.public_id}/rebase", version=stale.version).status_code == 409


def test_with_choices_it_is(session: Session, client: FlaskClient, stale: PlanRow) -> None:
    choices = {str(key_of(session, stale, name)): "mine" for name in "AB"}
    answer = post(client, f"/api/v1/plans/{stale.public_id}/rebase", version=stale.version, body={"choices": choices})
    assert (answer.status_code, answer.json["stale"], answer.json["moves"][-1]["kind"]) == (200, False, "rebase")


@pytest.mark.parametrize("body", [{"choices": {"A": "mine"}}, {"choices": {"1": "ours"}}, {"choices": [1]}])
def test_a_wrong_choice_is_refused(client: FlaskClient, stale: PlanRow, body: object) -> None:
    assert post(client, f"/api/v1/plans/{stale.public_id}/rebase", version=stale.version, body=body).status_code == 422


def test_drafts_are_named_by_their_ids(client: FlaskClient, stale: PlanRow) -> None:
    answer = post(client, f"/api/v1/plans/{stale.public_id}/gather", version=stale.version, body={"plans": ["x"]})
    assert answer.status_code == 422


@pytest.fixture
def apart(session: Session, operator: Actor, client: FlaskClient) -> list[PlanRow]:
    """Give two drafts that change the same units, and a plan to put them together in; its planner looks at them."""
    place = four_grids.lay(session, operator)
    drafts = [drawn(session, operator, place, "AB", line, title) for title, line in {"north": TO_B, "wide": WIDER}.items()]
    let_in(session, client, somebody(session, "planner", "planner"))
    return [*drafts, plans.begin(session, operator, place, "District")]


def gather(client: FlaskClient, apart: list[PlanRow], **more: object) -> TestResponse:
    *drafts, whole = apart
    body = {"plans": [str(each.public_id) for each in drafts], **more}
    return post(client, f"/api/v1/plans/{whole.public_id}/gather", version=whole.version, body=body)


def test_units_that_two_drafts_have_changed_are_named_with_both_versions(client: FlaskClient, apart: list[PlanRow]) -> None:
    answer = gather(client, apart)
    assert (answer.status_code, [each["name"] for each in answer.json["units"]]) == (409, ["A", "B"])
    first = answer.json["units"][0]
    assert first["draft"] == str(apart[1].public_id)
    assert first["mine"]["area_m2"] < first["theirs"]["area_m2"] < first["base"]["area_m2"]


def test_what_is_named_is_what_has_to_be_chosen(client: FlaskClient, apart: list[PlanRow]) -> None:
    choices = {str(each["unit"]): "mine" for each in gather(client, apart).json["units"]}
    answer = gather(client, apart, choices=choices)
    assert (answer.status_code, [each["kind"] for each in answer.json["moves"]]) == (200, ["gather", "gather"])


@pytest.mark.parametrize(("version", "status"), [(None, 428), (2, 412), (3, 200)])
def test_an_approver_undoes_the_edition_that_was_seen(
    session: Session, client: FlaskClient, stale: PlanRow, version: int | None, status: int
) -> None:
    let_in(session, client, somebody(session, "approver", "approver"))
    answer = post(client, "/api/v1/editions/3/undo?jurisdiction=here", version=version)
    assert answer.status_code == status
    if status == 200:
        assert client.get("/api/v1/jurisdictions/here/editions").json["items"][-1]["undoes"] == 3


def test_a_planner_undoes_no_edition(client: FlaskClient, stale: PlanRow) -> None:
    assert post(client, "/api/v1/editions/3/undo?jurisdiction=here", version=3).status_code == 403
