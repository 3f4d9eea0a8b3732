"""Access, deletion and an end: what is known is answered, what has ended long ago is deleted, both in the trail."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.accounts import actor_named, actor_of_api_token, actor_of_token
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Action, Actor, Grant, Role
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound
from gridsvc.operations import accounts
from gridsvc.operations.corrections import Proposed, decide, propose
from gridsvc.operations.personal_data import answer, retain, take_leave
from gridsvc.operations.reveal import reveal
from gridsvc.operations.sign_ins import IDLE, SignIn, sign_in, token_digest
from gridsvc.operations.tokens import NewToken, make
from tests.ground import EAST_NUMBER, Ground, lay, somebody
from tests.people import EAST_PHONE, WEST_PHONE, Lived, settle

PASSWORD = "Sichuan-88"
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.fixture
def leaves(session: Session, ground: Ground) -> dict[str, Lived]:
    return settle(session, ground)


def test_everything_held_is_answered_with_who_looked(session: Session, operator: Actor, leaves: dict[str, Lived]) -> None:
    person = leaves["east"].ids["person"]
    reveal(session, operator, person, "phone", "no answer at the door")
    held = answer(session, operator, person, "asked in person")
    assert (held["person"][0]["name"], held["person"][0]["phone"]) == ("亓大山", EAST_PHONE)
    assert [len(held[part]) for part in ("membership", "posts", "households")] == [1, 1, 1]
    assert held["looked_at"][0]["reason"] == "no answer at the door"
    assert WEST_PHONE not in json.dumps(held, ensure_ascii=False)
    assert session.scalar(text("SELECT detail->>'reason' FROM audit WHERE action = 'people.answer'")) == "asked in person"


def test_a_corrected_phone_is_answered_in_full(session: Session, operator: Actor, leaves: dict[str, Lived]) -> None:
    person = leaves["east"].ids["person"]
    propose(session, operator, Proposed("person", person, {"phone": "0532-55550001"}, "a new one"))
    held = answer(session, operator, person, "asked in person")
    assert [each["changes"] for each in held["corrections"]] == [{"phone": "0532-55550001"}]
    assert [(home["room"], home["use"]) for home in held["home"]] == [(EAST_NUMBER, "own")]


def clerk(session: Session, role: str, path: str) -> Actor:
    actor = Actor(somebody(session, role, role, path), role, (Grant(Role(role), path),))
    set_actor(session, actor)
    return actor


def test_a_stranger_is_not_answered_about(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    with pytest.raises(NotFound):
        answer(session, clerk(session, "data_clerk", ground.west), leaves["east"].ids["person"], "curious")


def test_who_may_not_reveal_answers_nothing(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    with pytest.raises(NotAllowed):
        answer(session, clerk(session, "grid_worker", ground.east), leaves["east"].ids["person"], "curious")


def test_an_answer_and_an_end_need_a_reason(session: Session, operator: Actor, leaves: dict[str, Lived]) -> None:
    for act in (answer, take_leave):
        with pytest.raises(Invalid):
            act(session, operator, leaves["east"].ids["person"], " ")


def test_nobody_leaves_who_holds_a_post_that_others_give(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    given = """
    INSERT INTO appointment (jurisdiction_id, person_id, post, building_id, deputy, valid)
    SELECT jurisdiction_id, :person, 'secretary', id, false, tstzrange('2026-01-01', NULL) FROM building WHERE id = :building
    """
    session.execute(text(given), {"person": leaves["east"].person, "building": ground.east_building})
    with pytest.raises(Conflict):
        take_leave(session, clerk(session, "data_clerk", ground.east), leaves["east"].ids["person"], "moved away")


@pytest.fixture
def lives(session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived]) -> tuple[str, str]:
    """Give the person in the east an account with rights by a post; return its sign-in and its token for a program."""
    held = """
    INSERT INTO appointment (jurisdiction_id, person_id, post, role, building_id, deputy, valid)
    SELECT jurisdiction_id, :person, 'volunteer', 'grid_worker', :building, false, tstzrange('2026-01-01', NULL)
    FROM person WHERE id = :person
    """
    session.execute(text(held), {"person": leaves["east"].person, "building": ground.east_building})
    accounts.add_account(session, operator, "lives", PASSWORD, handed_out=False)
    accounts.link_person(session, operator, "lives", leaves["east"].ids["person"])
    opened = enter(session)
    actor = actor_named(session, "lives")
    token = make(session, actor, NewToken("figures", [Action.READ_HOUSEHOLDS], actor.grants[0].path))
    set_actor(session, operator)
    assert known(session, opened, token) == ["lives", "lives"]
    return opened or "", token


def enter(session: Session) -> str | None:
    return sign_in(session, SignIn("lives", PASSWORD, "127.0.0.1"))


def known(session: Session, opened: str | None, token: str) -> list[str]:
    """Return who is behind what is still good of a sign-in and a token."""
    connection = session.connection()
    found = (actor_of_token(connection, token_digest(opened or ""), IDLE), actor_of_api_token(connection, token_digest(token)))
    return [each.name for each in found if each != NOBODY]


def test_whoever_leaves_comes_in_no_more(session: Session, operator: Actor, leaves: dict[str, Lived], lives: tuple[str, str]) -> None:
    take_leave(session, operator, leaves["east"].ids["person"], "moved away")
    shut = "SELECT detail->>'person' FROM audit WHERE action = 'accounts.disable'"
    assert session.scalars(text(shut)).all() == [str(leaves["east"].person)]
    assert known(session, *lives) == []
    assert enter(session) is None


def test_what_was_open_stays_shut_when_the_account_is_opened_again(
    session: Session, operator: Actor, leaves: dict[str, Lived], lives: tuple[str, str]
) -> None:
    take_leave(session, operator, leaves["east"].ids["person"], "moved away")
    accounts.enable_account(session, operator, "lives")
    assert known(session, *lives) == []


def test_a_clerk_shuts_the_account_of_whoever_leaves(
    session: Session, ground: Ground, leaves: dict[str, Lived], lives: tuple[str, str]
) -> None:
    take_leave(session, clerk(session, "data_clerk", ground.jurisdiction), leaves["east"].ids["person"], "moved away")
    assert enter(session) is None


def test_a_clerk_shuts_no_account_with_a_granted_role(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived], lives: tuple[str, str]
) -> None:
    accounts.grant_role(session, operator, accounts.GrantRole("lives", Role.INSPECTOR, ground.top))
    with pytest.raises(Conflict, match="granted"):
        take_leave(session, clerk(session, "data_clerk", ground.jurisdiction), leaves["east"].ids["person"], "moved away")
    assert known(session, *lives) == ["lives", "lives"]


def test_a_shut_account_keeps_nobody(session: Session, operator: Actor, leaves: dict[str, Lived], lives: tuple[str, str]) -> None:
    take_leave(session, operator, leaves["east"].ids["person"], "moved away")
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    place = session.scalars(text("SELECT jurisdiction_id FROM person LIMIT 1")).one()
    assert retain(session, operator, place, LATER)[0] == 1
    assert session.scalar(text("SELECT person_id FROM account WHERE name = 'lives'")) is None


def count(session: Session, person: int) -> dict[str, int]:
    parts = ("person_version", "member", "appointment", "contract")
    return {part: session.scalar(text(f"SELECT count(*) FROM {part} WHERE person_id = :id"), {"id": person}) or 0 for part in parts}


def test_who_has_left_is_deleted_after_the_time_and_not_before(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived]
) -> None:
    place, person = int(ground.jurisdiction[1:], 36), leaves["east"].person
    take_leave(session, operator, leaves["east"].ids["person"], "moved away")
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert retain(session, operator, place, datetime(2026, 1, 1, tzinfo=UTC)) == (0, 0)
    assert set(count(session, person).values()) == {1}
    assert retain(session, operator, place, LATER) == (1, 4)
    assert set(count(session, person).values()) == {0}
    assert set(count(session, leaves["west"].person).values()) == {1}
    assert session.scalar(text("SELECT count(*) FROM audit WHERE action = 'people.retain'")) == 2


def test_what_was_proposed_and_corrected_keeps_nobody(session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived]) -> None:
    place, east = int(ground.jurisdiction[1:], 36), leaves["east"]
    correction = propose(session, operator, Proposed("person", east.ids["person"], {"phone": "0532-55550001"}, "a new one"))
    decide(session, operator, correction, accept=False, answer="it is the old one")
    asked = {"account": operator.account_id, "path": ground.top, "person": east.person, "household": east.household}
    proposal = session.scalars(text(PROPOSAL), asked).one()
    session.execute(text(PAIR), asked | {"proposal": proposal})
    take_leave(session, operator, east.ids["person"], "moved away")
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert retain(session, operator, place, LATER)[0] == 1
    for kept in ("contract_proposed", "correction WHERE noun = 'person'"):
        assert session.scalar(text(f"SELECT count(*) FROM {kept}")) == 0


PROPOSAL = """
INSERT INTO contract_proposal (account_id, path, low, high, summary, state)
VALUES (:account, cast(:path AS ltree), 1, 9, '{}', 'committed') RETURNING id
"""
PAIR = "INSERT INTO contract_proposed (proposal_id, household_id, person_id, distance_m) VALUES (:proposal, :household, :person, 0)"


def test_what_holds_is_never_deleted(session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived]) -> None:
    assert retain(session, operator, int(ground.jurisdiction[1:], 36), LATER) == (0, 0)


@pytest.mark.parametrize("role", ["grid_leader", "street_office", "party_office", "system_admin"])
def test_nobody_else_deletes(session: Session, ground: Ground, leaves: dict[str, Lived], role: str) -> None:
    with pytest.raises(NotAllowed):
        retain(session, clerk(session, role, ground.jurisdiction), int(ground.jurisdiction[1:], 36), LATER)
