"""Whoever holds a role in one leaf walks through every address there is, with the ids of the other leaf, and sees nothing of it."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text as sql
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.domain.test_permissions import ROLES
from tests.ground import EAST_NUMBER, WEST_HOUSEHOLDS, WEST_NUMBER, Ground, as_operator, lay, let_in, somebody
from tests.people import EAST_SURNAME, WEST_PHONE, WEST_SURNAME, Lived, settle

FOREIGN = [WEST_SURNAME, WEST_NUMBER, WEST_PHONE, f'"{WEST_HOUSEHOLDS}"', f": {WEST_HOUSEHOLDS}"]
"""What stands in protected rows of the other leaf and nowhere else."""
NOUNS = ("units", "buildings", "parking_spaces", "fire_lanes", "people", "households", "appointments", "organisations", "contracts")
VALUES = {
    "slug": ["here"],
    "noun": NOUNS,
    "suffix": ["csv", "geojson", "xlsx"],
    "layer": ["households", "parking_lots", "parking_spaces", "fire_lanes"],
    "z": [13],
    "x": [6826],
    "y": [3379],
    "serial": [1],
}
GIVEN, BEGINNING = "大山", "W-36"
"""A part of the name and of the number, which does not hold the mark itself: what answers to it shows the row."""
QUERIES = ("", f"?q={GIVEN}", f"?q={BEGINNING}", "?unit={unit}", "?jurisdiction=here", f"?jurisdiction=here&q={GIVEN}")
TABLES = ("person", "person_version", "member", "appointment", "household", "household_version", "contract", "report")
PUBLIC = ("/static/", "/base/", "/metrics", "/api/v1/openapi.json")


def addresses(app: Flask, ground: Ground, lived: Lived, method: str = "GET") -> Iterator[str]:
    """Yield every address that answers to a method, filled with whatever belongs to the other leaf."""
    foreign = [ground.ids["west"], ground.ids["west_building"], ground.ids["top"], *lived.ids.values()]
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and not str(rule).startswith(PUBLIC):
            yield from filled(rule, foreign, ground)


def filled(rule: Rule, foreign: list[UUID], ground: Ground) -> Iterator[str]:
    names = sorted(rule.arguments)
    choices = [foreign if name.endswith("_id") else VALUES.get(name, ["here"]) for name in names]
    queries = ("",) if "layer" in names else QUERIES if not any(name.endswith("_id") for name in names) else QUERIES[:2]
    for chosen in itertools.product(*choices):
        path = rule.build(dict(zip(names, chosen, strict=True)))
        if path is not None:
            for query in queries:
                yield path[1] + query.format(unit=ground.ids["west"])


def readable(body: bytes) -> str:
    """Return what a person would read in an answer: that of a workbook unpacked."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return body.decode(errors="replace")


def marks(answer: bytes, *more: str) -> list[str]:
    """Return the marks of the other leaf in an answer."""
    text = readable(answer)
    return [mark for mark in (*FOREIGN, *more) if mark in text]


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_no_address_shows_a_row_of_another_place(session: Session, app: Flask, client: FlaskClient, ground: Ground, role: str) -> None:
    lived = settle(session, ground)["west"]
    let_in(session, client, somebody(session, "somebody", role, ground.east))
    asked = list(addresses(app, ground, lived))
    assert len(asked) > 100
    for address in asked:
        answer = client.get(address)
        assert answer.status_code < 500, address
        assert marks(answer.data) == [], address


@pytest.mark.parametrize("role", ["grid_leader", "data_clerk", "street_office", "party_office", "planner", "approver"])
def test_no_request_changes_a_row_of_another_place(session: Session, app: Flask, client: FlaskClient, ground: Ground, role: str) -> None:
    lived = settle(session, ground)["west"]
    before = digests(session, ground)
    let_in(session, client, somebody(session, "somebody", role, ground.east))
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/map/here").text)
    assert token is not None
    given = {
        "reason": "because",
        "field": "phone",
        "use": "let",
        "state": "accepted",
        "answer": "yes",
        "name": "x",
        "unit": str(ground.ids["west"]),
    }
    headers = {"X-CSRFToken": token[1], "If-Match": "*"}
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        for address in addresses(app, ground, lived, method):
            if not address.startswith("/sign"):  # whoever is signed in has to stay so
                for body in ({"json": given}, {"data": given}):
                    answer = client.open(address, method=method, headers=headers, **body)
                    assert answer.status_code < 500, (method, address)
                    assert marks(answer.data) == [], (method, address)
    assert digests(session, ground) == before


def digests(session: Session, ground: Ground) -> list[object]:
    """Return what tells whether a protected row of the other leaf has changed, as the operator sees them."""
    as_operator(session)
    of_leaf = {"person": "paths <@ :west", "household": "path <@ :west", "contract": "path <@ :west", "report": "path <@ :west"}
    asked = {
        **{table: f"FROM {table} t WHERE t.{where}" for table, where in of_leaf.items()},
        **{
            part: f"FROM {part} t JOIN person n ON n.id = t.person_id WHERE n.paths <@ :west"
            for part in ("person_version", "member", "appointment")
        },
        "household_version": "FROM household_version t JOIN household n ON n.id = t.household_id WHERE n.path <@ :west",
        "correction": "FROM correction t WHERE t.path <@ :west",
    }
    return [
        session.scalar(
            sql(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) {rest}".replace(":west", "cast(:west AS ltree)")),
            {"west": ground.west},
        )
        for rest in asked.values()
    ]


def test_nobody_signed_in_sees_a_protected_row(session: Session, app: Flask, client: FlaskClient, ground: Ground) -> None:
    for lived in settle(session, ground).values():
        for address in addresses(app, ground, lived):
            assert marks(client.get(address).data, EAST_SURNAME, EAST_NUMBER) == [], address


def test_the_marks_are_seen_by_who_may(session: Session, client: FlaskClient, ground: Ground) -> None:
    """Or else the walks above would show nothing."""
    settle(session, ground)
    let_in(session, client, somebody(session, "clerk", "data_clerk", ground.west))
    assert WEST_NUMBER in client.get(f"/api/v1/units/{ground.ids['west']}/parking-spaces").text


@pytest.mark.parametrize("role", ["grid_leader", "data_clerk", "party_office"])
@pytest.mark.parametrize("table", TABLES)
def test_row_security_shows_the_own_leaf_alone(session: Session, ground: Ground, role: str, table: str) -> None:
    settle(session, ground)
    assert session.scalar(sql(f"SELECT count(*) FROM {table}")) == 2
    session.execute(sql("SELECT set_config('gridsvc.account_id', :id, true)"), {"id": str(somebody(session, "x", role, ground.east))})
    assert session.scalar(sql(f"SELECT count(*) FROM {table}")) == 1
