"""Units, buildings, jurisdictions over HTTP: shapes, search, pages."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries import unit_lists
from tests.ground import Ground, lay


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


def names(answer: dict, ground: Ground) -> list[str]:
    known = {str(public_id): name for name, public_id in ground.ids.items()}
    return [known[item["id"]] for item in answer["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["top", "east", "west"]),
        ("level=2", ["east", "west"]),
        ("q=unit", ["top", "east", "west"]),
        ("q=%25", []),
        ("q=_nit", []),
        ("level=3", []),
        ("as_of=2025-01-01", []),
        ("code=nonsense", []),
        ("jurisdiction=here&level=1", ["top"]),
    ],
)
def test_units_are_found_by_what_is_asked(client: FlaskClient, ground: Ground, query: str, found: list[str]) -> None:
    assert names(client.get(f"/api/v1/units?{query}").json, ground) == found


def test_a_unit_is_found_by_its_code(client: FlaskClient, ground: Ground) -> None:
    code = client.get(f"/api/v1/units/{ground.ids['east']}").json["code"]
    assert names(client.get(f"/api/v1/units?code={code}").json, ground) == ["east"]


def test_units_come_in_pages(client: FlaskClient, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit_lists, "PAGE", 2)
    second = client.get("/api/v1/units?page=2").json
    assert (names(second, ground), second["page"], second["pages"], second["total"]) == (["west"], 2, 2, 3)


def test_units_without_a_code_come_by_name_and_say_where_they_lie(client: FlaskClient, session: Session, ground: Ground) -> None:
    renamed = "UPDATE unit_version SET code = NULL, name = :name WHERE path = cast(:path AS ltree)"
    for path, name in ((ground.top, "Top"), (ground.east, "B"), (ground.west, "A")):
        session.execute(text(renamed), {"path": path, "name": name})
    found = client.get("/api/v1/units?jurisdiction=here").json["items"]
    assert [(each["name"], each["within"]) for each in found] == [("Top", []), ("A", ["Top"]), ("B", ["Top"])]


def test_a_unit_tells_its_chain_and_history(client: FlaskClient, ground: Ground) -> None:
    found = client.get(f"/api/v1/units/{ground.ids['east']}").json
    assert [each["id"] for each in found["chain"]] == [str(ground.ids["top"]), str(ground.ids["east"])]
    assert [(each["edition"], each["until"]) for each in found["history"]] == [(1, None)]


def test_a_unit_tells_what_bounds_it(client: FlaskClient, ground: Ground) -> None:
    sides = client.get(f"/api/v1/units/{ground.ids['east']}").json["sides"]
    assert sides["west"]["kind"] == "unit"
    assert sides["east"] == {"kind": "edge", "name": None}


def test_children_are_those_directly_below(client: FlaskClient, ground: Ground) -> None:
    assert names(client.get(f"/api/v1/units/{ground.ids['top']}/children").json, ground) == ["east", "west"]


def test_children_add_up_to_their_parent(client: FlaskClient, ground: Ground) -> None:
    found = client.get(f"/api/v1/units/{ground.ids['top']}/summary").json
    assert (found["buildings"], sum(child["buildings"] for child in found["children"].values())) == (2, 2)


def test_a_boundary_is_a_geojson_feature_of_eight_decimals(client: FlaskClient, ground: Ground) -> None:
    answer = client.get(f"/api/v1/units/{ground.ids['east']}/boundary")
    assert (answer.mimetype, answer.json["type"], "crs" in answer.json) == ("application/geo+json", "Feature", False)
    assert answer.json["geometry"]["coordinates"][0][0][0] == [120.01, 30]


def test_a_building_tells_where_it_belongs(client: FlaskClient, ground: Ground) -> None:
    found = client.get(f"/api/v1/buildings/{ground.ids['east_building']}").json
    assert (found["type"], found["properties"]["unit"]) == ("Feature", str(ground.ids["east"]))


@pytest.mark.parametrize("address", ["units/{}", "units/{}/children", "units/{}/summary", "units/{}/boundary", "buildings/{}"])
@pytest.mark.parametrize("given", ["11111111-1111-4111-8111-111111111111", "1", "x", "00000000-0000-0000-0000-00000000000g"])
def test_what_is_not_there_is_not_found(client: FlaskClient, address: str, given: str) -> None:
    assert client.get("/api/v1/" + address.format(given)).status_code == 404


def test_a_unit_is_not_there_before_it_was_made(client: FlaskClient, ground: Ground) -> None:
    assert client.get(f"/api/v1/units/{ground.ids['east']}?as_of=2025-01-01").status_code == 404


def test_jurisdictions_tell_their_levels(client: FlaskClient, ground: Ground) -> None:
    found = client.get("/api/v1/jurisdictions?lang=en").json["items"][0]
    assert (found["slug"], found["levels"][0]) == ("here", {"number": 1, "key": "district", "name": "District"})


def test_editions_are_listed(client: FlaskClient, ground: Ground) -> None:
    assert [each["serial"] for each in client.get("/api/v1/jurisdictions/here/editions").json["items"]] == [1]


def test_compounds_are_listed_by_jurisdiction(client: FlaskClient, ground: Ground) -> None:
    assert client.get("/api/v1/compounds?jurisdiction=here").json == {"items": [], "page": 1, "more": False}
    assert client.get("/api/v1/compounds").status_code == 422


# Tiles


@pytest.mark.parametrize(
    "address", ["/tiles/moon/1/0/0.mvt", "/tiles/units/1/2/0.mvt", "/tiles/units/25/0/0.mvt", "/tiles/units/1/0/-1.mvt"]
)
def test_a_tile_that_there_is_not_is_not_found(client: FlaskClient, ground: Ground, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_public_tile_is_revalidated_by_generation(client: FlaskClient, session: Session, ground: Ground) -> None:
    first = client.get("/tiles/units/12/3413/1689.mvt")
    again = client.get("/tiles/units/12/3413/1689.mvt", headers={"If-None-Match": first.headers["ETag"]})
    lay(session, "there")
    changed = client.get("/tiles/units/12/3413/1689.mvt", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)


# The description


def test_the_description_points_nowhere_else(client: FlaskClient) -> None:
    text = client.get("/api/v1/openapi.json").text
    assert "http" not in text.replace("https://json-schema.org", "")


def test_every_reference_of_the_description_is_kept(client: FlaskClient) -> None:
    text = client.get("/api/v1/openapi.json").text
    schemas = json.loads(text)["components"]["schemas"]
    assert {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]} <= set(schemas)


def test_every_address_of_the_api_is_described(client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").json["paths"]
    rules = {rule.rule for rule in client.application.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    plain = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in rules}
    assert set(described) == plain


def test_an_answer_has_the_fields_that_are_described(client: FlaskClient, ground: Ground) -> None:
    required = client.get("/api/v1/openapi.json").json["components"]["schemas"]["Located"]["required"]
    assert set(required) == set(client.get("/api/v1/locate?lon=120.012&lat=30.005").json)
