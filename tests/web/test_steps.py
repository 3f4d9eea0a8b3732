"""What signing in asks for beside name and password."""

import hashlib
import re
import time
from datetime import timedelta

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor, Role
from gridsvc.errors import NotAllowed
from gridsvc.operations import accounts, passwords, second_factor, sign_ins

FIRST, OWN = "Sichuan-88", "Guizhou-99"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()


@pytest.fixture
def handed_out(session: Session, operator: Actor) -> None:
    """An account with a first password that somebody handed out."""
    accounts.add_account(session, operator, "wang", FIRST)


@pytest.fixture
def auditor(session: Session, operator: Actor) -> None:
    """An administrator with a password of the own and no device yet."""
    accounts.add_account(session, operator, "wang", OWN, handed_out=False)
    accounts.grant_role(session, operator, accounts.GrantRole("wang", Role.AUDIT_ADMIN))


def post(client: FlaskClient, address: str, shown_at: str | None = None, **form: str) -> TestResponse:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(shown_at or address).text)
    assert found
    return client.post(address, data={"csrf_token": found[1], **form})


def enter(client: FlaskClient, password: str = OWN, onward: str = "/figures/x") -> TestResponse:
    return post(client, "/sign-in", name="wang", password=password, next=onward)


def is_in(client: FlaskClient) -> bool:
    return "icon-log-out" in client.get("/sign-in").text


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("gridsvc_sign_in")
    assert cookie
    return cookie.value


def secret_on(page: str) -> str:
    found = re.search(r'class="secret">(\w+)<', page)
    assert found
    return found[1]


def code_of(secret: str, steps_ahead: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps_ahead)


def with_device(client: FlaskClient) -> tuple[str, list[str]]:
    """Sign in for the first time; return the secret of the device, and the recovery codes."""
    enter(client)
    secret = secret_on(client.get("/sign-in/step").text)
    page = post(client, "/sign-in/step", code=code_of(secret, -1)).text
    return secret, re.findall(r"<code>([0-9a-f-]+)</code>", page)


# A password of one's own


@pytest.mark.usefixtures("handed_out")
def test_a_password_that_was_handed_out_opens_nothing_but_its_change(client: FlaskClient) -> None:
    assert enter(client, FIRST).headers["Location"] == "/sign-in/step?next=/figures/x"
    assert not is_in(client)
    assert client.get("/api/v1/jobs").status_code == 401


@pytest.mark.usefixtures("handed_out")
def test_after_its_change_one_goes_on_with_another_token(client: FlaskClient) -> None:
    enter(client, FIRST)
    before = token_of(client)
    answer = post(client, "/sign-in/step", password=OWN, again=OWN, next="/figures/x")
    assert (answer.headers["Location"], is_in(client), token_of(client) != before) == ("/figures/x", True, True)
    client.set_cookie("gridsvc_sign_in", before)
    assert not is_in(client)


@pytest.mark.usefixtures("handed_out")
@pytest.mark.parametrize(
    ("password", "again", "said"), [(OWN, "Guizhou-98", "不一致"), (FIRST, FIRST, "以前用过"), ("short", "short", "不少于 8 个字符")]
)
def test_a_password_that_will_not_do_is_refused_with_a_reason(client: FlaskClient, password: str, again: str, said: str) -> None:
    enter(client, FIRST)
    answer = post(client, "/sign-in/step", password=password, again=again)
    assert (answer.status_code, said in answer.text, is_in(client)) == (422, True, False)


def test_a_password_that_has_grown_old_has_to_be_changed(client: FlaskClient, session: Session, operator: Actor, owner: Session) -> None:
    accounts.add_account(session, operator, "wang", OWN, handed_out=False)
    session.execute(text("UPDATE account SET password_set_at = now() - interval '91 days' WHERE name = 'wang'"))
    assert "/sign-in/step" in enter(client).headers["Location"]


def test_how_old_a_password_may_grow_is_data(client: FlaskClient, session: Session, operator: Actor) -> None:
    accounts.add_account(session, operator, "wang", OWN, handed_out=False)
    session.execute(text("UPDATE account SET password_set_at = now() - interval '91 days' WHERE name = 'wang'"))
    session.execute(text("UPDATE security_term SET value = 120 WHERE key = 'password_days'"))
    assert enter(client).headers["Location"] == "/figures/x"


def test_none_of_the_last_five_passwords_is_taken_again(session: Session, operator: Actor) -> None:
    taken = [f"Sichuan-8{number}" for number in range(6)]
    accounts.add_account(session, operator, "wang", taken[0])
    for password in taken[1:]:
        passwords.set_password(session, operator, "wang", password)
    with pytest.raises(Exception, match="used before"):
        passwords.set_password(session, operator, "wang", taken[1])
    passwords.set_password(session, operator, "wang", taken[0])


def test_without_a_sign_in_there_is_no_step(client: FlaskClient) -> None:
    assert client.get("/sign-in/step?next=/x").headers["Location"] == "/sign-in?next=/x"


def test_one_who_waits_may_leave(client: FlaskClient, handed_out: None) -> None:
    enter(client, FIRST)
    post(client, "/sign-out", "/sign-in/step")
    assert client.get("/sign-in/step").status_code == 303


