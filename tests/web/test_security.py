"""What every answer carries, and what of a request is believed."""

import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from gridsvc.errors import Conflict, Invalid, NotAllowed, TooLarge
from web.security import TrustedProxies, policy_for_pages

PAGE, DATA, FILE = "/sign-in", "/api/v1/jurisdictions", "/static/css/base.css"


@pytest.mark.parametrize("address", [PAGE, DATA, FILE, "/nothing", "/api/v1/nothing"])
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_answer_carries_the_headers(client: FlaskClient, address: str, header: str, value: str) -> None:
    assert client.get(address, buffered=True).headers[header] == value


def test_a_page_allows_its_own_scripts_alone(client: FlaskClient) -> None:
    policy = client.get(PAGE).headers["Content-Security-Policy"]
    assert re.search(r"script-src 'self' 'nonce-[\w-]{22}'; style-src 'self' 'nonce-[\w-]{22}'; img-src 'self' data:; ", policy)
    assert "unsafe" not in policy


def test_each_page_has_a_nonce_of_its_own(client: FlaskClient) -> None:
    assert client.get(PAGE).headers["Content-Security-Policy"] != client.get(PAGE).headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "directive", ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "connect-src 'self'"]
)
def test_a_page_allows_nothing_that_was_not_named(directive: str) -> None:
    assert directive in policy_for_pages([])


def test_pictures_come_from_configured_hosts_too() -> None:
    assert "img-src 'self' data: https://tile.example;" in policy_for_pages(["https://tile.example"])


def test_data_may_run_nothing(client: FlaskClient) -> None:
    assert client.get(DATA).headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize(("scheme", "sent"), [("https", True), ("http", False)])
def test_https_alone_is_asked_to_stay_https(client: FlaskClient, scheme: str, sent: bool) -> None:
    assert ("Strict-Transport-Security" in client.get(DATA, base_url=f"{scheme}://localhost").headers) is sent


# Requests


