"""Moves over HTTP: what is answered, looks, two planners at once, undo and redo, locks."""

from __future__ import annotations

import re
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.database.queries.plans import PlanRow, planned
from gridsvc.domain.permissions import Actor
from gridsvc.operations import plans
from tests import builders
from tests.grids import draw
from tests.ground import let_in, somebody

UNITS = draw("A B C D", "A B C D")
HOUSE = {"h": shapely.box(120.0011, 30.0003, 120.0014, 30.0005)}


class Browser:
    """A planner's browser."""

    def __init__(self, client: FlaskClient, plan: PlanRow) -> None:
        self.client, self.address = client, f"/api/v1/plans/{plan.public_id}"
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/map/here").text)
        self.token = found[1] if found else ""
        self.version = "0"

    def ask(self, method: str, address: str, body: object = None, version: str | None = None) -> TestResponse:
        headers = {"X-CSRFToken": self.token, "If-Match": f'"{version or self.version}"'}
        return self.client.open(self.address + address, method=method, json=body or {}, headers=headers)

    def move(self, kind: str, version: str | None = None, look: str = "", **asked: Any) -> TestResponse:
        answer = self.ask("POST", f"/moves?lang=en{look}", {"kind": kind, **asked}, version)
        if answer.status_code == 200 and not look:
            self.version = answer.json["version"]
        return answer


@pytest.fixture
def plan(session: Session, operator: Actor) -> PlanRow:
    """Begin a plan upon four units in a row."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, UNITS)
    builders.buildings(session, operator, here, HOUSE, households=9)
    return plans.begin(session, operator, here, "Borders")


@pytest.fixture
def keys(session: Session, plan: PlanRow) -> dict[str, int]:
    at = planned(session, plan)
    return {unit.name: key for key, unit in zip(at.keys, at.was, strict=True)}


@pytest.fixture
def browser(session: Session, client: FlaskClient, plan: PlanRow) -> Browser:
    let_in(session, client, somebody(session, "somebody", "planner", ""))
    return Browser(client, plan)


def line(x: float) -> dict[str, Any]:
    return shapely.geometry.mapping(shapely.LineString([(120 + x, 29.9999), (120 + x, 30.0021)]))


def test_a_move_answers_the_changed_units_and_the_impact(browser: Browser, keys: dict[str, int]) -> None:
    answer = browser.move("shift", units=[keys["A"], keys["B"]], line=line(0.0016))
    assert {each["properties"]["name"]: each["properties"]["households"] for each in answer.json["units"]["features"]} == {
        "A": 9,
        "B": None,
    }
    assert (answer.json["version"], answer.json["move"]["serial"]) == ("1", 1)
    assert answer.json["impact"]["flows"]


def test_a_look_leaves_nothing(browser: Browser, keys: dict[str, int]) -> None:
    answer = browser.move("merge", look="&look=1", units=[keys["A"], keys["B"]])
    assert (answer.json["gone"], answer.json["version"], answer.json["move"]["serial"]) == ([keys["B"]], "0", None)
    assert browser.client.get(browser.address).json["moves"] == []


def test_an_undone_move_comes_back(browser: Browser, keys: dict[str, int]) -> None:
    browser.move("merge", units=[keys["A"], keys["B"]])
    undone = browser.ask("POST", "/undo").json
    redone = browser.ask("POST", "/redo", version=undone["version"]).json
    assert (undone["version"], redone["version"], redone["gone"]) == ("1-0", "1", [keys["B"]])


def test_what_an_undone_move_made_is_gone(browser: Browser, keys: dict[str, int]) -> None:
    made = browser.move("split", unit=keys["A"], line=line(0.0005)).json
    undone = browser.ask("POST", "/undo").json
    assert [each["properties"]["name"] for each in undone["units"]["features"]] == ["A"]
    assert undone["gone"] == [each["id"] for each in made["units"]["features"] if each["id"] != keys["A"]]


def test_a_move_is_taken_back(browser: Browser, keys: dict[str, int]) -> None:
    browser.move("rename", unit=keys["A"], name="Apple")
    browser.move("rename", unit=keys["B"], name="Berry")
    answer = browser.ask("POST", "/moves/1/take-back?lang=en").json
    assert answer["move"]["sentence"] == "Move 1 taken back: A is called Apple"


def test_who_is_late_hears_what_was_made_since(browser: Browser, keys: dict[str, int]) -> None:
    browser.move("merge", units=[keys["A"], keys["B"]])
    answer = browser.move("rename", version="0", unit=keys["D"], name="Date")
    assert (answer.status_code, answer.json["overlaps"], [move["sentence"] for move in answer.json["since"]]) == (412, False, ["B into A"])
    assert answer.json["version"] == "1"


def test_who_is_late_may_go_on_beside_others(browser: Browser, keys: dict[str, int]) -> None:
    browser.move("merge", units=[keys["A"], keys["B"]])
    answer = browser.move("rename", version="0", unit=keys["D"], name="Date", anyway=True)
    assert (answer.status_code, answer.json["version"]) == (200, "2")


@pytest.mark.parametrize("unit", ["A", "B"])
def test_who_is_late_does_not_go_over_others(browser: Browser, keys: dict[str, int], unit: str) -> None:
    browser.move("merge", units=[keys["A"], keys["B"]])
    answer = browser.move("rename", version="0", unit=keys[unit], name="Date", anyway=True)
    assert (answer.status_code, answer.json["overlaps"]) == (412, True)


def test_a_wrong_line_is_told_with_its_place(browser: Browser, keys: dict[str, int]) -> None:
    loop = {"type": "LineString", "coordinates": [[120.0, 30.0], [120.002, 30.0], [120.002, 30.001], [120.001, 30.001], [120.001, 29.999]]}
    answer = browser.move("split", unit=keys["A"], line=loop)
    assert (answer.status_code, answer.json["findings"][0]["code"]) == (422, "line-crosses-itself")
    assert answer.json["findings"][0]["where"] == [120.001, 30.0, 120.001, 30.0]


def test_locks_are_kept_and_told(browser: Browser, keys: dict[str, int]) -> None:
    assert browser.ask("PUT", "/locks", {"units": [keys["A"]]}).json == {"units": [keys["A"]], "buildings": []}
    assert browser.move("merge", units=[keys["A"], keys["B"]]).status_code == 409
    assert browser.ask("DELETE", "/locks", {"units": [keys["A"]]}).json == {"units": [], "buildings": []}
    assert browser.move("merge", units=[keys["A"], keys["B"]]).status_code == 200


def test_a_draft_goes_out_and_comes_back(browser: Browser, keys: dict[str, int]) -> None:
    file = browser.client.get(f"{browser.address}/draft.gpkg").data
    browser.move("merge", units=[keys["A"], keys["B"]])
    headers = {"X-CSRFToken": browser.token, "If-Match": '"1"', "Content-Type": "application/geopackage+sqlite3"}
    answer = browser.client.put(f"{browser.address}/draft.gpkg?lang=en", data=file, headers=headers)
    assert (answer.status_code, answer.json["detail"][:40]) == (422, "The file has units that this plan has no")
