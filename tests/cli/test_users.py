"""Accounts and roles from the command line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.cli import users
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound
from gridsvc.operations import sign_ins
from tests.ground import lay
from tests.people import settle

Run = Callable[..., Result]


@pytest.fixture
def run(session: Session, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in the test's own transaction."""
    monkeypatch.setenv("GRIDSVC_LANGUAGE", "en")

    @contextmanager
    def as_operator(_settings: object) -> Iterator[tuple[Session, Actor]]:
        set_actor(session, operator)
        yield session, operator

    monkeypatch.setattr(users, "as_operator", as_operator)
    return lambda *words, typed="\n": CliRunner().invoke(users.command, words, input=typed, catch_exceptions=False)


def roles(run: Run, name: str) -> str:
    return next(line.split("\t")[1] for line in run("list").output.splitlines() if line.startswith(name + "\t"))


def lets_in(session: Session, name: str, password: str) -> bool:
    set_actor(session, NOBODY)
    return sign_ins.sign_in(session, sign_ins.SignIn(name, password, "")) is not None


def test_an_account_comes_with_a_password_shown_once(session: Session, run: Run) -> None:
    shown = run("add", "wang").output.rpartition("Password, shown this once: ")[2].strip()
    assert lets_in(session, "wang", shown)


def test_a_typed_password_is_not_shown(session: Session, run: Run) -> None:
    assert "Sichuan-88" not in run("add", "wang", typed="Sichuan-88\n").output
    assert lets_in(session, "wang", "Sichuan-88")


def test_a_weak_password_is_refused(run: Run) -> None:
    with pytest.raises(Invalid, match="8 characters"):
        run("add", "wang", typed="short\n")


def test_an_account_may_be_without_a_way_in(session: Session, run: Run) -> None:
    run("add", "wang", "--no-password")
    assert not lets_in(session, "wang", "")


def test_a_second_account_of_a_name_is_refused(run: Run) -> None:
    run("add", "wang")
    with pytest.raises(Exception, match="uq_account_name"):
        run("add", "wang")


def test_a_role_comes_and_goes_at_its_place(session: Session, run: Run) -> None:
    ground = lay(session)
    run("add", "wang", "--role", "grid_leader", "--at", "here")
    before = roles(run, "wang")
    run("revoke", "wang", "grid_leader", "--at", "here")
    assert (before, roles(run, "wang")) == (f"grid_leader @ {ground.jurisdiction}", "-")


def test_a_role_is_given_at_a_unit_by_its_code(session: Session, run: Run) -> None:
    ground = lay(session)
    code = session.scalar(text("SELECT code FROM unit_version WHERE path = CAST(:p AS ltree)"), {"p": ground.east})
    run("add", "wang")
    run("grant", "wang", "grid_worker", "--at", f"here/{code}")
    assert roles(run, "wang") == f"grid_worker @ {ground.east}"


@pytest.mark.parametrize("place", ["atlantis", "here/no-such-code"])
def test_a_role_is_not_given_nowhere(session: Session, run: Run, place: str) -> None:
    lay(session)
    run("add", "wang")
    with pytest.raises(NotFound):
        run("grant", "wang", "grid_worker", "--at", place)


def test_an_administrator_gets_no_second_role(run: Run) -> None:
    run("add", "wang", "--role", "planner")
    with pytest.raises(Conflict, match="audit_admin, planner"):
        run("grant", "wang", "audit_admin")


def test_the_operators_role_is_not_offered(run: Run) -> None:
    run("add", "wang")
    assert run("grant", "wang", "operator").exit_code == 2


def test_a_disabled_account_is_marked(session: Session, run: Run) -> None:
    run("add", "wang", typed="Sichuan-88\n")
    run("disable", "wang")
    assert "(disabled)" in run("list").output
    assert not lets_in(session, "wang", "Sichuan-88")


def test_a_new_password_replaces_the_old_one(session: Session, run: Run) -> None:
    run("add", "wang", typed="Sichuan-88\n")
    run("password", "wang", typed="Guizhou-99\n")
    assert (lets_in(session, "wang", "Sichuan-88"), lets_in(session, "wang", "Guizhou-99")) == (False, True)


@pytest.mark.parametrize(
    "words", [("grant", "nobody", "planner"), ("revoke", "nobody", "planner"), ("disable", "nobody"), ("password", "nobody")]
)
def test_an_unknown_account_is_named(run: Run, words: tuple[str, ...]) -> None:
    with pytest.raises(NotFound, match="'nobody'"):
        run(*words)


def test_what_is_done_is_in_the_trail(session: Session, run: Run) -> None:
    run("add", "wang", "--role", "planner")
    run("revoke", "wang", "planner")
    run("disable", "wang")
    found = session.scalars(text("SELECT action FROM audit WHERE action LIKE 'accounts.%' ORDER BY id")).all()
    assert found == ["accounts.add", "accounts.grant", "accounts.revoke", "accounts.disable"]


def test_the_terms_are_listed_and_chosen(run: Run) -> None:
    assert "password_days\t90\tGB/T 22239-2019" in run("terms").output
    assert "password_days\t60\t" in run("terms", "password_days", "60").output


@pytest.mark.parametrize(("key", "value", "error"), [("password_days", "0", Invalid), ("nonsense", "3", NotFound)])
def test_a_term_that_cannot_be_is_refused(run: Run, key: str, value: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run("terms", key, value)


def test_an_account_is_linked_and_unlinked(session: Session, run: Run) -> None:
    run("add", "wang")
    run("link", "wang", "sub-7193")
    assert session.scalar(text("SELECT subject FROM account WHERE name = 'wang'")) == "sub-7193"
    run("link", "wang")
    assert session.scalar(text("SELECT subject FROM account WHERE name = 'wang'")) is None


def test_an_account_is_linked_with_a_person_whose_posts_give_it_rights(session: Session, run: Run) -> None:
    run("add", "wang")
    leaf = settle(session, lay(session))["east"]
    held = """
    INSERT INTO appointment (jurisdiction_id, person_id, post, building_id, role, deputy, valid)
    SELECT jurisdiction_id, person_id, 'volunteer', building_id, 'grid_worker', false, valid FROM appointment WHERE id = :id
    """
    session.execute(text(held), {"id": leaf.appointment})
    run("link-person", "wang", str(leaf.ids["person"]))
    assert [grant.role for grant in actor_named(session, "wang").grants] == ["grid_worker"]
    run("link-person", "wang")
    assert actor_named(session, "wang").grants == ()
    traced = "SELECT (detail->>'person')::bigint FROM audit WHERE action = 'accounts.link_person' ORDER BY id"
    assert session.scalars(text(traced)).all() == [leaf.person, None]


@pytest.mark.parametrize(("name", "error"), [("wang", NotFound), ("operator", NotAllowed)])
def test_a_stranger_and_the_own_account_are_not_linked(run: Run, name: str, error: type[Exception]) -> None:
    run("add", "wang")
    with pytest.raises(error):
        run("link-person", name, "00000000-0000-0000-0000-000000000000")


def test_a_device_is_reset(session: Session, run: Run) -> None:
    run("add", "wang")
    run("reset-device", "wang")
    assert session.scalar(text("SELECT count(*) FROM audit WHERE action = 'accounts.reset_second_factor'")) == 1
