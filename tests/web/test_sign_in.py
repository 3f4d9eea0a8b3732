"""The door: who comes in, who does not, and how long one stays."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.api import reader
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor
from gridsvc.operations import accounts, passwords, sign_ins

PASSWORD = "Sichuan-88"


@pytest.fixture(autouse=True)
def wang(session: Session, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account; hashing is quick here, its strength is argon2's affair."""
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()
    accounts.add_account(session, operator, "wang", PASSWORD, handed_out=False)


def form_token(client: FlaskClient, address: str = "/sign-in") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found
    return found[1]


def enter(client: FlaskClient, name: str = "wang", password: str = PASSWORD, onward: str = "/", **more: object) -> TestResponse:
    form = {"csrf_token": form_token(client), "name": name, "password": password, "next": onward}
    return client.post("/sign-in", data=form, **more)


def is_in(client: FlaskClient) -> bool:
    """Ask a page whether it knows who asks."""
    return "wang" in client.get("/sign-in").text


def test_the_right_password_lets_in(client: FlaskClient) -> None:
    assert enter(client).status_code == 303
    assert is_in(client)


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    cookies = [line for line in enter(client).headers.getlist("Set-Cookie") if line.startswith("gridsvc_sign_in=")]
    assert "HttpOnly" in cookies[0]
    assert "SameSite=Lax" in cookies[0]


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_cookie_is_for_https_alone_where_https_is_spoken(client: FlaskClient, scheme: str, secure: bool) -> None:
    client.get("/sign-in", base_url=f"{scheme}://localhost")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in", base_url=f"{scheme}://localhost").text)
    assert token
    form = {"csrf_token": token[1], "name": "wang", "password": PASSWORD}
    answer = client.post("/sign-in", data=form, base_url=f"{scheme}://localhost", headers={"Referer": f"{scheme}://localhost/sign-in"})
    assert [("Secure" in line) for line in answer.headers.getlist("Set-Cookie") if "gridsvc_sign_in=" in line] == [secure]


@pytest.mark.parametrize(
    ("name", "password"), [("wang", "Sichuan-89"), ("nobody", PASSWORD), ("operator", PASSWORD), ("wang", ""), ("", "")]
)
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client: FlaskClient, name: str, password: str) -> None:
    answer = enter(client, name, password)
    assert answer.status_code == 401
    assert "账号或密码不正确。" in answer.text


