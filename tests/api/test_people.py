"""People over HTTP: nothing private in full in a list, one value for a reason, posts and duty phones for everybody."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.domain.test_permissions import ALLOWED, EXPECTED
from tests.ground import Ground, lay, let_in, somebody
from tests.people import EAST_PHONE, EAST_SURNAME, WEST_PHONE, Lived, settle

ROLES = sorted(set(EXPECTED) - {"operator"})
JSON = {"Content-Type": "application/json", "X-Requested-With": "gridsvc"}


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.fixture
def leaves(session: Session, ground: Ground) -> dict[str, Lived]:
    return settle(session, ground)


def enter(session: Session, client: FlaskClient, role: str, path: str) -> None:
    let_in(session, client, somebody(session, role, role, path))


@pytest.mark.parametrize("role", ROLES)
def test_a_list_holds_nothing_private_in_full(
    session: Session, client: FlaskClient, ground: Ground, leaves: dict[str, Lived], role: str
) -> None:
    enter(session, client, role, ground.east)
    answer = client.get(f"/api/v1/units/{ground.ids['top']}/people")
    assert answer.status_code == (200 if role in ALLOWED["people.read"] else 403)
    assert (f"{EAST_SURNAME}**" in answer.text) is (role in ALLOWED["people.read"])
    assert not any(private in answer.text for private in ("大山", EAST_PHONE, WEST_PHONE, "逄"))


def test_nobody_lists_people(client: FlaskClient, ground: Ground, leaves: dict[str, Lived]) -> None:
    assert client.get(f"/api/v1/units/{ground.ids['top']}/people").status_code == 401


def asked(client: FlaskClient, person: object, **body: str) -> tuple[int, dict[str, object]]:
    answer = client.post(f"/api/v1/people/{person}/reveal", data=json.dumps(body), headers=form_token(client) | JSON)
    return answer.status_code, answer.get_json()


def form_token(client: FlaskClient) -> dict[str, str]:
    return {}


@pytest.fixture
def client(client: FlaskClient) -> FlaskClient:
    """Give a browser whose forms need no token: the tests of protection are elsewhere."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    yield client
    client.application.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.parametrize("role", ROLES)
def test_a_value_is_revealed_by_who_may_inside_the_own_area(
    session: Session, client: FlaskClient, ground: Ground, leaves: dict[str, Lived], role: str
) -> None:
    enter(session, client, role, ground.east)
    status, answer = asked(client, leaves["east"].ids["person"], field="phone", reason="no answer at the door")
    may = role in ALLOWED["people.reveal"]
    assert (status, answer.get("value")) == (200 if may else 403, EAST_PHONE if may else None)
    assert asked(client, leaves["west"].ids["person"], field="phone", reason="curious")[0] == (404 if may else 403)


def test_what_is_revealed_leaves_a_trace_without_the_value(
    session: Session, client: FlaskClient, ground: Ground, leaves: dict[str, Lived]
) -> None:
    enter(session, client, "grid_leader", ground.east)
    asked(client, leaves["east"].ids["person"], field="phone", reason=" no answer at the door ")
    somebody(session, "reader", None)
    row = session.execute(text("SELECT path::text, detail FROM audit WHERE action = 'people.reveal'")).one()
    assert row.path.startswith(ground.east)
    assert row.detail == {"person": leaves["east"].person, "field": "phone", "reason": "no answer at the door"}


@pytest.mark.parametrize(("body", "status"), [({"field": "phone", "reason": " "}, 422), ({"field": "shoe", "reason": "x"}, 422), ({}, 422)])
def test_no_reason_and_no_such_field_are_refused(
    session: Session, client: FlaskClient, ground: Ground, leaves: dict[str, Lived], body: dict[str, str], status: int
) -> None:
    enter(session, client, "grid_leader", ground.east)
    assert asked(client, leaves["east"].ids["person"], **body)[0] == status
    assert session.scalar(text("SELECT count(*) FROM audit WHERE action = 'people.reveal'")) == 0


def hold(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    held = """
    INSERT INTO appointment (jurisdiction_id, person_id, post, unit_id, duty_phone, deputy, valid)
    SELECT jurisdiction_id, :person, 'street_leader', :unit, '0532-0100001', false, tstzrange('2026-01-01', NULL)
    FROM person WHERE id = :person
    """
    session.execute(text(held), {"person": leaves["west"].person, "unit": int(ground.west.rpartition(".")[2], 36)})


def test_everybody_sees_posts_and_duty_phones_and_nobody_who_holds_them(
    session: Session, client: FlaskClient, ground: Ground, leaves: dict[str, Lived]
) -> None:
    hold(session, ground, leaves)
    chain = client.get(f"/api/v1/units/{ground.ids['west']}/posts").get_json()["chain"]
    post = chain[-1]["posts"][0]
    assert (post["post"]["key"], post["duty_phone"], post["holder"]) == ("street_leader", "0532-0100001", None)


def test_who_reads_people_there_sees_the_holder(session: Session, client: FlaskClient, ground: Ground, leaves: dict[str, Lived]) -> None:
    hold(session, ground, leaves)
    enter(session, client, "grid_leader", ground.west)
    chain = client.get(f"/api/v1/units/{ground.ids['west']}/posts").get_json()["chain"]
    assert chain[-1]["posts"][0]["holder"] == {"id": str(leaves["west"].ids["person"]), "name": "逄大山"}


def test_organisations_are_public(client: FlaskClient, ground: Ground, leaves: dict[str, Lived]) -> None:
    answer = client.get(f"/api/v1/units/{ground.ids['east']}/organisations?kind=compound_branch").get_json()
    assert [(each["name"], each["leads"]) for each in answer["items"]] == [("branch", True)]
    assert client.get(f"/api/v1/units/{ground.ids['east']}/organisations?kind=茶馆").status_code == 422


@pytest.mark.parametrize("role", ROLES)
def test_a_summary_counts_people_for_who_counts_there(
    session: Session, client: FlaskClient, ground: Ground, leaves: dict[str, Lived], role: str
) -> None:
    enter(session, client, role, ground.east)
    answer = client.get(f"/api/v1/units/{ground.ids['top']}/summary").get_json()
    east, west = (answer["children"][str(ground.ids[name])]["people"] for name in ("east", "west"))
    assert (east is not None, west, answer["people"]) == (role in ALLOWED["households.read"], None, None)
