"""The impact, findings, measures and papers of a plan over HTTP: for whom, and in what shape."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

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
    tree = [PlanUnit("c", 1, "City"), *(PlanUnit(name, 2, name, "c", ground=ground) for name, ground in HALVES.items())]
    plans.add_tree(session, operator, begun, None, tree)
    return begun


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_it_is_for_the_roles_that_read_plans(session: Session, client: FlaskClient, plan: PlanRow, role: str) -> None:
    let_in(session, client, somebody(session, "somebody", role, ""))
    expected = 200 if role in ALLOWED["plans.read"] else 404
    asked = ("impact", "impact.xlsx")
    assert [client.get(f"/api/v1/plans/{plan.public_id}/{each}").status_code for each in asked] == [expected] * len(asked)


def test_it_has_a_shape(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    let_in(session, client, somebody(session, "somebody", "planner", ""))
    address = f"/api/v1/plans/{plan.public_id}"
    impact = client.get(f"{address}/impact").get_json()
    assert {(flow["kind"], flow["source_name"], flow["target_name"]) for flow in impact["flows"]} == {
        ("ground_m2", "City", "P"),
        ("ground_m2", "City", "Q"),
    }
    assert [(unit["name"], unit["state"]) for unit in impact["units"]] == [("Q", "new"), ("P", "new"), ("City", "kept")]
    measures = client.get(f"{address}/measures?by=polsby_popper").get_json()
    assert [list(unit["becomes"]) for unit in measures["units"]] == [["polsby_popper"]] * 2
    assert client.get(f"{address}/measures?by=beauty").status_code == 422
    assert isinstance(client.get(f"{address}/findings").get_json()["items"], list)
    paper = client.get(f"{address}/papers/consultation.pdf")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(f"{address}/papers/poem.pdf").status_code == 404
