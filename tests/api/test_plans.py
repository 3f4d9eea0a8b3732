"""Plans over HTTP: who sees them, and changes that name the version they are about."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.database.queries.plans import PlanRow
from gridsvc.domain.permissions import Actor
from gridsvc.domain.plans import PlanUnit
from gridsvc.operations import plans
from tests import builders
from tests.domain.test_permissions import ALLOWED, ROLES
from tests.grids import draw
from tests.ground import let_in, somebody

CITY = draw("A A", "A A")["A"]
HALVES = draw("P Q", "P Q")


@pytest.fixture
def plan(session: Session, operator: Actor) -> PlanRow:
    """Give a plan of two grids in a city."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"City": CITY})
    begun = plans.begin(session, operator, here, "New grids")
    plans.add_tree(
        session, operator, begun, None, [PlanUnit("c", 1, "City"), *(PlanUnit(n, 2, n, "c", ground=g) for n, g in HALVES.items())]
    )
    return begun


def planner(session: Session, client: FlaskClient, role: str = "planner", path: str = "") -> None:
    let_in(session, client, somebody(session, "somebody", role, path))


def post(client: FlaskClient, address: str, version: int | None = 1, body: object = None) -> TestResponse:
    """Ask for a change as the page does: with the token of a form, and the version seen."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/map/here").text)
    assert token is not None
    headers = {"X-CSRFToken": token[1]} | ({} if version is None else {"If-Match": f'"{version}"'})
    return client.post(address, json=body or {}, headers=headers)


def keys(client: FlaskClient, plan: PlanRow) -> dict[str, int]:
    features = client.get(f"/api/v1/plans/{plan.public_id}/units").get_json(force=True)["features"]
    return {feature["properties"]["name"]: feature["id"] for feature in features}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_a_plan_is_read_by_the_roles_of_the_table(session: Session, client: FlaskClient, plan: PlanRow, role: str) -> None:
    planner(session, client, role)
    answer = client.get(f"/api/v1/plans/{plan.public_id}")
    assert answer.status_code == (200 if role in ALLOWED["plans.read"] else 404)


def test_a_plan_of_another_place_is_not_there(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    planner(session, client, path="jzzz")
    assert client.get(f"/api/v1/plans/{plan.public_id}/units").status_code == 404


def test_a_stranger_sees_no_plans(client: FlaskClient, plan: PlanRow) -> None:
    assert client.get("/api/v1/plans?jurisdiction=here").json["items"] == []


def test_the_units_of_a_plan_come_with_their_keys(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    planner(session, client)
    assert set(keys(client, plan)) == {"P", "Q"}


def test_a_change_without_the_version_is_refused(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    planner(session, client)
    assert post(client, f"/api/v1/plans/{plan.public_id}/undo", version=None).status_code == 428


def test_a_change_of_another_version_is_refused(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    planner(session, client)
    assert post(client, f"/api/v1/plans/{plan.public_id}/undo", version=7).status_code == 412


def test_a_merge_is_told_in_the_moves(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    planner(session, client)
    known = keys(client, plan)
    answer = post(client, f"/api/v1/plans/{plan.public_id}/moves?lang=en", body={"kind": "merge", "units": [known["P"], known["Q"]]})
    assert (answer.status_code, answer.json["move"]["sentence"], answer.json["gone"]) == (200, "Q into P", [known["Q"]])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "melt"},
        {"kind": "merge", "units": "all"},
        {"kind": "rename", "unit": True},
        {"kind": "transfer", "buildings": ["x"], "to": 1},
        {"kind": "shift", "units": [1], "line": None},
        {"kind": "split", "unit": 1, "line": {"type": "Point", "coordinates": [120, 30]}},
    ],
)
def test_what_is_no_move_is_refused(session: Session, client: FlaskClient, plan: PlanRow, body: object) -> None:
    planner(session, client)
    assert post(client, f"/api/v1/plans/{plan.public_id}/moves", body=body).status_code == 422


def test_who_draws_does_not_publish(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    planner(session, client)
    assert post(client, f"/api/v1/plans/{plan.public_id}/publish").status_code == 403


def test_an_approver_publishes_no_draft(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    planner(session, client, "approver")
    assert post(client, f"/api/v1/plans/{plan.public_id}/publish").status_code == 409