def test_an_unknown_name_costs_a_check_of_a_password_too(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    monkeypatch.setattr(
        passwords, "HASHER", SimpleNamespace(hash=passwords.HASHER.hash, verify=lambda hashed, _: bool(checked.append(hashed)))
    )
    enter(client, "nobody")
    assert checked[0].startswith("$argon2id$")


def test_a_disabled_account_stays_outside(client: FlaskClient, session: Session, operator: Actor) -> None:
    accounts.disable_account(session, operator, "wang")
    assert enter(client).status_code == 401


def test_disabling_an_account_ends_its_sign_ins(client: FlaskClient, session: Session, operator: Actor) -> None:
    enter(client)
    set_actor(session, operator)
    accounts.disable_account(session, operator, "wang")
    assert not is_in(client)


def test_a_new_password_ends_the_sign_ins(client: FlaskClient, session: Session, operator: Actor) -> None:
    enter(client)
    set_actor(session, operator)
    passwords.set_password(session, operator, "wang", "Another-99")
    assert not is_in(client)


def test_signing_out_ends_the_sign_in_on_the_server(client: FlaskClient) -> None:
    enter(client)
    cookie = client.get_cookie("gridsvc_sign_in")
    assert cookie
    client.post("/sign-out", data={"csrf_token": form_token(client)})
    client.set_cookie("gridsvc_sign_in", cookie.value)
    assert not is_in(client)


def test_a_sign_in_ends_when_unused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(client)
    monkeypatch.setattr(reader, "IDLE", timedelta(0))
    assert not is_in(client)


def test_a_sign_in_ends_at_its_longest(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "LONGEST", timedelta(0))
    enter(client)
    assert not is_in(client)


def test_a_cookie_that_was_made_up_is_nobodys(client: FlaskClient) -> None:
    client.set_cookie("gridsvc_sign_in", "x" * 43)
    assert not is_in(client)


def test_after_five_refusals_the_right_password_waits_too(client: FlaskClient) -> None:
    for _ in range(sign_ins.REFUSALS_BY_NAME):
        enter(client, password="Wrong-12345")
    answer = enter(client)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1800")


def test_refusals_of_one_name_do_not_shut_out_another(client: FlaskClient) -> None:
    for _ in range(sign_ins.REFUSALS_BY_NAME):
        enter(client, name="nobody")
    assert enter(client).status_code == 303


def test_many_refusals_from_one_address_shut_it_out(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "REFUSALS_BY_ADDRESS", 3)
    for name in ("a", "b", "c"):
        enter(client, name=name)
    assert enter(client).status_code == 429


def test_coming_in_forgets_earlier_refusals(client: FlaskClient) -> None:
    for _ in range(sign_ins.REFUSALS_BY_NAME - 1):
        enter(client, password="Wrong-12345")
    enter(client)
    enter(client, password="Wrong-12345")
    assert enter(client).status_code == 303


@pytest.mark.parametrize("address", ["/sign-in", "/sign-out"])
def test_a_form_without_its_token_is_refused(client: FlaskClient, address: str) -> None:
    assert client.post(address, data={"name": "wang", "password": PASSWORD}).status_code == 400


def test_the_form_token_of_before_is_no_longer_good_after_coming_in(client: FlaskClient) -> None:
    before = form_token(client)
    client.post("/sign-in", data={"csrf_token": before, "name": "wang", "password": PASSWORD})
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/\n/evil", ""])
def test_one_is_never_sent_elsewhere_afterwards(client: FlaskClient, elsewhere: str) -> None:
    assert enter(client, onward=elsewhere).headers["Location"] == "/"


def test_one_goes_on_to_the_page_that_was_asked_for(client: FlaskClient) -> None:
    assert enter(client, onward="/map/here?unit=1").headers["Location"] == "/map/here?unit=1"


def test_a_name_that_is_markup_is_shown_as_text(client: FlaskClient) -> None:
    assert "<img" not in enter(client, name="<img src=x onerror=alert(1)>").text.replace('<img src="/static', "")


def test_coming_in_and_refusals_are_in_the_trail(client: FlaskClient, session: Session, operator: Actor) -> None:
    enter(client, password="Wrong-12345")
    enter(client)
    set_actor(session, operator)
    found = session.scalars(text("SELECT action FROM audit WHERE action LIKE 'sign_in%' ORDER BY id")).all()
    assert found == ["sign_in.refused", "sign_in"]


def test_the_trail_holds_neither_names_tried_nor_passwords(client: FlaskClient, session: Session, operator: Actor) -> None:
    enter(client, name="My-Pa55word", password="Wrong-12345")
    set_actor(session, operator)
    kept = session.scalar(text("SELECT detail::text FROM audit WHERE action = 'sign_in.refused'"))
    assert "My-Pa55word" not in kept
    assert "Wrong-12345" not in kept


def test_who_is_signed_in_is_found_in_one_round_trip(client: FlaskClient, statements: list[str]) -> None:
    enter(client)
    statements.clear()
    client.get("/api/v1/jobs")
    assert sum("actor_of" in statement for statement in statements) == 1


def test_a_database_that_was_started_anew_signs_nobody_out(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(client)
    living = client.application.extensions["autocommit"]
    answers = iter([OperationalError("", None, Exception("the connection is dead")), living.connect()])

    def connect() -> object:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setitem(client.application.extensions, "autocommit", SimpleNamespace(connect=connect))
    assert is_in(client)
