"""The pages of reports: frozen by who may, read by who may, none for others."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from gridsvc.database.queries.accounts import path_of_place
from gridsvc.domain.permissions import Actor, Role
from gridsvc.operations.accounts import GrantRole, add_account, grant_role
from tests import builders
from tests.grids import draw

PASSWORD = "Long-Password-4-Tests"


@pytest.fixture
def place(session: Session, operator: Actor) -> str:
    found = builders.jurisdiction(session, operator)
    rows = [({"name": "城东", "level": 1, "code": "1"}, draw("T T T T")["T"])]
    builders.import_units(session, operator, builders.file(found, rows))
    grids = [
        ({"name": name, "level": 2, "code": code}, ground)
        for (name, code), ground in zip((("甲", "11"), ("乙", "12")), draw("A A B B").values(), strict=True)
    ]
    builders.import_units(session, operator, builders.file(found, grids))
    houses = {name: ground.centroid.buffer(0.0002, 1) for name, ground in draw("1 2 3 4").items()}
    builders.buildings(session, operator, found, houses, households=40)
    for name, role in (("inspector", Role.INSPECTOR), ("surveyor", Role.SURVEYOR)):
        add_account(session, operator, name, PASSWORD, handed_out=False)
        grant_role(session, operator, GrantRole(name, role, path_of_place(session, "here")))
    return "here"


def enter(client: FlaskClient, name: str) -> FlaskClient:
    client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": token(client, "/sign-in")})
    return client


def token(client: FlaskClient, address: str) -> str:
    return client.get(address).text.partition('name="csrf_token" value="')[2].partition('"')[0]


def frozen(client: FlaskClient, period: str = "2025") -> str:
    """Freeze a report and return its address."""
    form = {"unit": "1", "period": period, "csrf_token": token(client, "/reports/here")}
    return client.post("/reports/here", data=form).headers["Location"]


def test_an_inspector_freezes_a_report_and_reads_that_its_sums_hold(client: FlaskClient, place: str) -> None:
    page = enter(client, "inspector").get(frozen(client)).text
    assert "各级勾稽相符" in page
    assert "与冻结时一致" in page
    assert ">160<" in page


def test_the_workbook_has_a_check_under_each_divided_unit(client: FlaskClient, place: str) -> None:
    answer = enter(client, "inspector").get(frozen(client) + "/workbook")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    assert book.sheet_names == ["说明", "汇总", "变动", "上报对照"]
    headers, *rows = book.get_sheet_by_name("汇总").to_python()
    households = {str(row[2]).strip("　"): row[headers.index("户数")] for row in rows}
    assert households == {"城东": 160, "甲": 80, "乙": 80, "（本级直属）": 0, "勾稽差": 0}


def test_the_same_report_is_the_same_workbook(client: FlaskClient, place: str) -> None:
    address = frozen(enter(client, "inspector")) + "/workbook"
    assert client.get(address).data == client.get(address).data


def test_whoever_reads_no_reports_finds_none(client: FlaskClient, place: str) -> None:
    address = frozen(enter(client, "inspector"))
    enter(client, "surveyor")
    assert (client.get("/reports/here").status_code, client.get(address).status_code) == (403, 403)


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, place: str) -> None:
    assert client.get("/reports/here").status_code in (302, 303, 401)


def test_the_api_lists_what_was_frozen_with_its_digest(client: FlaskClient, place: str) -> None:
    frozen(enter(client, "inspector"))
    found = client.get("/api/v1/reports?jurisdiction=here").json["items"]
    one = client.get(f"/api/v1/reports/{found[0]['id']}").json
    assert [each["number"] for each in found] == ["2025-1"]
    assert (one["digest"], one["sums_hold"]) == (found[0]["digest"], True)


def test_a_period_that_is_none_is_told_so(client: FlaskClient, place: str) -> None:
    form = {"unit": "1", "period": "soon", "csrf_token": token(enter(client, "inspector"), "/reports/here")}
    answer = client.post("/reports/here", data=form)
    assert answer.status_code == 422
    assert "统计期" in answer.text
