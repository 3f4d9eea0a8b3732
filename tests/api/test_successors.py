"""Units that are no more answer with those that have their ground."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.plans import plan
from gridsvc.domain.permissions import Actor
from gridsvc.operations import plan_asking, plan_publishing, plans
from tests.operations import four_grids
from tests.operations.four_grids import WHEN, key_of


@pytest.fixture
def ended(session: Session, operator: Actor) -> UUID:
    """Give the id of a unit that was merged into another."""
    place = four_grids.lay(session, operator)
    begun = plans.begin(session, operator, place, "one grid")
    keys = [key_of(session, begun, name) for name in "AB"]
    plan_asking.make(session, operator, begun, {"kind": "merge", "units": keys})
    plan_publishing.publish(session, operator, plan(session, operator, begun.public_id), at=WHEN)
    return session.scalar(text("SELECT public_id FROM unit WHERE id = :id"), {"id": keys[1]})


@pytest.mark.parametrize("what", ["", "/children", "/summary", "/boundary", "/stations", "/posts"])
def test_a_unit_that_is_no_more_names_who_has_its_ground(client: FlaskClient, ended: UUID, what: str) -> None:
    answer = client.get(f"/api/v1/units/{ended}{what}?lang=en")
    assert (answer.status_code, [finding["code"] for finding in answer.json["findings"]]) == (404, ["successor"])
    assert "A took its ground" in answer.json["detail"]


def test_at_its_time_it_is_there(client: FlaskClient, ended: UUID) -> None:
    assert client.get(f"/api/v1/units/{ended}?as_of=2024-02-01").json["name"] == "B"


def test_before_its_time_nobody_has_its_ground(client: FlaskClient, ended: UUID) -> None:
    assert "findings" not in client.get(f"/api/v1/units/{ended}?as_of=2020-02-01").json
