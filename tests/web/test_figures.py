from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from tests import builders
from tests.ground import as_operator, let_in, somebody


@pytest.fixture(scope="module")
def engine(longze_engine: Engine) -> Engine:
    return longze_engine


def test_each_figure_stands_beside_the_computed_one(client: FlaskClient) -> None:
    page = client.get("/figures/longze?lang=zh").text
    assert "常住户" in page
    assert "724 + 276 合计 1,000，多于报道的 875；都按原样保留。" in page


def test_what_needs_rights_is_a_dash_for_a_stranger(client: FlaskClient) -> None:
    found = {row["key"]: row for row in client.get("/api/v1/jurisdictions/longze/figures").json["items"]}  # type: ignore[index]  # it is an object
    assert (found["households"]["reported"], found["households"]["computed"], found["households"]["verdict"]) == (875, None, "unknown")
    assert (found["buildings"]["computed"], found["buildings"]["difference"], found["buildings"]["verdict"]) == (10, 0, "agrees")


def test_who_may_not_count_here_is_told_why_there_are_dashes(client: FlaskClient, session: Session, operator: Actor) -> None:
    told = "须登录并在此有权限"
    assert told in client.get("/figures/longze").text
    let_in(session, client, somebody(session, "from elsewhere", "grid_leader", "j9999"))
    assert told in client.get("/figures/longze").text
    as_operator(session)
    let_in(session, client, somebody(session, "from everywhere", "grid_leader", ""))
    assert told not in client.get("/figures/longze").text


def test_figures_that_overlap_are_flagged(client: FlaskClient) -> None:
    items = client.get("/api/v1/jurisdictions/longze/figures?lang=en").json["items"]  # type: ignore[index]  # it is an object
    assert [row["flag"] for row in items if row["flag"]] == ["724 + 276 is 1,000, more than the 875 reported; all are kept."]


def test_a_place_without_figures_says_how_to_bring_them_in(client: FlaskClient, session: Session, operator: Actor) -> None:
    builders.jurisdiction(session, operator)
    assert "gridsvc import figures FILE --jurisdiction here" in client.get("/figures/here?lang=en").text


@pytest.mark.parametrize("address", ["/figures/nowhere", "/api/v1/jurisdictions/nowhere/figures"])
def test_an_unknown_place_is_said_to_be_so(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404