@pytest.mark.parametrize("given", ["abcdefgh", "6f0c-4.B_x1234"])
def test_a_well_formed_request_id_is_kept(client: FlaskClient, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["short", "x" * 65, 'a"b{c}d e', "<script>1"])
def test_another_request_id_is_replaced(client: FlaskClient, given: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"])


def test_the_log_holds_the_route_and_no_coordinates(client: FlaskClient) -> None:
    with capture_logs() as lines:
        client.get("/api/v1/locate?lon=120.123456&lat=30.654321")
    assert [line["route"] for line in lines] == ["/api/v1/locate"]
    assert "120.123456" not in str(lines)


def test_a_request_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/locate/batch", data=b"lon,lat\n" + b"1,2\n" * 5_000_000, content_type="text/csv")
    assert (answer.status_code, answer.json["title"]) == (413, "内容过大")


PEERS = [
    # proxies        peer        forwarded for          address seen
    (["10.0.0.1"], "10.0.0.1", "203.0.113.9", "203.0.113.9"),
    (["10.0.0.1"], "10.0.0.2", "203.0.113.9", "10.0.0.2"),
    ([], "127.0.0.1", "203.0.113.9", "127.0.0.1"),
    (["10.0.0.0/8"], "10.9.9.9", "203.0.113.9, 10.1.1.1", "203.0.113.9"),
    (["10.0.0.1"], "10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
    (["10.0.0.1"], "10.0.0.1", "", "10.0.0.1"),
    (["10.0.0.1"], "", "203.0.113.9", ""),
]


@pytest.mark.parametrize(("proxies", "peer", "forwarded", "seen"), PEERS)
def test_a_forwarded_address_counts_from_named_proxies_alone(proxies: list[str], peer: str, forwarded: str, seen: str) -> None:
    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
    TrustedProxies(lambda _environ, _start: [], proxies)(environ, lambda *_: None)
    assert environ["REMOTE_ADDR"] == seen


@pytest.mark.parametrize(("peer", "scheme"), [("10.0.0.1", "https"), ("10.0.0.2", "http")])
def test_a_forwarded_scheme_counts_from_named_proxies_alone(peer: str, scheme: str) -> None:
    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_PROTO": "https", "wsgi.url_scheme": "http"}
    TrustedProxies(lambda _environ, _start: [], ["10.0.0.1"])(environ, lambda *_: None)
    assert environ["wsgi.url_scheme"] == scheme


def test_a_proxy_that_is_no_address_is_named() -> None:
    with pytest.raises(Invalid, match=r"GRIDSVC_TRUSTED_PROXIES names 'proxy\.local'"):
        TrustedProxies(lambda _environ, _start: [], ["proxy.local"])


# Installations whose public data is for signed-in readers


@pytest.fixture(scope="session")
def closed(make_app: Callable[..., Flask]) -> Flask:
    return make_app(public=False)


@pytest.mark.parametrize(
    "address", ["/api/v1/locate?lon=120&lat=30", "/api/v1/jurisdictions", "/api/v1/openapi.json", "/tiles/units/1/0/0.mvt"]
)
def test_a_closed_installation_answers_no_stranger(closed: Flask, client: FlaskClient, address: str) -> None:
    assert closed.test_client().get(address).status_code == 401


def test_a_closed_installation_sends_a_stranger_to_the_door(closed: Flask, client: FlaskClient) -> None:
    assert closed.test_client().get("/?x=1").headers["Location"] == "/sign-in?next=/%3Fx%3D1"


@pytest.mark.parametrize("address", ["/sign-in", "/healthz", "/readyz", "/static/css/base.css"])
def test_a_closed_installation_shows_its_door(closed: Flask, client: FlaskClient, address: str) -> None:
    assert closed.test_client().get(address, buffered=True).status_code == 200


# Errors


@pytest.fixture(scope="session")
def failing(make_app: Callable[..., Flask]) -> Flask:
    """A service with addresses that fail."""
    service = make_app()

    def fail() -> None:
        raise ZeroDivisionError("the secret inside")

    def refuse(kind: str) -> None:
        raise {"invalid": Invalid, "not-allowed": NotAllowed, "conflict": Conflict, "too-large": TooLarge}[kind]("Sign in first.")

    def wait() -> None:
        raise OperationalError("INSERT", {}, psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"))

    service.add_url_rule("/api/wait", "wait", wait)
    for prefix in ("", "/api"):
        service.add_url_rule(f"{prefix}/fail", f"{prefix}fail", fail)
        service.add_url_rule(f"{prefix}/refuse/<kind>", f"{prefix}refuse", refuse)
    return service


@pytest.mark.parametrize(("kind", "status"), [("invalid", 422), ("not-allowed", 403), ("conflict", 409), ("too-large", 413)])
def test_an_error_has_its_status_for_people_and_programs(failing: Flask, client: FlaskClient, kind: str, status: int) -> None:
    visitor = failing.test_client()
    assert (visitor.get(f"/refuse/{kind}").status_code, visitor.get(f"/api/refuse/{kind}").status_code) == (status, status)


@pytest.mark.parametrize("address", ["/fail", "/api/fail"])
def test_what_nobody_foresaw_is_shown_as_a_reference(failing: Flask, client: FlaskClient, address: str) -> None:
    answer = failing.test_client().get(address, headers={"X-Request-ID": "reference-1"})
    assert (answer.status_code, "reference-1" in answer.text, "secret" in answer.text) == (500, True, False)


def test_who_waited_for_somebody_else_is_told_so(failing: Flask, client: FlaskClient) -> None:
    answer = failing.test_client().get("/api/wait")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "正在写入同一数据" in answer.json["detail"]


def test_what_nobody_foresaw_is_logged_with_its_trace(failing: Flask, client: FlaskClient) -> None:
    with capture_logs() as lines:
        failing.test_client().get("/fail", headers={"X-Request-ID": "reference-1"})
    assert [(line["id"], type(line["exc_info"])) for line in lines if line["event"] == "unforeseen"] == [("reference-1", ZeroDivisionError)]


@pytest.mark.parametrize(
    ("wish", "title"),
    [("", "未找到"), ("en", "Not found"), ("zh-CN,zh;q=0.9", "未找到"), ("fr", "未找到"), ("en-GB,en;q=0.8", "Not found")],
)
def test_a_program_is_answered_in_the_language_it_accepts(client: FlaskClient, wish: str, title: str) -> None:
    assert client.get("/api/v1/nothing", headers={"Accept-Language": wish}).json["title"] == title


def test_a_page_is_chinese_whatever_the_browser_accepts(client: FlaskClient) -> None:
    assert "未找到" in client.get("/nothing", headers={"Accept-Language": "en"}).text


def test_a_language_that_was_asked_for_is_remembered(client: FlaskClient) -> None:
    client.get("/sign-in?lang=en")
    assert "Not found" in client.get("/nothing").text


def test_an_address_with_markup_is_shown_as_text(client: FlaskClient) -> None:
    assert "<script>alert" not in client.get("/nothing?<script>alert(1)</script>").text


# Health


def test_the_service_says_that_it_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"


def test_the_service_says_whether_it_can_serve(client: FlaskClient) -> None:
    assert client.get("/readyz").json == {"database": True, "ground": True}


def test_without_a_database_the_service_lives_but_is_not_ready(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    visitor = make_app(database_url=f"postgresql://gridsvc_app@/gridsvc?host={tmp_path}").test_client()
    assert (visitor.get("/healthz").status_code, visitor.get("/readyz").status_code) == (200, 503)


def test_requests_are_counted_by_route_and_status(client: FlaskClient) -> None:
    client.get("/api/v1/units/00000000-0000-0000-0000-000000000000")
    assert 'route="/api/v1/units/<uuid:unit_id>",status="404"' in client.get("/metrics").text


def test_addresses_that_do_not_exist_make_no_series(client: FlaskClient) -> None:
    client.get("/made-up-address")
    assert "made-up" not in client.get("/metrics").text


# Compression


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("", None), ("br", None), ("gzip;q=0", None)])
@pytest.mark.parametrize("address", ["/api/v1/openapi.json", FILE, "/sign-in"])
def test_long_answers_are_compressed_for_those_who_take_it(client: FlaskClient, address: str, accepted: str, encoding: str | None) -> None:
    answer = client.get(address, headers={"Accept-Encoding": accepted}, buffered=True)
    assert (answer.headers.get("Content-Encoding"), "Accept-Encoding" in answer.headers["Vary"]) == (encoding, True)


def test_short_answers_are_left_alone(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers
