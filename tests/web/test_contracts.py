"""The pages of contracts: how they stand, a proposal on its map, committed or put aside by who may."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.freshness import raise_generation
from gridsvc.database.session import set_actor
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor
from gridsvc.operations.contracts import Wanted, propose
from gridsvc.operations.people import import_people
from tests import builders
from tests.dwellings import bring, lay
from tests.ground import let_in, somebody


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give six dwellings in each of two buildings of a grid, and two members in the first of them."""
    here = lay(session, operator)
    bring(session, operator, here, *({"地址": f"龙泽书苑{house}号楼{room}"} for house in (1, 2) for room in range(101, 107)))
    people = [({"人员编号": ref, "姓名": "王伟", "党员类别": "在职", "居住楼栋编号": "a"}, None) for ref in ("R1", "R2")]
    import_people(session, operator, builders.file(here, people))
    raise_generation()
    return here


@pytest.fixture
def made(session: Session, operator: Actor, here: int) -> str:
    """Give the address of a proposal that leaves two dwellings without anybody."""
    return f"/contracts/here/{propose(session, operator, Wanted(here, jurisdiction_path(here), 2, 5)).public_id}"


@pytest.fixture
def clerk(session: Session, client: FlaskClient, here: int, made: str) -> FlaskClient:
    let_in(session, client, somebody(session, "clerk", "data_clerk", jurisdiction_path(here)))
    return client


def token(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def shapes(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="shares">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_says_how_contracts_stand_and_lists_proposals(clerk: FlaskClient, made: str) -> None:
    page = clerk.get("/contracts/here?lang=en").text
    assert "with 5 to 20 households" in page
    assert "10 of 12 households" in page
    assert made in page


def test_a_proposal_is_drawn_and_listed_by_member(clerk: FlaskClient, made: str) -> None:
    page = clerk.get(f"{made}?lang=en").text
    assert "王*" in page
    assert "王伟" not in page
    kinds = Counter(each["properties"]["kind"] for each in shapes(page)["features"])
    assert (kinds["house"], kinds["home"], kinds["line"] >= 1) == (2, 2, True)
    assert "2 stay without, 1 more members would do" in page


def test_a_proposal_is_committed_on_its_page_once(session: Session, clerk: FlaskClient, made: str) -> None:
    form = {"csrf_token": token(clerk, made), "do": "commit"}
    assert clerk.post(made, data=form).status_code == 302
    assert session.scalar(text("SELECT count(*) FROM contract WHERE upper_inf(valid)")) == 10
    assert clerk.post(made, data=form).status_code == 409


def test_a_proposal_is_asked_for_by_a_form(session: Session, clerk: FlaskClient) -> None:
    form = {"csrf_token": token(clerk, "/contracts/here"), "low": "2", "high": "6"}
    assert "/jobs/" in clerk.post("/contracts/here", data=form).location
    assert clerk.post("/contracts/here", data=form | {"low": "9"}).status_code == 422
    assert clerk.post("/contracts/here", data=form | {"low": "x"}).status_code == 422


@pytest.mark.parametrize("role", ["grid_leader", "inspector", "system_admin"])
def test_who_may_not_assign_is_told_nothing(session: Session, client: FlaskClient, here: int, made: str, role: str) -> None:
    let_in(session, client, somebody(session, "somebody", role, jurisdiction_path(here)))
    for address in ("/contracts/here", made):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "王" not in answer.text


def test_a_community_sees_its_own_ground(session: Session, client: FlaskClient, operator: Actor, here: int, made: str) -> None:
    set_actor(session, operator)
    path = session.scalars(text("SELECT path::text FROM unit_version WHERE name = 'B' AND upper_inf(valid)")).one()
    let_in(session, client, somebody(session, "clerk", "data_clerk", path))
    assert made not in client.get("/contracts/here").text
    assert client.get(made).status_code == 404
