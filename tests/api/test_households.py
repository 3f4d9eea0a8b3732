"""Households and contracts over HTTP: listed, counted, corrected as seen, proposed and committed."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.freshness import raise_generation
from gridsvc.database.session import set_actor
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor
from gridsvc.operations.contracts import Wanted, propose
from gridsvc.operations.people import import_people
from tests import builders
from tests.dwellings import bring, lay
from tests.ground import let_in, somebody

ROWS = ({"地址": "龙泽书苑2号楼1单元101", "居住人数": 2}, {"地址": "龙泽书苑2号楼1单元102", "房屋用途": "出租"}, {"地址": "老电厂9号楼101"})


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give two dwellings with a member in one building, and an address that waits."""
    here = lay(session, operator)
    bring(session, operator, here, *ROWS, skip_refused=True)
    member = {"人员编号": "R1", "姓名": "王伟", "党员类别": "在职党员", "居住楼栋编号": "b"}
    import_people(session, operator, builders.file(here, [(member, None)]))
    raise_generation()
    return here


@pytest.fixture
def clerk(session: Session, client: FlaskClient, here: int) -> FlaskClient:
    """Give the browser of a data clerk of the place, with the token of a form."""
    let_in(session, client, somebody(session, "clerk", "data_clerk", jurisdiction_path(here)))
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/map/here").text)
    assert token is not None
    client.environ_base["HTTP_X_CSRFTOKEN"] = token[1]
    return client


def unit(session: Session, name: str = "A") -> UUID:
    asked = "SELECT u.public_id FROM unit u JOIN unit_version v ON v.unit_id = u.id WHERE v.name = :name AND upper_inf(v.valid)"
    return session.scalars(text(asked), {"name": name}).one()


def test_households_of_a_unit_come_with_their_counts(session: Session, clerk: FlaskClient) -> None:
    found = clerk.get(f"/api/v1/units/{unit(session)}/households?lang=zh").json
    assert [(row["room"], row["use"]["name"], row["persons"]) for row in found["items"]] == [("101", "自住", 2), ("102", "出租", None)]
    assert (found["counts"]["dwellings"], found["counts"]["let"], found["more"]) == (2, 1, False)


def test_households_of_a_building_are_searched_by_address_and_use(session: Session, clerk: FlaskClient) -> None:
    house = session.scalars(text("SELECT public_id FROM building WHERE source_ref = 'b'")).one()
    for query in ("q=102", "q=2号楼1单元102", "use=出租"):
        assert [row["room"] for row in clerk.get(f"/api/v1/buildings/{house}/households?{query}").json["items"]] == ["102"]
    assert clerk.get(f"/api/v1/buildings/{house}/households?use=villa").status_code == 422


def test_a_household_is_corrected_as_seen_and_taken_back(session: Session, clerk: FlaskClient) -> None:
    first = clerk.get(f"/api/v1/units/{unit(session)}/households").json["items"][0]
    address = f"/api/v1/households/{first['id']}"
    said = {"json": {"use": "vacant", "reason": "moved out"}}
    assert clerk.patch(address, **said).status_code == 428
    changed = clerk.patch(address, headers={"If-Match": f'"{first["version"]}"'}, **said)
    assert changed.json["use"]["key"] == "vacant"
    assert clerk.patch(address, headers={"If-Match": f'"{first["version"]}"'}, **said).status_code == 412
    back = clerk.post(f"{address}/undo", headers={"If-Match": f'"{changed.json["version"]}"'}, json={"reason": "not yet"})
    assert back.json["use"]["key"] == "own"


def test_counts_are_exact_for_who_may_count_and_coarse_for_others(session: Session, client: FlaskClient, clerk: FlaskClient) -> None:
    exact = clerk.get(f"/api/v1/units/{unit(session, 'top')}/dwellings").json
    assert (exact["exact"], exact["counts"]["dwellings"]) == (True, 2)
    assert {child["name"]: child["counts"]["dwellings"] for child in exact["children"] if child["name"] in "AB"} == {"A": 2, "B": 0}
    client.delete_cookie("gridsvc_sign_in")
    coarse = client.get(f"/api/v1/units/{unit(session, 'top')}/dwellings").json
    assert coarse["exact"] is False
    assert set((coarse["counts"] or {}).values()) <= {None}


def test_an_address_that_waits_is_answered(session: Session, clerk: FlaskClient) -> None:
    (row,) = clerk.get("/api/v1/jurisdictions/here/address-reviews").json["items"]
    assert row["address"] == "老电厂9号楼101"
    house = session.scalars(text("SELECT public_id FROM building WHERE source_ref = 'c'")).one()
    assert clerk.post(f"/api/v1/address-reviews/{row['id']}", json={"building": str(house)}).json == {"settled": 1}
    assert clerk.get("/api/v1/jurisdictions/here/address-reviews").json["items"] == []
    assert clerk.post(f"/api/v1/address-reviews/{row['id']}", json={"building": "x"}).status_code == 404


def test_a_proposal_is_asked_for_looked_at_and_committed(session: Session, operator: Actor, clerk: FlaskClient, here: int) -> None:
    asked = clerk.post("/api/v1/contracts/proposals", json={"unit": str(unit(session)), "low": 1, "high": 1})
    assert UUID(asked.json["job"])
    assert clerk.post("/api/v1/contracts/proposals", json={"unit": str(unit(session)), "low": 3, "high": 1}).status_code == 422
    set_actor(session, operator)
    made = propose(session, operator, Wanted(here, jurisdiction_path(here), 1, 1))
    found = clerk.get(f"/api/v1/contracts/proposals/{made.public_id}").json
    assert (found["state"], found["summary"]["left"], len(found["reasons"])) == ("open", 1, 1)
    assert [row["id"] for row in clerk.get(f"/api/v1/units/{unit(session, 'top')}/contract-proposals").json["items"]] == []
    assert clerk.post(f"/api/v1/contracts/proposals/{made.public_id}/commit").json == {"begun": 1, "ended": 0}
    assert clerk.post(f"/api/v1/contracts/proposals/{made.public_id}/drop").status_code == 409
    covered = clerk.get(f"/api/v1/units/{unit(session)}/contracts").json
    assert (covered["dwellings"], covered["covered"], covered["members"], covered["under"]) == (2, 1, 1, 1)
    person = session.scalars(text("SELECT public_id FROM person")).one()
    assert [row["room"] for row in clerk.get(f"/api/v1/people/{person}/contracts").json["items"]] == ["101"]
