"""Plans as pages: read by whoever may, changed by forms."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

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


def token(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found
    return found[1]


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


def test_a_plan_begins_upon_the_borders_of_today(planner: FlaskClient, plan: PlanRow) -> None:
    given = {"csrf_token": token(planner, "/plans/here"), "title": "Spring", "purpose": "Even loads"}
    page = planner.get(planner.post("/plans/here/begin", data=given).location).text
    assert ("<b>Spring</b>" in page, "Even loads" in page) == (True, True)


def test_who_draws_in_a_part_begins_a_plan_of_that_part(session: Session, operator: Actor, client: FlaskClient, plan: PlanRow) -> None:
    path = session.scalars(text("SELECT path::text FROM unit_version WHERE name = 'City'")).one()
    let_in(session, client, somebody(session, "street", "planner", path))
    page = client.get("/plans/here").text
    assert ('action="/plans/here/begin"' in page, 'action="/plans/here"' in page) == (True, False)
    client.post("/plans/here/begin", data={"csrf_token": token(client, "/plans/here"), "title": "Ours"})
    assert session.scalars(text("SELECT path::text FROM plan WHERE title = 'Ours'")).one() == path


def test_a_look_after_a_move_brings_no_ground(planner: FlaskClient, plan: PlanRow) -> None:
    told = planner.get(f"/plans/here/{plan.public_id}/changed").json
    assert ({each["name"] for each in told["shapes"]}, "coordinates" in str(told)) == ({MARKUP, "East"}, False)


def test_a_leaf_is_looked_at_among_those_beside_it(planner: FlaskClient, plan: PlanRow) -> None:
    state = planner.get(f"/plans/here/{plan.public_id}/panel?unit=-1").json["view"]["state"]
    assert (state["chosen"], len(state["units"])) == ("-1", 2)


def test_units_of_a_level_are_looked_at_when_asked_for(planner: FlaskClient, plan: PlanRow) -> None:
    state = planner.get(f"/plans/here/{plan.public_id}/panel?level=2").json["view"]["state"]
    assert len(state["units"]) == 2


@pytest.mark.parametrize("pane", ["impact", "comments", "drafts"])
def test_panes_are_answered_one_by_one(planner: FlaskClient, plan: PlanRow, pane: str) -> None:
    assert planner.get(f"/plans/here/{plan.public_id}/{pane}").status_code == 200


def test_a_pane_of_a_plan_of_elsewhere_is_not_found(planner: FlaskClient, plan: PlanRow) -> None:
    assert planner.get(f"/plans/elsewhere/{plan.public_id}/impact").status_code == 404


@pytest.mark.parametrize("unit", ["99", "abc", "--1"])
def test_an_unknown_unit_is_not_found(planner: FlaskClient, plan: PlanRow, unit: str) -> None:
    assert planner.get(f"/plans/here/{plan.public_id}?unit={unit}").status_code == 404


def test_who_draws_may_submit_and_not_decide(planner: FlaskClient, plan: PlanRow) -> None:
    page = planner.get(f"/plans/here/{plan.public_id}").text
    assert ('data-ask="/submit"' in page, 'data-ask="/pass"' in page) == (True, False)


def test_who_only_reads_plans_has_no_tools(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    let_in(session, client, somebody(session, "approver", "approver"))
    assert 'data-tool="shift"' not in client.get(f"/plans/here/{plan.public_id}").text


def test_a_planner_asks_for_a_plan_to_be_built(session: Session, planner: FlaskClient, plan: PlanRow) -> None:
    answer = planner.post("/plans/here", data={"csrf_token": token(planner, "/plans/here"), "title": "From streets"})
    kinds = session.execute(text("SELECT kind, arguments->>'title' FROM job")).all()
    assert (answer.status_code, kinds) == (303, [("build", "From streets")])


def test_who_only_reads_plans_sees_no_form(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    let_in(session, client, somebody(session, "approver", "approver"))
    assert 'class="plan-build"' not in client.get("/plans/here").text
