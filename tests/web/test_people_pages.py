"""Pages about people: who gets in, who does not, and that what people typed stays text."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor, Role
from gridsvc.operations.accounts import GrantRole, add_account, grant_role
from tests import neighbourhood
from tests.ground import as_operator, let_in

ADDRESSES = {
    "dwelling of another building": "SELECT '/households/' || public_id FROM household WHERE source_ref = '3-1-301'",
    "person who lives next door": "SELECT '/people/' || public_id FROM person WHERE source_ref = '周建国'",
    "posts of another grid": "SELECT '/posts/' || public_id FROM unit u JOIN unit_version v ON unit_id = u.id WHERE name = '西山一网格'",
    "times of the own grid": "SELECT '/times/' || public_id FROM unit u JOIN unit_version v ON unit_id = u.id WHERE name = '东湖一网格'",
    "inbox": "SELECT '/notices'",
    "corrections": "SELECT '/corrections/street'",
}


@pytest.fixture(autouse=True)
def place(session: Session, operator: Actor) -> int:
    return neighbourhood.lay(session, operator)


def come_in(session: Session, client: FlaskClient, name: str) -> None:
    let_in(session, client, session.scalars(text("SELECT id FROM account WHERE name = :name"), {"name": name}).one())


def test_a_building_head_meets_a_closed_door_elsewhere_and_an_open_one_at_home(session: Session, client: FlaskClient) -> None:
    addresses = {what: session.scalars(text(asked)).one() for what, asked in ADDRESSES.items()}
    come_in(session, client, "head")
    assert {what: client.get(address).status_code for what, address in addresses.items()} == {
        "dwelling of another building": 404,
        "person who lives next door": 404,
        "posts of another grid": 403,
        "times of the own grid": 403,
        "inbox": 200,
        "corrections": 200,
    }


def test_a_stranger_is_led_to_the_sign_in_everywhere(session: Session, client: FlaskClient) -> None:
    addresses = [session.scalars(text(asked)).one() for asked in ADDRESSES.values()]
    assert {client.get(address).status_code for address in addresses} == {302}


def test_what_somebody_typed_stays_text(session: Session, client: FlaskClient) -> None:
    home = session.scalars(text("SELECT public_id FROM household WHERE source_ref = '1-1-201'")).one()
    come_in(session, client, "head")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/households/{home}").text)
    assert token
    form = {"csrf_token": token[1], "use": "let", "resident": "no", "reason": "<script>alert(1)</script>{{ 7 * 7 }}"}
    page = client.post(f"/households/{home}", data=form, follow_redirects=True).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page


def test_a_form_that_cannot_be_right_comes_back_with_a_sentence(session: Session, client: FlaskClient) -> None:
    home = session.scalars(text("SELECT public_id FROM household WHERE source_ref = '1-1-201'")).one()
    come_in(session, client, "head")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/households/{home}").text)
    assert token
    answer = client.post(f"/households/{home}", data={"csrf_token": token[1], "use": "let", "persons": "900", "reason": "seen"})
    assert answer.status_code == 422
    assert "人数不能是" in answer.text


def test_people_are_found_on_the_map_by_name_or_number_inside_the_own_area_alone(session: Session, client: FlaskClient) -> None:
    come_in(session, client, "community")

    def listed(words: str) -> list[str]:
        return re.findall(r'<a class="row" href="/people/[^"]+"><span class="row-name"><b>(.*?)</b>', panel(words))

    def panel(words: str) -> str:
        found = client.get("/map/street", query_string={"tab": "people", "unit": own, "q": words}).text
        assert '<form class="who"' in found
        return found

    own = session.scalars(
        text("SELECT public_id FROM unit u JOIN unit_version v ON unit_id = u.id WHERE name = '东湖社区' AND upper_inf(valid)")
    ).one()
    assert listed("") == ["党**"] * 4
    assert listed("员乙") == ["党**"]
    assert listed("139 0000 0003") == ["党**"]
    assert listed("吴大勇") == ["吴**"]
    assert "此处没有这个姓名或号码的人员" in panel("查无此人")


def test_the_community_says_on_the_page_of_a_household_who_looks_after_it(session: Session, client: FlaskClient) -> None:
    come_in(session, client, "community-clerk")
    home = session.scalars(text("SELECT public_id FROM household WHERE source_ref = '1-2-301'")).one()
    page = client.get(f"/households/{home}").text
    token, member = (re.search(pattern, page) for pattern in (r'name="csrf_token" value="([^"]+)"', r'<option value="([^"]+)">党\*\*'))
    assert token
    assert member
    form = {"csrf_token": token[1], "person": member[1], "reason": "<b>邻居</b>"}
    assert "包联党员: 党**" in client.post(f"/households/{home}/member", data=form, follow_redirects=True).text
    form["reason"] = " "
    assert client.post(f"/households/{home}/member", data=form).status_code == 422
    assert "包联党员" not in client.get(f"/households/{shop(session)}").text


def shop(session: Session) -> str:
    return str(session.scalars(text("SELECT public_id FROM household WHERE source_ref = '1-2-102'")).one())


def test_who_decides_sees_whose_phone_would_change_and_to_what(session: Session, client: FlaskClient) -> None:
    member = session.scalars(text("SELECT public_id FROM person WHERE source_ref = '党员甲'")).one()
    come_in(session, client, "head")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/people/{member}").text)
    assert token
    form = {"csrf_token": token[1], "do": "correct", "phone": "139 9999 8888", "reason": "told at the door"}
    client.post(f"/people/{member}", data=form)
    as_operator(session)
    come_in(session, client, "community-clerk")
    page = client.get("/corrections/street").text
    assert f'<a href="/people/{member}">党**</a>' in page
    assert "<del>139****0000</del>" in page
    assert "<b>139****8888</b>" in page
    assert "13999998888" not in page


def test_the_party_office_names_a_secretary_and_where_from_and_nobody_else_does(
    session: Session, client: FlaskClient, operator: Actor, place: int
) -> None:
    add_account(session, operator, "party", neighbourhood.PASSWORD, handed_out=False)
    grant_role(session, operator, GrantRole("party", Role.PARTY_OFFICE, neighbourhood.path_of(session, place, "东湖社区")))
    unit = "SELECT public_id FROM unit u JOIN unit_version ON unit_id = u.id WHERE name = '东湖一网格' AND upper_inf(valid)"
    address = f"/posts/{session.scalars(text(unit)).one()}"
    come_in(session, client, "community-clerk")
    assert "书记来源" not in client.get(address).text
    as_operator(session)
    come_in(session, client, "party")
    page = client.get(address).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    assert "网格长</option>" not in page
    form = {"csrf_token": token[1], "do": "appoint", "post": "secretary", "name": "党员丙", "origin": "veteran"}
    assert 'name="origin" value="veteran"' in client.post(address, data=form).text
    client.post(address, data=form | {"sure": "yes"})
    as_operator(session)
    held = session.execute(text("SELECT origin, state FROM appointment WHERE post = 'secretary' AND upper_inf(valid)")).one()
    assert tuple(held) == ("veteran", "held")
