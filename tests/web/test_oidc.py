"""Signing in through an OpenID Connect issuer that the test itself serves."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor, Role
from gridsvc.operations import accounts

SUBJECT = "sub-7193"


class Issuer:
    """An issuer for one client; a test may change what its next identity token says."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.claims: dict[str, Any] = {}
        self.server = HTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> dict[str, Any]:
        if path.startswith("/.well-known"):
            own = {name: f"{self.url}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return {"issuer": self.url, "id_token_signing_alg_values_supported": ["RS256"], **own}
        if path == "/jwks_uri":
            return {"keys": [self.key.as_dict(private=False)]}
        return {"access_token": "x", "token_type": "Bearer", "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, self.claims, self.key)}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(issuer.answer(self.path)).encode()
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815  # http.server's name

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the same
                pass

        return Handler


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def linked(make_app: Callable[..., Flask], issuer: Issuer) -> Flask:
    return make_app(oidc_issuer=issuer.url, oidc_client_id="grid", oidc_client_secret="not a secret here")


@pytest.fixture
def visitor(linked: Flask, client: FlaskClient, session: Session, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser, and an account that is linked with SUBJECT."""
    monkeypatch.setitem(linked.extensions, "autocommit", client.application.extensions["autocommit"])
    accounts.add_account(session, operator, "wang", "Sichuan-88")
    accounts.link_subject(session, operator, "wang", SUBJECT)
    return linked.test_client()


def come_back(visitor: FlaskClient, issuer: Issuer, state: str | None = None, **said: Any) -> TestResponse:
    """Go to the issuer, who says what is named of somebody, and come back."""
    asked = parse_qs(urlsplit(visitor.get("/sign-in/oidc?next=/figures/x").headers["Location"]).query)
    now = int(time.time())
    known = {"iss": issuer.url, "aud": "grid", "sub": SUBJECT, "iat": now, "exp": now + 60, "nonce": asked["nonce"][0]}
    issuer.claims = known | said
    return visitor.get(f"/sign-in/oidc/back?code=c&state={state or asked['state'][0]}")


def is_in(visitor: FlaskClient) -> bool:
    return "icon-log-out" in visitor.get("/sign-in").text


def test_the_door_offers_it_where_an_issuer_is_set(visitor: FlaskClient, client: FlaskClient) -> None:
    assert ("/sign-in/oidc" in visitor.get("/sign-in").text, "/sign-in/oidc" in client.get("/sign-in").text) == (True, False)
    assert client.get("/sign-in/oidc").status_code == 404


def test_the_browser_is_sent_with_state_nonce_and_challenge(visitor: FlaskClient, issuer: Issuer) -> None:
    address = urlsplit(visitor.get("/sign-in/oidc").headers["Location"])
    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}" == issuer.url
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked["redirect_uri"] == ["http://localhost/sign-in/oidc/back"]


def test_a_linked_account_comes_in_and_goes_on(visitor: FlaskClient, issuer: Issuer) -> None:
    """Its first password is nobody's affair here."""
    assert come_back(visitor, issuer).headers["Location"] == "/figures/x"
    assert is_in(visitor)


def test_who_is_linked_with_no_account_is_told_and_gets_none(visitor: FlaskClient, issuer: Issuer) -> None:
    answer = come_back(visitor, issuer, sub="somebody else")
    assert (answer.status_code, "没有与您关联的账号" in answer.text, is_in(visitor)) == (401, True, False)


def test_a_shut_account_stays_outside(visitor: FlaskClient, issuer: Issuer, session: Session, operator: Actor) -> None:
    set_actor(session, operator)
    accounts.disable_account(session, operator, "wang")
    assert come_back(visitor, issuer).status_code == 401


@pytest.mark.parametrize("said", [{"nonce": "another"}, {"aud": "another"}, {"iss": "http://evil.example"}, {"exp": 1}])
def test_an_identity_that_does_not_fit_is_refused(visitor: FlaskClient, issuer: Issuer, said: dict[str, Any]) -> None:
    answer = come_back(visitor, issuer, **said)
    assert (answer.status_code, "未成功" in answer.text, is_in(visitor)) == (401, True, False)


def test_an_answer_that_was_not_asked_for_is_refused(visitor: FlaskClient, issuer: Issuer) -> None:
    assert come_back(visitor, issuer, state="made-up").status_code == 401


def test_an_identity_signed_by_somebody_else_is_refused(visitor: FlaskClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    come_back(visitor, issuer, sub="x")
    monkeypatch.setattr(issuer, "key", RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"}))
    assert come_back(visitor, issuer).status_code == 401


def test_an_administrator_needs_the_own_device_all_the_same(
    visitor: FlaskClient, issuer: Issuer, session: Session, operator: Actor
) -> None:
    set_actor(session, operator)
    accounts.grant_role(session, operator, accounts.GrantRole("wang", Role.AUDIT_ADMIN))
    assert come_back(visitor, issuer).headers["Location"].startswith("/sign-in/step")
    assert not is_in(visitor)


def test_an_issuer_that_does_not_answer_is_told(make_app: Callable[..., Flask], client: FlaskClient) -> None:
    alone = make_app(oidc_issuer="http://127.0.0.1:9", oidc_client_id="grid")
    answer = alone.test_client().get("/sign-in/oidc")
    assert (answer.status_code, "未成功" in answer.text) == (401, True)
    alone.extensions["autocommit"].dispose()
