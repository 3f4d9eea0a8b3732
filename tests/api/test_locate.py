"""Whose ground is this point, over HTTP: shape, refusals and the batch; which unit is right is shown with the queries."""

import json
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gridsvc.api import batch
from gridsvc.api import locate as api
from gridsvc.api.parse import instant
from gridsvc.database.freshness import raise_generation
from gridsvc.database.ground_tiles import TILE_LAYERS
from gridsvc.domain.permissions import Actor
from tests import builders
from tests.grids import draw
from tests.ground import Ground, lay

EAST, WEST, BORDER, NOWHERE = (120.012, 30.005), (120.002, 30.005), (120.01, 30.005), (121.0, 30.0)


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


def ask(client: FlaskClient, point: tuple[float, float], more: str = "", lang: str = "en") -> dict:
    answer = client.get(f"/api/v1/locate?lon={point[0]}&lat={point[1]}&lang={lang}{more}")
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_point_is_answered_with_its_chain(client: FlaskClient, ground: Ground) -> None:
    found = ask(client, EAST)
    assert [step["id"] for step in found["chain"]] == [str(ground.ids["top"]), str(ground.ids["east"])]
    assert (found["leaf"], found["found"], found["jurisdiction"]) == (str(ground.ids["east"]), True, "here")


def test_a_step_of_the_chain_says_what_it_is(client: FlaskClient, ground: Ground) -> None:
    assert set(ask(client, EAST)["chain"][0]) == {"id", "level", "level_name", "kind", "code", "name"}


@pytest.mark.parametrize(("lang", "name"), [("zh", "区"), ("en", "District")])
def test_levels_are_named_in_the_readers_language(client: FlaskClient, ground: Ground, lang: str, name: str) -> None:
    assert ask(client, EAST, lang=lang)["chain"][0]["level_name"] == name


def test_a_point_on_a_border_names_the_other_side(client: FlaskClient, ground: Ground) -> None:
    found = ask(client, BORDER)
    assert {found["leaf"], found["on_border_with"][0]["id"]} == {str(ground.ids["east"]), str(ground.ids["west"])}
    assert "on its border with" in found["message"]


def test_a_point_in_a_building_names_it(client: FlaskClient, ground: Ground) -> None:
    assert ask(client, (120.0152, 30.005))["building"]["id"] == str(ground.ids["east_building"])


def test_a_point_in_none_is_an_honest_answer(client: FlaskClient, ground: Ground) -> None:
    found = ask(client, NOWHERE)
    assert (found["found"], found["chain"], found["message"]) == (False, [], "The point stands in no unit.")


def test_another_date_is_answered_from_history(client: FlaskClient, ground: Ground) -> None:
    assert ask(client, EAST, "&as_of=2026-03-01")["leaf"] == str(ground.ids["east"])
    assert ask(client, EAST, "&as_of=2025-03-01")["found"] is False


def test_a_bare_plus_in_a_time_is_understood(client: FlaskClient, ground: Ground) -> None:
    assert ask(client, EAST, "&as_of=2026-03-01T08:00:00+08:00")["as_of"] == "2026-03-01T08:00:00+08:00"


def test_a_point_of_another_system_is_moved_first(client: FlaskClient, ground: Ground) -> None:
    moved = ask(client, EAST, "&crs=GCJ-02")["point"]
    assert abs(moved[0] - EAST[0]) > 0.001


def test_a_public_answer_asks_nothing_of_the_database(client: FlaskClient, ground: Ground, statements: list[str]) -> None:
    ask(client, EAST)
    statements.clear()
    ask(client, WEST)
    assert statements == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("lat=30", "lon is missing"),
        ("lon=x&lat=30", "lon is 'x'"),
        ("lon=nan&lat=30", "lon is 'nan'"),
        ("lon=1_0&lat=30", "lon is '1_0'"),
        ("lon=120&lat=30&lat=31", "lat is given twice"),
        ("lng=120&lat=30", "'lng' is no parameter"),
        ("lon=120&lat=91", "91"),
        ("lon=120&lat=30&crs=EPSG:99999", "names no reference system"),
        ("lon=120&lat=30&as_of=yesterday", "as_of is 'yesterday'"),
        ("lon=120&lat=30&as_of=2026-13-01", "as_of is '2026-13-01'"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused_with_what_would_be_right(client: FlaskClient, query: str, said: str) -> None:
    answer = client.get(f"/api/v1/locate?{query}&lang=en")
    assert (answer.status_code, said in answer.json["detail"]) == (422, True), answer.json["detail"]


def test_an_unknown_jurisdiction_is_not_found(client: FlaskClient, ground: Ground) -> None:
    assert client.get("/api/v1/locate?lon=120&lat=30&jurisdiction=atlantis").status_code == 404


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, ground: Ground) -> None:
    address = f"/api/v1/locate?lon={EAST[0]}&lat={EAST[1]}"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(address + "&lang=en", headers={"If-None-Match": tag}).status_code == 200


