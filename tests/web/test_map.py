from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata.samples import scheme_text
from gridsvc.cli.demo import load_longze
from gridsvc.domain.permissions import Actor
from gridsvc.operations.jurisdictions import add_scheme

WEIGHT_KIB = 40
"""What a leader's page may weigh compressed, static files aside."""


@pytest.fixture(autouse=True)
def longze(session: Session, operator: Actor, tmp_path: Path) -> None:
    add_scheme(session, operator, scheme_text("longze"), name="longze")
    load_longze(session, operator, tmp_path)


def part(page: str, name: str) -> object:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_page_and_fragment_show_the_same(client: FlaskClient) -> None:
    page, fragment = client.get("/map/longze").text, client.get("/map/longze/panel").json
    assert fragment is not None
    assert fragment["shapes"] == part(page, "shapes")
    assert fragment["view"]["state"] == part(page, "view")
    assert fragment["view"]["html"].strip() in page


def test_a_page_is_light(client: FlaskClient) -> None:
    assert len(gzip.compress(client.get("/map/longze").data)) < WEIGHT_KIB * 1024


def test_a_stranger_gets_no_figure_of_households_anywhere(client: FlaskClient) -> None:
    assert "875" not in client.get("/map/longze/panel").json["view"]["html"]  # type: ignore[index]  # it is an object


def test_the_door_leads_straight_to_the_only_jurisdiction(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/map/longze"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/map/nowhere", 404),
        ("/map/longze?unit=not-an-id", 404),
        ("/map/longze?unit=00000000-0000-0000-0000-000000000000", 404),
        ("/map/longze?as_of=yesterday", 422),
        ("/map/longze?page=x", 200),
        ("/map/longze?as_of=1990-01-01", 200),
    ],
)
def test_an_address_answers_as_it_should(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_search_answers_units_and_buildings(client: FlaskClient) -> None:
    hits = client.get("/map/longze/search?q=龙泽").json
    assert hits is not None
    assert {"unit", "compound"} <= {hit["kind"] for hit in hits}
