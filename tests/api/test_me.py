"""What somebody leads and where somebody belongs, in one call."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from tests import neighbourhood
from tests.ground import let_in


@pytest.fixture
def place(session: Session, operator: Actor) -> int:
    return neighbourhood.lay(session, operator)


def my_area(session: Session, client: FlaskClient, name: str) -> dict[str, Any]:
    let_in(session, client, session.scalars(text("SELECT id FROM account WHERE name = :name"), {"name": name}).one())
    found: dict[str, Any] = client.get("/api/v1/me/area").json
    return found


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("name", "ground"),
    [
        ("street", ["晨光街道"]),
        ("community", ["东湖社区"]),
        ("grid", ["东湖一网格"]),
        ("head", ["1号楼"]),
        ("scattered", ["东湖一网格", "西山二网格", "3号楼"]),
        ("community-clerk", ["东湖社区"]),
    ],
)
def test_each_leader_leads_what_posts_and_grants_say(session: Session, client: FlaskClient, name: str, ground: list[str]) -> None:
    assert [led["name"] for led in my_area(session, client, name)["leads"]] == ground


@pytest.mark.usefixtures("place")
def test_a_post_is_named_as_the_place_calls_it(session: Session, client: FlaskClient) -> None:
    (led,) = my_area(session, client, "head")["leads"]
    assert led["kind"] == "building"
    assert [post["post"]["name"] for post in led["posts"]] == ["楼长"]
    assert [unit["name"] for unit in led["chain"]] == ["晨光街道", "东湖社区", "东湖一网格"]


@pytest.mark.usefixtures("place")
def test_a_home_says_where_one_belongs(session: Session, client: FlaskClient) -> None:
    found = my_area(session, client, "street")["belongs_to"]
    assert (found["name"], found["chain"][-1]["name"]) == ("2号楼", "东湖一网格")


@pytest.mark.usefixtures("place")
def test_an_account_without_a_person_belongs_nowhere(session: Session, client: FlaskClient) -> None:
    assert my_area(session, client, "office")["belongs_to"] is None


@pytest.mark.usefixtures("place")
def test_a_post_that_ended_leads_nothing(session: Session, client: FlaskClient) -> None:
    session.execute(text("UPDATE appointment SET valid = tstzrange(lower(valid), now() - interval '1 day') WHERE post = 'grid_leader'"))
    assert my_area(session, client, "grid")["leads"] == []


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/api/v1/me/area").status_code == 401
