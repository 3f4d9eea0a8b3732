"""Where signing in leads, and what stands there."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from gridsvc.database.freshness import raise_generation
from gridsvc.database.tables import UrgentTime
from gridsvc.domain.permissions import Actor
from gridsvc.operations.parking import import_parking_spaces
from gridsvc.operations.stations import import_stations
from tests import builders, neighbourhood
from tests.ground import let_in


@pytest.fixture
def place(session: Session, operator: Actor) -> int:
    return neighbourhood.lay(session, operator)


def come_in(session: Session, client: FlaskClient, name: str) -> str:
    """Sign somebody in and return the page that the door leads to."""
    let_in(session, client, session.scalars(text("SELECT id FROM account WHERE name = :name"), {"name": name}).one())
    return client.get("/", follow_redirects=True).text


def heading(page: str) -> str:
    found = re.search(r'<h1 id="unit-name">(.*?)</h1>', page)
    assert found
    return found[1]


def state(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="view">(.*?)</script>', page, re.DOTALL)
    assert found
    known: dict[str, Any] = json.loads(found[1])
    return known


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("name", "ground", "title"),
    [
        ("street", "晨光街道", "街道网格长"),
        ("community", "东湖社区", "社区网格长"),
        ("grid", "东湖一网格", "网格长"),
        ("head", "1号楼", "楼长"),
    ],
)
def test_a_leader_of_each_tier_lands_on_the_own_ground(session: Session, client: FlaskClient, name: str, ground: str, title: str) -> None:
    page = come_in(session, client, name)
    assert heading(page) == ground
    assert f"我负责的区域 · {title}" in page


def test_a_post_without_a_right_leads_nowhere_wider(session: Session, client: FlaskClient, place: int) -> None:
    holder = session.scalars(text("SELECT person_id FROM appointment WHERE post = 'building_leader'")).one()
    neighbourhood.appoint(session, place, holder, "service_policy", "东湖社区")
    assert heading(come_in(session, client, "head")) == "1号楼"


@pytest.mark.usefixtures("place")
def test_scattered_ground_is_all_of_it_and_nothing_else(session: Session, client: FlaskClient) -> None:
    page = come_in(session, client, "scattered")
    assert heading(page) == "我的网格"
    assert re.findall(r'<span class="row-name"><b>(.*?)</b>', page) == ["东湖一网格", "西山二网格", "3号楼"]


@pytest.mark.usefixtures("place")
def test_scattered_ground_adds_up(session: Session, client: FlaskClient) -> None:
    assert "50 户 · 5 栋" in come_in(session, client, "scattered")


@pytest.mark.usefixtures("place")
def test_scattered_ground_says_what_needs_somebody(session: Session, client: FlaskClient) -> None:
    page = come_in(session, client, "scattered")
    assert "西山二网格还没有网格长" in page
    assert "东湖三网格还没有网格长" not in page
    assert "有 3 名党员没有包联户" in page
    idle = re.search(r"有 3 名党员没有包联户.*?data-box=\"([^\"]+)\"", page, re.DOTALL)
    assert idle
    west, south, east, north = map(float, idle[1].split(","))
    home = neighbourhood.GROUND[3]["东湖一网格"].bounds
    assert home[0] < west < east < home[2]
    assert home[1] < south < north < home[3]


def test_scattered_ground_counts_and_lists_what_stands_there(session: Session, client: FlaskClient, operator: Actor, place: int) -> None:
    points = {name: neighbourhood.GROUND[3][name].centroid for name in ("东湖一网格", "东湖二网格", "西山二网格")}
    rows = [({"ref": name, "name": f"{name}驿站", "kind": "other"}, point) for name, point in points.items()]
    spaces = [({"ref": name, "number": name}, point) for name, point in points.items()]
    import_stations(session, operator, builders.file(place, rows))
    import_parking_spaces(session, operator, builders.file(place, spaces))
    raise_generation()
    assert re.search(r"车位</dt><dd>2<", come_in(session, client, "scattered"))
    listed = client.get("/map/street?own=all&list=stations").text
    assert re.findall(r'<span class="row-name"><b>(.*?驿站)</b>', listed) == ["东湖一网格驿站", "西山二网格驿站"]


@pytest.mark.usefixtures("place")
def test_scattered_ground_lists_its_members_and_organisations(session: Session, client: FlaskClient) -> None:
    come_in(session, client, "scattered")
    assert client.get("/map/street?own=all&tab=people").text.count("党**") == 4
    listed = client.get("/map/street?own=all&tab=organisations").text
    assert "东湖小区党支部" in listed
    assert "绿城物业" not in listed


def test_scattered_ground_shows_that_it_is_urgent(session: Session, client: FlaskClient, operator: Actor, place: int) -> None:
    unit = neighbourhood.number_of(neighbourhood.path_of(session, place, "西山社区"))
    session.execute(insert(UrgentTime).values(unit_id=unit, reason="台风", account_id=operator.account_id, valid=neighbourhood.ALWAYS))
    assert state(come_in(session, client, "scattered"))["times"]["urgent"]


@pytest.mark.usefixtures("place")
def test_whoever_leads_nothing_has_no_own_ground(session: Session, client: FlaskClient) -> None:
    assert client.get("/map/street?own=all").status_code == 302
    session.execute(text("UPDATE role_grant SET valid = tstzrange(lower(valid), now()) WHERE role = 'data_clerk'"))
    come_in(session, client, "community-clerk")
    assert client.get("/map/street?own=all").status_code == 404


@pytest.mark.usefixtures("place")
def test_outside_the_own_ground_a_way_leads_back(session: Session, client: FlaskClient) -> None:
    come_in(session, client, "head")
    assert "回到我的网格" in client.get("/map/street").text


@pytest.mark.usefixtures("place")
def test_the_map_of_a_building_head_fits_the_building(session: Session, client: FlaskClient) -> None:
    west, south, east, north = state(come_in(session, client, "head"))["box"]
    assert (round(east - west, 5), round(north - south, 5)) == (0.0007, 0.00025)