@pytest.mark.usefixtures("handed_out")
def test_one_who_waits_too_long_begins_anew(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(client, FIRST)
    monkeypatch.setattr(sign_ins, "IDLE", timedelta(0))
    assert client.get("/sign-in/step").status_code == 303


# The second factor


@pytest.mark.usefixtures("auditor")
def test_an_administrator_binds_a_device_before_anything_else(client: FlaskClient) -> None:
    assert "/sign-in/step" in enter(client).headers["Location"]
    page = client.get("/sign-in/step").text
    assert not is_in(client)
    assert 'src="data:image/svg+xml' in page
    assert client.get("/sign-in/step").text.count(secret_on(page)) == 1, "the secret stays the same until it is confirmed"


@pytest.mark.usefixtures("auditor")
def test_the_first_code_binds_it_and_recovery_codes_are_shown_once(client: FlaskClient) -> None:
    _secret, codes = with_device(client)
    assert (len(set(codes)), is_in(client)) == (second_factor.RECOVERY_CODES, True)


@pytest.mark.usefixtures("auditor")
def test_a_wrong_first_code_binds_nothing(client: FlaskClient) -> None:
    enter(client)
    secret = secret_on(client.get("/sign-in/step").text)
    wrong = str((int(code_of(secret)) + 500_000) % 1_000_000).zfill(6)
    assert (post(client, "/sign-in/step", code=wrong).status_code, is_in(client)) == (401, False)


@pytest.fixture
def bound(client: FlaskClient, auditor: None) -> tuple[str, list[str]]:
    """Bind a device, sign out; give its secret and the recovery codes."""
    found = with_device(client)
    post(client, "/sign-out", "/sign-in")
    return found


def test_from_then_on_each_sign_in_asks_for_a_code(client: FlaskClient, bound: tuple[str, list[str]]) -> None:
    enter(client)
    assert not is_in(client)
    post(client, "/sign-in/step", code=code_of(bound[0], 1))
    assert is_in(client)


@pytest.mark.parametrize(("onward", "landing"), [("/", "/system"), ("/?", "/system"), ("/map/x?", "/system"), ("/figures/x", "/figures/x")])
def test_an_administrator_lands_on_the_own_page_in_place_of_a_map(
    client: FlaskClient, bound: tuple[str, list[str]], onward: str, landing: str
) -> None:
    enter(client, onward=onward)
    answer = post(client, "/sign-in/step", code=code_of(bound[0], 1), next=onward)
    assert answer.headers["Location"] == landing


def test_a_code_is_taken_once(client: FlaskClient, bound: tuple[str, list[str]]) -> None:
    enter(client)
    assert post(client, "/sign-in/step", code=code_of(bound[0], -1)).status_code == 401


def test_a_recovery_code_lets_in_once(client: FlaskClient, bound: tuple[str, list[str]]) -> None:
    seen = []
    for _ in range(2):
        enter(client)
        post(client, "/sign-in/step", code=bound[1][0].upper())
        seen.append(is_in(client))
        post(client, "/sign-out", "/sign-in" if seen[-1] else "/sign-in/step")
    assert seen == [True, False]


def test_guessing_codes_shuts_the_account_for_a_while(client: FlaskClient, bound: tuple[str, list[str]]) -> None:
    enter(client)
    wrong = [post(client, "/sign-in/step", code="000000").status_code for _ in range(sign_ins.REFUSALS_BY_NAME)]
    assert (wrong, post(client, "/sign-in/step", code=code_of(bound[0], 1)).status_code) == ([401] * 5, 429)


def test_signing_in_anew_does_not_make_wrong_codes_forgotten(client: FlaskClient, bound: tuple[str, list[str]]) -> None:
    for _ in range(sign_ins.REFUSALS_BY_NAME):
        enter(client)
        post(client, "/sign-in/step", code="000000")
    assert enter(client).status_code == 429


def test_a_lost_device_is_reset_by_who_manages_accounts(
    client: FlaskClient, session: Session, operator: Actor, bound: tuple[str, list[str]]
) -> None:
    set_actor(session, operator)
    second_factor.reset(session, operator, "wang")
    enter(client)
    assert secret_on(client.get("/sign-in/step").text) != bound[0]


def test_nobody_resets_the_own_device(client: FlaskClient, session: Session, bound: tuple[str, list[str]]) -> None:
    wang = Actor(session.scalar(text("SELECT id FROM account WHERE name = 'wang'")), "wang")
    set_actor(session, wang)
    with pytest.raises(NotAllowed):
        second_factor.reset(session, wang, "wang")
    session.execute(text("SELECT reset_second_factor(:id)"), {"id": wang.account_id})
    assert session.execute(text("SELECT totp_used FROM own_second_factor()")).scalar() is not None


def test_the_secret_is_kept_sealed_and_the_codes_as_digests(session: Session, client: FlaskClient, bound: tuple[str, list[str]]) -> None:
    wang = Actor(session.scalar(text("SELECT id FROM account WHERE name = 'wang'")), "wang")
    set_actor(session, wang)
    sealed = bytes(session.execute(text("SELECT totp_sealed FROM own_second_factor()")).scalar() or b"")
    assert bound[0].encode() not in sealed
    plain = bound[1][0].replace("-", "")
    assert session.scalar(text("SELECT take_recovery_code(:d)"), {"d": hashlib.sha256(plain.encode()).digest()})


def test_who_becomes_an_administrator_signs_in_anew(client: FlaskClient, session: Session, operator: Actor) -> None:
    accounts.add_account(session, operator, "wang", OWN, handed_out=False)
    enter(client)
    assert is_in(client)
    set_actor(session, operator)
    accounts.grant_role(session, operator, accounts.GrantRole("wang", Role.SYSTEM_ADMIN))
    assert not is_in(client)
