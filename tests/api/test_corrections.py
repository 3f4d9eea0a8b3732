"""Corrections over HTTP: proposed near the door, decided where the records are kept, masked where private."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from tests import neighbourhood
from tests.ground import as_operator, let_in

HOUSEHOLD = "SELECT public_id::text FROM household WHERE source_ref = '1-1-201'"
MEMBER = "SELECT public_id::text FROM person WHERE source_ref = '党员甲'"


@pytest.fixture(autouse=True)
def place(session: Session, operator: Actor) -> int:
    return neighbourhood.lay(session, operator)


@pytest.fixture
def client(client: FlaskClient) -> Iterator[FlaskClient]:
    """Give a browser whose forms need no token: the tests of protection are elsewhere."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    yield client
    client.application.config["WTF_CSRF_ENABLED"] = True


def enter(session: Session, client: FlaskClient, name: str) -> None:
    as_operator(session)
    let_in(session, client, session.scalars(text("SELECT id FROM account WHERE name = :name"), {"name": name}).one())


def propose(session: Session, client: FlaskClient, about: str, changes: dict[str, Any], noun: str = "household") -> dict[str, Any]:
    as_operator(session)
    thing = session.scalars(text(about)).one()
    enter(session, client, "head")
    asked = {"noun": noun, "id": thing, "changes": changes, "reason": "visited today"}
    answer = client.post("/api/v1/corrections", json=asked)
    assert answer.status_code == 200
    return dict(answer.json)


def listed(session: Session, client: FlaskClient) -> list[dict[str, Any]]:
    slug = session.scalars(text("SELECT slug FROM jurisdiction ORDER BY id DESC LIMIT 1")).one()
    return list(client.get(f"/api/v1/corrections?jurisdiction={slug}").json["items"])


def test_what_is_proposed_is_decided_and_listed(session: Session, client: FlaskClient) -> None:
    found = propose(session, client, HOUSEHOLD, {"use": "let"})
    assert (found["state"], found["own"], found["changes"]) == ("open", True, [{"field": "use", "now": "vacant", "wanted": "let"}])
    enter(session, client, "community-clerk")
    assert [(row["id"], row["own"]) for row in listed(session, client)] == [(found["id"], False)]
    decided = client.post(f"/api/v1/corrections/{found['id']}/decide", json={"accept": True}).json
    assert (decided["state"], decided["changes"][0]["now"]) == ("accepted", "let")


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "1号楼有 1 条更正待您审核。"), ("en", "1号楼: corrections that wait for your decision: 1.")]
)
def test_the_inbox_of_whoever_decides_tells_of_it_until_it_is_decided(
    session: Session, client: FlaskClient, language: str, sentence: str
) -> None:
    asked = propose(session, client, HOUSEHOLD, {"use": "let"})
    enter(session, client, "community-clerk")
    inbox = client.get(f"/notices?lang={language}").text
    assert re.findall(r'<a class="notice" href="(/corrections/[^"]+)">', inbox)
    assert sentence in inbox
    assert client.post(f"/api/v1/corrections/{asked['id']}/decide", json={"accept": True}).status_code == 200
    assert sentence not in client.get(f"/notices?lang={language}").text


def test_one_takes_back_the_own_one(session: Session, client: FlaskClient) -> None:
    found = propose(session, client, HOUSEHOLD, {"use": "let"})
    assert client.post(f"/api/v1/corrections/{found['id']}/withdraw").json["state"] == "withdrawn"


def test_nobody_takes_back_what_another_proposed(session: Session, client: FlaskClient) -> None:
    found = propose(session, client, HOUSEHOLD, {"use": "let"})
    enter(session, client, "community-clerk")
    assert client.post(f"/api/v1/corrections/{found['id']}/withdraw").status_code == 404


def test_a_private_value_is_never_listed(session: Session, client: FlaskClient) -> None:
    found = propose(session, client, MEMBER, {"phone": "138 0000 7193"}, "person")
    assert found["changes"] == [{"field": "phone", "now": "***", "wanted": "***"}]


@pytest.mark.parametrize(
    "body",
    [
        {"noun": "household", "changes": {"use": ["let"]}},
        {"noun": "household", "changes": {"resident": {}}},
        {"noun": "household", "changes": {"care": [[]]}},
        {"noun": "household", "changes": {"care": 3}},
        {"noun": "household", "changes": []},
        {"noun": ["household"], "changes": {"use": "let"}},
        {"noun": "street", "changes": {"use": "let"}},
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(session: Session, client: FlaskClient, body: dict[str, Any]) -> None:
    as_operator(session)
    thing = session.scalars(text(HOUSEHOLD)).one()
    enter(session, client, "head")
    assert client.post("/api/v1/corrections", json={"id": thing, "reason": "seen", **body}).status_code in (404, 422)
