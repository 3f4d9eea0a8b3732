"""我的账号: what one sees and changes of the own account."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.domain.permissions import Actor, Role
from gridsvc.operations import accounts, passwords
from tests.web.test_steps import OWN, code_of, post, secret_on, token_of

NEW = "Yunnan-77"


@pytest.fixture(autouse=True)
def wang(session: Session, operator: Actor, monkeypatch: pytest.MonkeyPatch, client: FlaskClient) -> None:
    """A planner of everywhere, signed in."""
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()
    accounts.add_account(session, operator, "wang", OWN, handed_out=False)
    accounts.grant_role(session, operator, accounts.GrantRole("wang", Role.PLANNER))
    sign_in(client)


def sign_in(client: FlaskClient, password: str = OWN) -> TestResponse:
    return post(client, "/sign-in", name="wang", password=password)


def change(client: FlaskClient, kind: str, **form: str) -> TestResponse:
    return post(client, "/account", change=kind, **form)


def test_a_stranger_is_sent_to_the_door(client: FlaskClient) -> None:
    client.delete_cookie("gridsvc_sign_in")
    assert client.get("/account").headers["Location"] == "/sign-in?next=/account"


def test_it_shows_roles_and_this_browser(client: FlaskClient) -> None:
    page = client.get("/account", headers={"User-Agent": "Werkzeug"}).text
    assert "规划员" in page
    assert "本设备" in page


def test_pages_of_somebody_are_kept_in_no_cache(client: FlaskClient) -> None:
    assert client.get("/account").headers["Cache-Control"] == "no-store"


def test_other_devices_are_signed_out(client: FlaskClient) -> None:
    here, other = token_of(client), client.application.test_client()
    sign_in(other)
    assert "退出其他所有设备" in client.get("/account").text
    change(client, "end")
    assert (other.get("/account").status_code, client.get("/account").status_code) == (302, 200)
    assert token_of(client) == here


def test_one_other_device_is_signed_out(client: FlaskClient) -> None:
    others = [client.application.test_client() for _ in range(2)]
    for other in others:
        sign_in(other)
    first = re.findall(r'name="device" value="([^"]+)"', client.get("/account").text)[0]
    change(client, "end", device=first)
    assert sorted(other.get("/account").status_code for other in others) == [200, 302]


def test_a_new_password_renews_this_sign_in_and_ends_the_others(client: FlaskClient) -> None:
    other = client.application.test_client()
    sign_in(other)
    before = token_of(client)
    change(client, "password", old=OWN, password=NEW, again=NEW)
    assert (client.get("/account").status_code, other.get("/account").status_code) == (200, 302)
    client.set_cookie("gridsvc_sign_in", before)
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "status", "said"),
    [("Wrong-1234", NEW, 401, "当前密码不正确"), (OWN, OWN, 422, "以前用过"), (OWN, "short", 422, "8 个字符")],
)
def test_a_password_is_not_changed_without_reason(client: FlaskClient, old: str, new: str, status: int, said: str) -> None:
    answer = change(client, "password", old=old, password=new, again=new)
    assert (answer.status_code, said in answer.text) == (status, True)


def test_guessing_the_password_of_now_comes_to_an_end(client: FlaskClient) -> None:
    for _ in range(5):
        change(client, "password", old="Wrong-1234", password=NEW, again=NEW)
    assert change(client, "password", old=OWN, password=NEW, again=NEW).status_code == 429


def test_the_language_is_kept_with_the_account(client: FlaskClient) -> None:
    change(client, "language", language="en")
    other = client.application.test_client()
    sign_in(other)
    assert "My account" in other.get("/account").text


def test_a_device_is_bound_of_ones_own_will(client: FlaskClient) -> None:
    secret = secret_on(client.get("/account/device").text)
    assert len(re.findall(r"<code>[0-9a-f-]+</code>", post(client, "/account/device", code=code_of(secret)).text)) == 10
    assert "剩余恢复码 10 个" in client.get("/account").text
    codes = change(client, "codes", code=code_of(secret, 1))
    assert "只显示这一次" in codes.text


def test_recovery_codes_are_not_made_anew_without_a_code(client: FlaskClient) -> None:
    secret = secret_on(client.get("/account/device").text)
    post(client, "/account/device", code=code_of(secret))
    assert change(client, "codes", code="000000").status_code == 401


def test_a_token_is_made_shown_once_and_revoked(client: FlaskClient) -> None:
    page = change(client, "token", name="报表程序", days="30", path="", action="plans.read").text
    found = re.search(r"Bearer (gridsvc_[\w-]{43})", page)
    assert found
    listed = client.get("/account").text
    assert ("报表程序" in listed, found[1] in listed) == (True, False)
    shown = {"Authorization": f"Bearer {found[1]}"}
    program = client.application.test_client()
    assert program.get("/api/v1/jobs", headers=shown).status_code == 200
    token_id = re.findall(r'name="token" value="([^"]+)"', listed)[0]
    change(client, "revoke", token=token_id)
    assert program.get("/api/v1/jobs", headers=shown).status_code == 401


@pytest.mark.parametrize("form", [{"change": "nonsense"}, {"change": "revoke", "token": "x"}, {"change": "end", "device": "x"}])
def test_a_form_that_was_made_up_is_refused(client: FlaskClient, form: dict[str, str]) -> None:
    assert post(client, "/account", **form).status_code == 422
