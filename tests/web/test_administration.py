"""系统: what each of the three administrators sees and does, and nobody else."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.database import backup
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor, Role
from gridsvc.operations import accounts, passwords
from gridsvc.operations.audit import record
from gridsvc.settings import Settings
from tests.conftest import ROOT
from tests.ground import Ground, lay, let_in, somebody
from tests.people import settle
from tests.web.test_steps import post
from web.pages import trail

PAGES = {
    "/system/state": "system_admin",
    "/system/accounts": "security_admin",
    "/system/audit": "audit_admin",
    "/system/audit.csv": "audit_admin",
}


@pytest.fixture
def ground(session: Session, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return lay(session)


def as_(client: FlaskClient, session: Session, role: str, path: str = "") -> FlaskClient:
    let_in(session, client, somebody(session, f"the {role}", role, path))
    return client


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPERATOR}))
def test_each_page_opens_to_its_administrator_alone(client: FlaskClient, session: Session, ground: Ground, address: str, role: str) -> None:
    assert as_(client, session, role).get(address).status_code == (200 if PAGES[address] == role else 403)


def test_a_page_that_is_closed_names_the_right_in_words(client: FlaskClient, session: Session, ground: Ground) -> None:
    page = as_(client, session, "planner").get("/system/audit").text
    assert "查看审计记录" in page
    assert "audit.read" not in page


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_sent_to_the_door(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(("role", "where"), [("system_admin", "state"), ("security_admin", "accounts"), ("audit_admin", "audit")])
def test_the_door_leads_each_to_the_own_page(client: FlaskClient, session: Session, role: str, where: str) -> None:
    assert as_(client, session, role).get("/system").headers["Location"] == f"/system/{where}"


# The service


def test_the_state_names_what_is_looked_at(client: FlaskClient, session: Session, ground: Ground) -> None:
    page = as_(client, session, "system_admin").get("/system/state").text
    assert all(word in page for word in ("PostgreSQL 1", "与当前版本一致", "等待 0 个", "可用", "没有备份记录"))


def test_the_last_backup_is_known(client: FlaskClient, session: Session, app: Flask, tmp_path: Path) -> None:
    settings: Settings = app.config["SETTINGS"]
    (tmp_path / "tuesday.zip").write_bytes(b"x" * 2_000_000)
    backup.remember(settings.data_dir, tmp_path / "tuesday.zip")
    assert "tuesday.zip,2.0 MB" in as_(client, session, "system_admin").get("/system/state").text
    (settings.data_dir / "run" / backup.NOTE).unlink()


def test_the_state_is_kept_from_others_by_the_database(session: Session) -> None:
    for role in ("security_admin", "audit_admin", "data_clerk"):
        set_actor(session, Actor(somebody(session, role, role), role))
        assert session.execute(text("SELECT * FROM system_state()")).all() == []


# Accounts


@pytest.fixture
def officer(client: FlaskClient, session: Session, ground: Ground) -> FlaskClient:
    return as_(client, session, "security_admin")


def add(officer: FlaskClient, name: str = "wang") -> str:
    """Add an account; return the address of its page."""
    page = post(officer, "/system/accounts", name=name).text
    found = re.search(r'href="(/system/accounts/[0-9a-f-]+)"', page)
    assert found
    return found[1]


def change(officer: FlaskClient, address: str, kind: str, **form: str) -> TestResponse:
    return post(officer, address, change=kind, **form)


def test_an_account_is_added_with_a_first_password_shown_once(officer: FlaskClient, session: Session, app: Flask) -> None:
    page = post(officer, "/system/accounts", name="wang")
    found = re.search(r"<code>([^<]+)</code>", page.text)
    assert found
    visitor = app.test_client()
    answer = post(visitor, "/sign-in", name="wang", password=found[1])
    assert answer.headers["Location"].startswith("/sign-in/step")
    assert found[1] not in officer.get("/system/accounts").text


@pytest.mark.parametrize("name", ["", "the security_admin"])
def test_an_account_that_cannot_be_is_refused(officer: FlaskClient, name: str) -> None:
    answer = post(officer, "/system/accounts", name=name)
    assert (answer.status_code in (409, 422), 'role="alert"' in answer.text) == (True, True)


def test_accounts_are_found_by_a_part_of_their_name(officer: FlaskClient) -> None:
    add(officer, "wang wei")
    add(officer, "li na")
    page = officer.get("/system/accounts?q=wei").text
    assert ("wang wei" in page, "li na" in page) == (True, False)


def test_accounts_are_listed_page_by_page(officer: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.users.PAGE", 2)
    add(officer, "a1"), add(officer, "a2"), add(officer, "a3")
    first = officer.get("/system/accounts?q=a").text
    onward = re.search(r'href="(/system/accounts\?q=a&amp;after=a2)"', first)
    assert onward
    assert "a3" in officer.get(onward[1].replace("&amp;", "&")).text


def test_a_role_is_given_at_a_place_and_ended(officer: FlaskClient, session: Session, ground: Ground) -> None:
    address = add(officer)
    code = session.scalar(text("SELECT code FROM unit_version WHERE path = CAST(:p AS ltree)"), {"p": ground.east})
    change(officer, address, "grant", role="grid_leader", place="here", code=code)
    assert [grant.path for grant in actor_named(session, "wang").grants] == [ground.east]
    assert "网格长" in officer.get(address).text
    change(officer, address, "end", role="grid_leader", path=ground.east)
    assert actor_named(session, "wang").grants == ()


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"role": "", "place": ""}, 422),
        ({"role": "operator", "place": ""}, 422),
        ({"role": "planner", "place": "atlantis"}, 404),
        ({"role": "planner", "place": "here", "code": "nowhere"}, 404),
    ],
)
def test_a_role_that_cannot_be_given_is_refused(officer: FlaskClient, form: dict[str, str], status: int) -> None:
    answer = change(officer, add(officer), "grant", **form)
    assert (answer.status_code, 'role="alert"' in answer.text) == (status, True)


def test_an_administrators_role_beside_another_is_refused(officer: FlaskClient) -> None:
    address = add(officer)
    change(officer, address, "grant", role="planner", place="")
    assert change(officer, address, "grant", role="audit_admin", place="").status_code == 409


def test_the_database_refuses_an_administrators_second_role_too(session: Session, operator: Actor) -> None:
    accounts.add_account(session, operator, "wang")
    accounts.grant_role(session, operator, accounts.GrantRole("wang", Role.PLANNER))
    second = """
    INSERT INTO role_grant (account_id, role, path, valid)
    SELECT id, 'audit_admin', '', tstzrange(now(), NULL) FROM account WHERE name = 'wang'
    """
    with pytest.raises(Exception, match="stands alone"):
        session.execute(text(second))


def test_an_account_is_shut_and_opened_again(officer: FlaskClient) -> None:
    address = add(officer)
    change(officer, address, "shut")
    assert "重新启用" in officer.get(address).text
    change(officer, address, "open")
    assert "停用此账号" in officer.get(address).text


def test_a_password_is_handed_out_anew(officer: FlaskClient, app: Flask) -> None:
    found = re.search(r"<code>([^<]+)</code>", change(officer, add(officer), "password").text)
    assert found
    answer = post(app.test_client(), "/sign-in", name="wang", password=found[1])
    assert answer.headers["Location"].startswith("/sign-in/step")


def test_an_account_is_linked_with_what_the_issuer_calls_it(officer: FlaskClient, session: Session) -> None:
    address = add(officer)
    change(officer, address, "link", subject="sub-7193")
    assert "sub-7193" in officer.get(address).text
    assert session.scalar(text("SELECT name FROM account_of_subject('sub-7193')")) == "wang"


def test_an_account_is_linked_with_a_person_by_the_address_of_the_page(officer: FlaskClient, session: Session, ground: Ground) -> None:
    address = add(officer)
    assert change(officer, address, "person", person="wang").status_code == 422
    person = settle(session, ground)["east"].ids["person"]
    change(officer, address, "person", person=f"https://grid.example/people/{person}")
    assert "解除关联" in officer.get(address).text


def test_an_administrator_of_a_place_adds_no_accounts_and_gives_roles_there_alone(
    client: FlaskClient, session: Session, operator: Actor, ground: Ground
) -> None:
    accounts.add_account(session, operator, "wang")
    public_id = session.scalar(text("SELECT public_id FROM account WHERE name = 'wang'"))
    officer = as_(client, session, "security_admin", ground.jurisdiction)
    address = f"/system/accounts/{public_id}"
    assert "新增账号" not in officer.get("/system/accounts").text
    assert post(officer, address, change="grant", role="planner", place="here").status_code == 303
    assert post(officer, address, change="grant", role="planner", place="").status_code == 403


@pytest.mark.parametrize("account", ["00000000-0000-0000-0000-000000000000"])
def test_an_unknown_account_is_not_found(officer: FlaskClient, account: str) -> None:
    assert officer.get(f"/system/accounts/{account}").status_code == 404


# The trail


@pytest.fixture
def auditor(client: FlaskClient, session: Session, operator: Actor, ground: Ground) -> FlaskClient:
    record(session, operator, "plans.publish", ground.jurisdiction, moves=3)
    record(session, operator, "reports.freeze", ground.east, note="=1+1")
    return as_(client, session, "audit_admin")


def actions(page: str) -> list[str]:
    return re.findall(r"<code>([\w.]+)</code></td>", page)


def test_the_trail_is_shown_newest_first_with_names_of_places(auditor: FlaskClient) -> None:
    page = auditor.get("/system/audit").text
    assert actions(page)[:2] == ["reports.freeze", "plans.publish"]
    assert "moves 3" in page
    assert '<td data-label="范围">here</td>' in page


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("action=plans.", ["plans.publish"]),
        ("account=operator&action=reports", ["reports.freeze"]),
        ("account=nobody", []),
        ("place=here&action=plans", ["plans.publish"]),
        ("until=2020-01-01", []),
        ("since=2020-01-01&action=plans", ["plans.publish"]),
    ],
)
def test_the_trail_is_filtered(auditor: FlaskClient, asked: str, first: list[str]) -> None:
    assert actions(auditor.get(f"/system/audit?{asked}").text) == first


def test_a_day_is_included_to_its_end(auditor: FlaskClient) -> None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # for this one day

    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert actions(auditor.get(f"/system/audit?since={today}&until={today}&action=plans").text) == ["plans.publish"]


@pytest.mark.parametrize("asked", ["since=yesterday", "place=atlantis", "place=here&code=nowhere"])
def test_a_filter_that_cannot_be_is_told(auditor: FlaskClient, asked: str) -> None:
    assert 'role="alert"' in auditor.get(f"/system/audit?{asked}").text


def test_the_trail_is_turned_page_by_page(auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.trail.PAGE", 1)
    first = auditor.get("/system/audit?account=operator").text
    onward = re.search(r'href="(/system/audit\?before=\d+&amp;account=operator)"', first)
    assert onward
    assert actions(auditor.get(onward[1].replace("&amp;", "&")).text) == ["plans.publish"]


def test_carrying_the_trail_away_stands_in_the_trail(auditor: FlaskClient) -> None:
    answer = auditor.get("/system/audit.csv?action=reports")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert (len(lines), "reports.freeze" in lines[1], answer.headers["Cache-Control"]) == (2, True, "no-store")
    assert actions(auditor.get("/system/audit").text)[0] == "audit.export"


def test_no_cell_of_the_file_is_a_formula(auditor: FlaskClient, session: Session, operator: Actor) -> None:
    set_actor(session, operator)
    record(session, operator, "=cmd|' /C calc'!A0", "")
    assert ",'=cmd" in auditor.get("/system/audit.csv").text


def test_the_seals_are_checked_on_the_page(auditor: FlaskClient) -> None:
    assert "全部与封存时一致" in auditor.get("/system/audit?verify=1").text


def test_whatever_is_recorded_has_words() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "gridsvc").rglob("*.py"))
    named = set(re.findall(r"record\(\s*session,\s*\w+,\s*f?\"([^\"]+)\"", source))
    kept = {f"plan.{name}" for name in re.findall(r"note\(session, .*\"(\w+)\"\)", source)}
    assert len(named) > 30
    assert [name for name in sorted(named - {"plan.{done}"} | kept) if trail.done(name) is None] == []
