"""Proposals over HTTP: asked for as a job, looked at side by side, one taken over."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gridsvc.database.queries.plans import PlanRow
from gridsvc.domain.permissions import Actor
from gridsvc.operations import plans
from gridsvc.operations.job_running import run_next
from tests import builders
from tests.api.test_plans import planner, post
from tests.grids import draw

UNITS = draw("A A B", "A A B")
HOUSES = draw("h i j", "k l m")


@pytest.fixture
def plan(session: Session, operator: Actor) -> PlanRow:
    """Begin a plan for two units of 80 and 20 households."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"Top": shapely.union_all(list(UNITS.values()))}, level=1)
    builders.units(session, operator, here, UNITS, level=2)
    houses = {name: shapely.buffer(shape, -0.0002) for name, shape in HOUSES.items()}
    builders.buildings(session, operator, here, houses, households={name: 10 if name in "jm" else 20 for name in houses})
    return plans.begin(session, operator, here, "Rebalance")


def of(plan: PlanRow, rest: str = "") -> str:
    return f"/api/v1/plans/{plan.public_id}/proposals{rest}"


def proposed(session: Session, client: FlaskClient, plan: PlanRow) -> dict[str, Any]:
    """Ask for a proposal, let a worker make it, and read it."""
    planner(session, client)
    assert post(client, of(plan), None, {"range": [30, 70]}).status_code == 200
    side = session.connection().connection.driver_connection
    assert isinstance(side, psycopg.Connection)
    assert run_next(session, side)
    (found,) = client.get(of(plan)).get_json()["items"]
    assert isinstance(found, dict)
    return found


def test_a_job_makes_alternatives_that_are_listed_side_by_side(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    found = proposed(session, client, plan)
    assert found["current"]
    assert [each["key"] for each in found["alternatives"]] == ["least", "even", "fresh"]
    assert found["alternatives"][0]["measures"]["moved"] == 20
    assert found["asked"]["range"] == [30, 70]


def test_the_units_of_an_alternative_are_drawn(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    found = proposed(session, client, plan)
    drawn = client.get(of(plan, f"/{found['id']}/1")).get_json(force=True)["features"]
    assert {each["properties"]["name"]: each["properties"]["households"] for each in drawn} == {"A": 60, "B": 40}


def test_one_is_taken_over_as_a_move_of_the_version_that_was_seen(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    found = proposed(session, client, plan)
    version = client.get(f"/api/v1/plans/{plan.public_id}").get_json()["version"]
    taken = post(client, of(plan, f"/{found['id']}/1/take"), version)
    assert len(taken.get_json()["moves"]) == 1
    assert not client.get(of(plan)).get_json()["items"][0]["current"]


@pytest.mark.parametrize(
    "wish", [{"way": "magic"}, {"range": [70]}, {"way": "parts"}, {"way": "stations"}, {"loads": {"gold": 1}}, {"stations": ["x"]}]
)
def test_a_wish_that_says_nothing_is_refused(session: Session, client: FlaskClient, plan: PlanRow, wish: dict[str, Any]) -> None:
    planner(session, client)
    assert post(client, of(plan), None, wish).status_code == 422


def test_who_may_not_draw_plans_asks_for_none(session: Session, client: FlaskClient, plan: PlanRow) -> None:
    planner(session, client, "approver")
    assert post(client, of(plan), None, {}).status_code in {403, 404}
