"""Plans as pages: read by whoever may, changed by forms."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.database.queries.plans import PlanRow
from gridsvc.domain.permissions import Actor
from gridsvc.domain.plans import PlanUnit
from gridsvc.operations import plans
from tests import builders
from tests.grids import draw
from tests.ground import let_in, somebody

CITY = draw("A A", "A A")["A"]
HALVES = draw("P Q", "P Q")
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def plan(session: Session, operator: Actor) -> PlanRow:
    """Give a plan of two grids in a city, one of them with a name that would run in a page."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"City": CITY})
    begun = plans.begin(session, operator, here, "New grids")
    names = {"P": MARKUP, "Q": "East"}
    grids = [PlanUnit(key, 2, names[key], "c", ground=ground) for key, ground in HALVES.items()]
    plans.add_tree(session, operator, begun, None, [PlanUnit("c", 1, "City"), *grids])
    return begun


@pytest.fixture
def planner(session: Session, client: FlaskClient) -> FlaskClient:
    let_in(session, client, somebody(session, "planner", "planner"))
    return client


def submit(client: FlaskClient, plan: PlanRow, **fields: str) -> TestResponse:
    page = client.get(f"/plans/here/{plan.public_id}").text
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("csrf_token", "version")}
    given = {name: found[1] for name, found in hidden.items() if found}
    return client.post(f"/plans/here/{plan.public_id}", data=given | fields)


def test_the_list_names_each_plan(planner: FlaskClient, plan: PlanRow) -> None:
    assert "New grids" in planner.get("/plans/here").text


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, plan: PlanRow) -> None:
    assert "/sign-in" in client.get("/plans/here").location


def test_a_page_begins_where_the_plan_divides(planner: FlaskClient, plan: PlanRow) -> None:
    assert "East" in planner.get(f"/plans/here/{plan.public_id}").text


def test_typed_names_are_escaped(planner: FlaskClient, plan: PlanRow) -> None:
    assert MARKUP not in planner.get(f"/plans/here/{plan.public_id}").text


def test_panel_and_page_show_the_same(planner: FlaskClient, plan: PlanRow) -> None:
    panel = planner.get(f"/plans/here/{plan.public_id}/panel").json
    assert panel["view"]["html"].strip()[:200] in planner.get(f"/plans/here/{plan.public_id}").text


def test_a_unit_is_renamed_by_a_form(planner: FlaskClient, plan: PlanRow) -> None:
    answer = submit(planner, plan, do="rename", unit="-1", name="Town")
    assert (answer.status_code, "Town" in planner.get(answer.location).text) == (302, True)


def test_a_form_of_an_old_page_is_refused_with_a_sentence(planner: FlaskClient, plan: PlanRow) -> None:
    answer = submit(planner, plan, do="rename", unit="-1", name="Town", version="7")
    assert (answer.status_code, "message is-bad" in answer.text) == (412, True)


def test_moving_no_building_is_refused_with_a_sentence(planner: FlaskClient, plan: PlanRow) -> None:
    assert "message is-bad" in submit(planner, plan, do="move", to="-2").text


@pytest.mark.parametrize("unit", ["99", "abc", "--1"])
def test_an_unknown_unit_is_not_found(planner: FlaskClient, plan: PlanRow, unit: str) -> None:
    assert planner.get(f"/plans/here/{plan.public_id}?unit={unit}").status_code == 404


def test_who_may_not_publish_sees_no_button_for_it(planner: FlaskClient, plan: PlanRow) -> None:
    assert 'value="publish"' not in planner.get(f"/plans/here/{plan.public_id}").text


def test_a_planner_asks_for_a_plan_to_be_built(session: Session, planner: FlaskClient, plan: PlanRow) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', planner.get("/plans/here").text)
    assert token
    answer = planner.post("/plans/here", data={"csrf_token": token[1], "title": "From streets"})
    kinds = session.execute(text("SELECT kind, arguments->>'title' FROM job")).all()
    assert (answer.status_code, kinds) == (303, [("build", "From streets")])


def test_who_only_reads_plans_sees_no_form(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    let_in(session, client, somebody(session, "approver", "approver"))
    assert 'class="plan-build"' not in client.get("/plans/here").text
