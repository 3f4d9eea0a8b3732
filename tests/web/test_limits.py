"""Who asks too often is asked to wait."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web import limits
from web.limits import Counters


@pytest.fixture(scope="session")
def counting(make_app: Callable[..., Flask]) -> Flask:
    return make_app(rate_limits=True)


@pytest.fixture
def limited(counting: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A service that takes two requests of each kind a minute; its clock stands still, 20 seconds into a minute."""
    monkeypatch.setattr(limits, "A_MINUTE", {"door": 2, "heavy": 2, "api": 2})
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: 1_800_000_020.0))
    return counting.test_client()


ADDRESSES = [
    ("/api/v1/jurisdictions", "GET"),
    ("/api/v1/exports/here/buildings.csv", "GET"),
    ("/api/v1/locate/batch", "POST"),
    ("/sign-in", "POST"),
    ("/sign-in/step", "POST"),
]


@pytest.mark.parametrize(("address", "method"), ADDRESSES)
def test_the_third_request_of_a_minute_waits_for_the_next(limited: FlaskClient, address: str, method: str) -> None:
    origin = {"environ_overrides": {"REMOTE_ADDR": f"203.0.113.{ADDRESSES.index((address, method))}"}}
    statuses = [limited.open(address, method=method, **origin).status_code for _ in range(3)]
    assert (429 in statuses[:2], statuses[2]) == (False, 429)
    assert limited.open(address, method=method, **origin).headers["Retry-After"] == "40"


def test_another_address_is_counted_by_itself(limited: FlaskClient) -> None:
    for _ in range(3):
        limited.get("/api/v1/jurisdictions", environ_overrides={"REMOTE_ADDR": "203.0.113.50"})
    assert limited.get("/api/v1/jurisdictions", environ_overrides={"REMOTE_ADDR": "203.0.113.51"}).status_code == 200


@pytest.mark.parametrize("address", ["/healthz", "/static/css/base.css", "/sign-in", "/tiles/units/1/0/0.mvt"])
def test_what_pages_need_is_not_counted(limited: FlaskClient, address: str) -> None:
    assert [limited.get(address, buffered=True).status_code for _ in range(4)] == [200] * 4


def test_an_installation_may_leave_this_to_its_proxy(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "A_MINUTE", {"door": 0, "heavy": 0, "api": 0})
    assert client.get("/api/v1/jurisdictions").status_code == 200


def test_all_processes_count_together(tmp_path: Path) -> None:
    one, other = Counters(tmp_path / "limits"), Counters(tmp_path / "limits")
    assert [one.count("a", 0), other.count("a", 1), one.count("a", 59)] == [1, 2, 3]


def test_a_minute_begins_at_nought(tmp_path: Path) -> None:
    counters = Counters(tmp_path / "limits")
    assert [counters.count("a", 59.9), counters.count("a", 60.0)] == [1, 1]


def test_a_count_never_runs_over(tmp_path: Path) -> None:
    counters = Counters(tmp_path / "limits")
    assert {counters.count("a", 0) for _ in range(70_000)} >= {65_535, 65_536}
    assert counters.count("b", 0) == 1