def test_what_has_changed_is_sent_again(client: FlaskClient, session: Session, ground: Ground) -> None:
    address = f"/api/v1/locate?lon={EAST[0]}&lat={EAST[1]}"
    tag = client.get(address).headers["ETag"]
    lay(session, "there")
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


# Many points

CSV = "name,lon,lat\na,120.012,30.005\nb,here,30\nc,121,30\nd,,\ne,120.002,30.005\nf,200,30\n"


def test_a_csv_is_answered_row_by_row_and_bad_rows_by_number(client: FlaskClient, ground: Ground) -> None:
    found = client.post("/api/v1/locate/batch", data=CSV, content_type="text/csv").json
    assert [(row["row"], row.get("found")) for row in found["rows"]] == [(1, True), (2, None), (3, False), (4, None), (5, True), (6, None)]
    assert (found["found"], found["not_found"], found["refused"]) == (2, 1, 3)


def test_a_batch_answers_each_point_as_it_would_alone(client: FlaskClient, ground: Ground) -> None:
    points = [EAST, WEST, BORDER, NOWHERE]
    rows = client.post("/api/v1/locate/batch?lang=en", json=[list(point) for point in points]).json["rows"]
    assert [{key: value for key, value in row.items() if key != "row"} for row in rows] == [ask(client, point) for point in points]


@pytest.mark.parametrize("body", [[{"lon": 120.012, "lat": 30.005}], [[120.012, 30.005]], [["120.012", "30.005"]]])
def test_points_are_read_from_json_however_written(client: FlaskClient, ground: Ground, body: list) -> None:
    assert client.post("/api/v1/locate/batch", json=body).json["found"] == 1


@pytest.mark.parametrize("point", [None, [120], [120, 30, 5], [True, True], "120,30", {"x": 1}, [None, 30], [1e308, 1]])
def test_what_is_no_point_is_refused_by_its_row(client: FlaskClient, ground: Ground, point: object) -> None:
    answer = client.post("/api/v1/locate/batch", data=json.dumps([point, [120.012, 30.005]]), content_type="application/json")
    assert [row.get("found") for row in answer.json["rows"]] == [None, True]


def test_a_csv_of_a_chinese_desk_is_read(client: FlaskClient, ground: Ground) -> None:
    body = "名称,LON, lat\n甲,120.012,30.005\n".encode("gb18030")
    assert client.post("/api/v1/locate/batch", data=body, content_type="text/csv").json["found"] == 1


def test_a_batch_of_another_date_is_answered_from_history(client: FlaskClient, ground: Ground) -> None:
    assert client.post("/api/v1/locate/batch?as_of=2025-03-01", json=[list(EAST)]).json["found"] == 0


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("a,b\n1,2\n", "text/csv", "lon and lat are among them"),
        ("", "text/csv", "lon and lat are among them"),
        ("{", "application/json", "neither CSV"),
        ('{"lon": 1}', "application/json", "is no list"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_whole(client: FlaskClient, body: str, kind: str, said: str) -> None:
    answer = client.post("/api/v1/locate/batch?lang=en", data=body, content_type=kind)
    assert (answer.status_code, said in answer.json["detail"]) == (422, True)


def test_too_many_rows_are_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST_ROWS", 2)
    assert client.post("/api/v1/locate/batch", json=[[1, 2]] * 3).status_code == 413


def test_too_many_points_of_the_past_are_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST_OF_THE_PAST", 2)
    assert client.post("/api/v1/locate/batch?as_of=2026-03-01", json=[[1, 2]] * 3).status_code == 413


def test_a_date_begins_in_shanghai() -> None:
    assert instant("as_of", "2026-11-22") == datetime(2026, 11, 21, 16, tzinfo=UTC)


def test_a_jurisdiction_without_ground_answers_too(client: FlaskClient, session: Session, operator: Actor) -> None:
    builders.jurisdiction(session, operator, "bare")
    raise_generation()
    assert ask(client, EAST, "&jurisdiction=bare")["found"] is False
    assert ask(client, EAST, "&jurisdiction=bare&as_of=2026-03-01")["found"] is False


def test_ground_without_buildings_and_compounds_answers_too(client: FlaskClient, session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator, "bare")
    builders.units(session, operator, here, draw("A"))
    raise_generation()
    found = ask(client, (120.0005, 30.0005), "&jurisdiction=bare")
    assert (found["found"], found["building"], found["compound"]) == (True, None, None)


@pytest.mark.parametrize("layer", sorted(TILE_LAYERS))
def test_tiles_of_empty_ground_are_empty(client: FlaskClient, session: Session, operator: Actor, layer: str) -> None:
    builders.jurisdiction(session, operator, "bare")
    raise_generation()
    answer = client.get(f"/tiles/{layer}/15/27307/13523.mvt")
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize("page", ["", "/panel", "/search?q=x"])
def test_pages_of_empty_ground_answer(client: FlaskClient, session: Session, operator: Actor, page: str) -> None:
    builders.jurisdiction(session, operator, "bare")
    raise_generation()
    assert client.get(f"/map/bare{page}").status_code == 200
