from __future__ import annotations

import gzip
import json
import re
from itertools import chain, repeat

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gridsvc.api.reader import TOKEN_COOKIE
from gridsvc.database import freshness
from gridsvc.operations.sign_ins import SignIn, sign_in
from tests.presets import PASSWORD
from web.pages import map as map_page
from web.pages.map_words import Words

WEIGHT_KIB = 40
"""What a leader's page may weigh compressed, static files aside."""


@pytest.fixture(scope="module")
def engine(longze_engine: Engine) -> Engine:
    return longze_engine


ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


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


def test_a_page_during_which_the_ground_changed_is_read_anew(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    generations, looks = chain([1], repeat(2)), []
    monkeypatch.setattr(freshness, "generation", lambda: next(generations))
    monkeypatch.setattr(map_page, "Words", lambda *given: looks.append(given) or Words(*given))
    assert client.get("/map/longze").status_code == 200
    assert len(looks) == 2


def test_a_page_is_light(client: FlaskClient) -> None:
    assert len(gzip.compress(client.get("/map/longze").data)) < WEIGHT_KIB * 1024


def test_a_stranger_gets_no_figure_of_households_anywhere(client: FlaskClient) -> None:
    assert "875" not in re.sub(ID, "", view(client)["html"])  # an id may hold any digits


def view(client: FlaskClient, address: str = "/map/longze/panel") -> dict[str, dict]:
    found: dict[str, dict] = client.get(address).json["view"]  # type: ignore[index]  # it is an object
    return found


def top_id(client: FlaskClient) -> str:
    items = client.get("/api/v1/units?jurisdiction=longze&level=1").json["items"]  # type: ignore[index]  # it is an object
    return str(items[0]["id"])


def signed_in(client: FlaskClient, session: Session) -> FlaskClient:
    client.set_cookie(TOKEN_COOKIE, sign_in(session, SignIn("leader", PASSWORD, "127.0.0.1")) or "")
    return client


def test_a_stranger_is_told_that_households_are_hidden(client: FlaskClient) -> None:
    assert "登录后可见" in view(client)["html"]
    assert "户数未登记" not in view(client)["html"]


def test_unknown_households_are_not_shown_as_none(client: FlaskClient, session: Session) -> None:
    html = str(view(signed_in(client, session))["html"])
    assert "户数未登记" in html
    assert ">0 户<" not in html


def test_a_sum_of_some_buildings_says_so(client: FlaskClient, session: Session) -> None:
    assert "196 栋中 10 栋已登记" in view(signed_in(client, session))["html"]


def test_many_are_named_in_the_plural_and_one_is_not(client: FlaskClient) -> None:
    rows = str(view(client, f"/map/longze/panel?unit={top_id(client)}&lang=en")["html"])
    assert "<dt>Sub-district</dt><dd>1<" in rows
    assert "1 Community · 2 Grids" in rows


def test_borders_two_levels_down_appear_when_they_are_wide_enough(client: FlaskClient) -> None:
    deeper = view(client, f"/map/longze/panel?unit={top_id(client)}")["state"]["deeper"]
    assert deeper["level"] == 3
    assert 12 < deeper["zoom"] < 14  # a community of 1.1 km is 40 pixels wide at about 12.5


def test_a_unit_of_leaves_and_history_have_no_borders_farther_down(client: FlaskClient) -> None:
    assert view(client)["state"]["deeper"] is None
    assert view(client, f"/map/longze/panel?unit={top_id(client)}&as_of=2026-11-01")["state"]["deeper"] is None


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
