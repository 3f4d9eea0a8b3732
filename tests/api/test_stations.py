"""Stations and gates over HTTP."""

from __future__ import annotations

from uuid import UUID

import pytest
import shapely
from flask.testing import FlaskClient
from mapbox_vector_tile import decode
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.measure import distance_m
from gridsvc.database.freshness import raise_generation
from gridsvc.domain.permissions import Actor
from gridsvc.operations.imports import IMPORTERS
from tests import builders
from tests.grids import CELL_DEG, SOUTH, WEST, draw


def at(right: float, up: float) -> tuple[float, float]:
    """Return lon and lat of a point, in cells of the drawing."""
    return round(WEST + right * CELL_DEG, 8), round(SOUTH + up * CELL_DEG, 8)


STATIONS = {
    "centre": ({"类型": "党群服务中心", "开放时间": "9:00-17:00", "电话": "1234"}, at(0.5, 0.5)),
    "rest": ({"类型": "红驿站"}, at(1.5, 0.5)),
    "edge": ({"类型": "议事厅"}, at(1, 0.5)),
}


@pytest.fixture(autouse=True)
def here(session: Session, operator: Actor) -> int:
    """Give two grids with a station in each and one on their border, and a gate."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"top": draw("T T")["T"]}, level=1)
    builders.units(session, operator, here, draw("A B"), level=2)
    rows = [({"id": name, "name": name} | columns, shapely.Point(point)) for name, (columns, point) in STATIONS.items()]
    IMPORTERS["stations"](session, operator, builders.file(here, rows))
    IMPORTERS["gates"](session, operator, builders.file(here, [({"name": "south", "类型": "车行门"}, shapely.Point(at(0.4, 0.1)))]))
    raise_generation()
    return here


def unit(session: Session, name: str) -> UUID:
    query = "SELECT u.public_id FROM unit u JOIN unit_version v ON v.unit_id = u.id WHERE v.name = :name AND upper_inf(v.valid)"
    return session.execute(text(query), {"name": name}).scalar_one()


def names(client: FlaskClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json["items"]]


def test_the_nearest_come_first_with_their_distance_in_a_straight_line(client: FlaskClient) -> None:
    lon, lat = at(1.4, 0.5)
    answer = client.get(f"/api/v1/stations/nearest?lon={lon}&lat={lat}&lang=en").json
    assert (answer["straight_line"], [item["name"] for item in answer["items"]]) == (True, ["rest", "edge", "centre"])
    nearest = answer["items"][0]
    expected = float(distance_m(lon, lat, *STATIONS["rest"][1]))
    assert (nearest["distance_m"], nearest["open"]) == (pytest.approx(expected, abs=0.01), None)
    assert nearest["kind"] == {"key": "rest_stop", "name": "rest station"}


def test_the_nearest_of_a_kind_are_asked_by_its_chinese_name(client: FlaskClient) -> None:
    lon, lat = at(1.4, 0.5)
    assert names(client, f"/api/v1/stations/nearest?lon={lon}&lat={lat}&kind=党群服务中心&limit=1") == ["centre"]


def test_an_unknown_kind_is_answered_with_the_known_ones(client: FlaskClient) -> None:
    answer = client.get("/api/v1/stations/nearest?lon=120&lat=30&kind=nothing&lang=en")
    assert (answer.status_code, "the kinds are party_centre" in answer.json["detail"]) == (422, True)


def test_the_point_may_come_in_another_system(client: FlaskClient) -> None:
    plain = client.get("/api/v1/stations/nearest?lon=120.001&lat=30.0005").json
    shifted = client.get("/api/v1/stations/nearest?lon=120.001&lat=30.0005&crs=GCJ-02").json
    assert shifted["point"] != plain["point"]


def test_a_station_that_comes_is_near_at_once(client: FlaskClient, session: Session, operator: Actor, here: int) -> None:
    lon, lat = at(1.4, 0.5)
    row = ({"id": "new", "name": "new"}, shapely.Point(lon, lat))
    IMPORTERS["stations"](session, operator, builders.file(here, [row]))
    raise_generation()
    assert names(client, f"/api/v1/stations/nearest?lon={lon}&lat={lat}&limit=1") == ["new"]


def test_a_jurisdiction_has_its_stations_by_name(client: FlaskClient) -> None:
    assert names(client, "/api/v1/stations?jurisdiction=here") == ["centre", "edge", "rest"]
    assert names(client, "/api/v1/stations?jurisdiction=here&kind=rest_stop") == ["rest"]
    assert names(client, "/api/v1/stations?jurisdiction=here&page=2") == []
    assert names(client, "/api/v1/stations?jurisdiction=here&as_of=2023-01-01") == []


def test_a_unit_has_its_stations_and_gates(client: FlaskClient, session: Session) -> None:
    below = [names(client, f"/api/v1/units/{unit(session, grid)}/stations") for grid in "AB"]
    assert sorted(below[0] + below[1]) == ["centre", "edge", "rest"]
    assert names(client, f"/api/v1/units/{unit(session, 'top')}/stations") == ["centre", "edge", "rest"]
    assert names(client, f"/api/v1/units/{unit(session, 'A')}/gates") == ["south"]
    assert names(client, f"/api/v1/units/{unit(session, 'B')}/gates") == []
    assert names(client, "/api/v1/gates?jurisdiction=here&kind=vehicle") == ["south"]


def test_a_station_on_a_border_names_the_other_side(client: FlaskClient, session: Session) -> None:
    found = session.execute(text("SELECT public_id, source_ref FROM station")).all()
    answers = {ref: client.get(f"/api/v1/stations/{public_id}").json for public_id, ref in found}
    edge, centre = answers["edge"]["properties"], answers["centre"]["properties"]
    assert len(edge["on_border_with"]) == 1
    assert edge["unit"]["name"] != edge["on_border_with"][0]["name"]
    assert (centre["on_border_with"], centre["hours"], centre["phone"], centre["unit"]["name"]) == ([], "9:00-17:00", "1234", "A")
    assert answers["centre"]["geometry"] == {"type": "Point", "coordinates": list(STATIONS["centre"][1])}


def test_a_station_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"/api/v1/stations/{UUID(int=1)}").status_code == 404


def test_the_summary_counts_stations_and_gates_for_everybody(client: FlaskClient, session: Session) -> None:
    found = client.get(f"/api/v1/units/{unit(session, 'top')}/summary").json
    assert (found["stations"], found["gates"], found["facilities"]) == (3, 1, None)
    assert sum(below["stations"] for below in found["children"].values()) == 3


def test_the_tile_of_gates_holds_what_they_are(client: FlaskClient, session: Session) -> None:
    (gate,) = decode(client.get("/tiles/gates/14/13653/6759.mvt").data)["gates"]["features"]
    known = {"id": str(session.execute(text("SELECT public_id FROM gate")).scalar_one()), "name": "south", "kind": "vehicle"}
    assert gate["properties"] == known


@pytest.mark.parametrize(("words", "kind"), [("centre", "station"), ("south", "gate")])
def test_the_search_finds_them(client: FlaskClient, words: str, kind: str) -> None:
    assert [(hit["kind"], hit["name"]) for hit in client.get(f"/map/here/search?q={words}").json] == [(kind, words)]
