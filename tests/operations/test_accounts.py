"""Who may give which role where: the first lock of the operations on accounts."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries import accounts as queries
from gridsvc.database.queries.audit import trail
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor, Grant, Role
from gridsvc.errors import Invalid, NotAllowed, NotSignedIn
from gridsvc.operations import accounts, passwords, sign_ins
from gridsvc.operations.audit import record
from tests.ground import somebody


def officer(session: Session, role: str, path: str) -> Actor:
    actor = Actor(somebody(session, f"{role} {path}", role, path), "officer", (Grant(Role(role), path),))
    set_actor(session, actor)
    return actor


def test_a_security_administrator_gives_roles_inside_the_own_place(session: Session, operator: Actor) -> None:
    accounts.add_account(session, operator, "wang")
    administrator = officer(session, "security_admin", "j1")
    with pytest.raises(NotAllowed):
        accounts.grant_role(session, administrator, accounts.GrantRole("wang", Role.PLANNER, "j2"))
    accounts.grant_role(session, administrator, accounts.GrantRole("wang", Role.PLANNER, "j1.a"))
    assert queries.actor_named(session, "wang").grants == (Grant(Role.PLANNER, "j1.a"),)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPERATOR, Role.SECURITY_ADMIN}))
def test_no_other_role_gives_roles_or_adds_accounts(session: Session, role: Role) -> None:
    actor = officer(session, role.value, "")
    with pytest.raises(NotAllowed):
        accounts.add_account(session, actor, "wang")
    with pytest.raises(NotAllowed):
        accounts.grant_role(session, actor, accounts.GrantRole("operator", Role.PLANNER))


def test_nobody_adds_accounts(session: Session) -> None:
    with pytest.raises(NotSignedIn):
        accounts.add_account(session, NOBODY, "wang")


def test_the_operators_role_is_given_to_nobody(session: Session, operator: Actor) -> None:
    accounts.add_account(session, operator, "wang")
    with pytest.raises(Invalid):
        accounts.grant_role(session, operator, accounts.GrantRole("wang", Role.OPERATOR))


@pytest.mark.parametrize("name", ["", " ", " wang", "wang "])
def test_a_name_that_cannot_be_seen_is_refused(session: Session, operator: Actor, name: str) -> None:
    with pytest.raises(Invalid):
        accounts.add_account(session, operator, name)


def test_everybody_changes_the_own_password(session: Session, operator: Actor) -> None:
    accounts.add_account(session, operator, "wang", "Sichuan-88", handed_out=False)
    wang = queries.actor_named(session, "wang")
    set_actor(session, wang)
    passwords.set_password(session, wang, "wang", "Guizhou-99")
    assert sign_ins.sign_in(session, sign_ins.SignIn("wang", "Guizhou-99", "")) is not None


def test_the_trail_is_for_auditors(session: Session, operator: Actor) -> None:
    record(session, operator, "something", "j1.a", count=3)
    auditor = officer(session, "audit_admin", "j1")
    assert [(row.action, row.account, row.detail) for row in trail(session, auditor)] == [("something", "operator", {"count": 3})]
    with pytest.raises(NotAllowed):
        trail(session, officer(session, "planner", "j1"))


def test_the_trail_is_read_page_by_page(session: Session, operator: Actor) -> None:
    for count in range(3):
        record(session, operator, "something", "", count=count)
    first = trail(session, operator, limit=2)
    assert [row.detail["count"] for row in [*first, *trail(session, operator, before=first[-1].id, limit=1)]] == [2, 1, 0]


def test_two_made_passwords_differ_and_fit_the_rules(session: Session, operator: Actor) -> None:
    one, other = passwords.random_password(), passwords.random_password()
    accounts.add_account(session, operator, "wang", one)
    assert one != other


def test_a_made_password_never_has_the_name_in_it(session: Session, operator: Actor) -> None:
    made = [passwords.random_password("a") for _ in range(50)]
    assert not any("a" in password.lower() for password in made)
    accounts.add_account(session, operator, "a", made[0])


def test_what_has_run_out_is_forgotten_when_somebody_comes_in(session: Session, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.add_account(session, operator, "wang", "Sichuan-88", handed_out=False)
    token = sign_ins.sign_in(session, sign_ins.SignIn("wang", "Sichuan-88", ""))
    assert token is not None
    assert session.execute(
        text("SELECT 1 FROM actor_of_token(:d, :idle)"), {"d": sign_ins.token_digest(token), "idle": sign_ins.IDLE}
    ).all()
