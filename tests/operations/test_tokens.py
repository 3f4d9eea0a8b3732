"""Tokens for programs: what they open, on every surface and under row security."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.database.queries.accounts import actor_named, actor_of_api_token
from gridsvc.database.queries.own_account import tokens as own_tokens
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Action, Actor, Grant, Role, Token, may, may_anywhere
from gridsvc.errors import Invalid, NotAllowed, NotFound
from gridsvc.operations import accounts, tokens
from gridsvc.operations.sign_ins import token_digest
from gridsvc.operations.tokens import NewToken
from tests.ground import Ground, lay, paths_in_sight

Ask = Callable[..., TestResponse]


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.fixture
def clerk(session: Session, ground: Ground, operator: Actor) -> Actor:
    """Somebody who reads and brings in at the top of the ground; the session's actor."""
    accounts.add_account(session, operator, "clerk")
    accounts.grant_role(session, operator, accounts.GrantRole("clerk", Role.DATA_CLERK, ground.top))
    found = actor_named(session, "clerk")
    set_actor(session, found)
    return found


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    return lambda address, token, **more: client.open(address, headers={"Authorization": f"Bearer {token}"}, **more)


def by(session: Session, token: str) -> Actor:
    """Become the program that shows a token."""
    found = actor_of_api_token(session.connection(), token_digest(token))
    set_actor(session, found)
    return found


def test_a_token_opens_what_it_is_for(session: Session, ground: Ground, clerk: Actor, ask: Ask) -> None:
    token = tokens.make(session, clerk, NewToken("figures", [Action.READ_FACILITIES], ground.top))
    assert ask("/api/v1/parking?jurisdiction=here", token).status_code == 200
    assert len(ask("/api/v1/parking?jurisdiction=here", token).json["items"]) == 2


@pytest.mark.parametrize(
    ("action", "told"), [(Action.READ_PEOPLE, {"top": (200, 1), "east": (200, 0)}), (Action.READ_FACILITIES, {"top": (403, 0)})]
)
def test_a_program_is_told_of_the_own_area_what_its_token_is_for(
    session: Session, ground: Ground, clerk: Actor, ask: Ask, action: Action, told: dict[str, tuple[int, int]]
) -> None:
    for leaf, expected in told.items():
        set_actor(session, clerk)
        answer = ask("/api/v1/me/area", tokens.make(session, clerk, NewToken(leaf, [action], getattr(ground, leaf))))
        assert (answer.status_code, len(answer.json.get("leads", ()))) == expected


def test_a_token_opens_nothing_else(session: Session, ground: Ground, clerk: Actor) -> None:
    program = by(session, tokens.make(session, clerk, NewToken("figures", [Action.READ_FACILITIES], ground.top)))
    assert may(program, Action.READ_FACILITIES, ground.east)
    assert not may(program, Action.READ_HOUSEHOLDS, ground.east)
    assert not may_anywhere(program, Action.IMPORT)
    assert paths_in_sight(session) == set()


@pytest.mark.parametrize("place", ["top", "east"])
def test_row_security_knows_the_place_of_a_token(session: Session, ground: Ground, clerk: Actor, place: str) -> None:
    by(session, tokens.make(session, clerk, NewToken("counts", [Action.READ_HOUSEHOLDS], getattr(ground, place))))
    seen = {path.rpartition(".")[0] for path in paths_in_sight(session)}
    assert seen == ({ground.east, ground.west} if place == "top" else {ground.east})


@pytest.mark.parametrize(("at", "open_"), [("", False), ("j1", False), ("j1.a", True), ("j1.a.b", True), ("j1.b", False), ("j2", False)])
def test_a_grant_and_a_token_meet_where_both_reach(at: str, open_: bool) -> None:
    token = Token(1, frozenset({"households.read"}), "j1.a")
    assert may(Actor(1, "x", (Grant(Role.INSPECTOR, "j1"),), token=token), Action.READ_HOUSEHOLDS, at) is open_


@pytest.mark.parametrize(("held", "open_"), [("", True), ("j1", True), ("j1.a.b", True), ("j1.b", False)])
def test_a_token_may_do_somewhere_what_its_grants_reach(held: str, open_: bool) -> None:
    token = Token(1, frozenset({"households.read"}), "j1.a")
    assert may_anywhere(Actor(1, "x", (Grant(Role.INSPECTOR, held),), token=token), Action.READ_HOUSEHOLDS) is open_


def test_a_right_that_ends_ends_for_the_token_too(session: Session, ground: Ground, clerk: Actor, operator: Actor, ask: Ask) -> None:
    token = tokens.make(session, clerk, NewToken("figures", [Action.READ_FACILITIES], ground.top))
    set_actor(session, operator)
    accounts.revoke_role(session, operator, accounts.GrantRole("clerk", Role.DATA_CLERK, ground.top))
    assert ask("/api/v1/parking?jurisdiction=here", token).status_code == 403
    by(session, token)
    assert session.scalar(text("SELECT scopes('facilities.read')")) == "{}"


@pytest.mark.parametrize("end", ["revoked", "run out", "disabled", "made up"])
def test_a_token_that_is_no_longer_good_is_refused(session: Session, clerk: Actor, operator: Actor, ask: Ask, end: str) -> None:
    token = tokens.make(session, clerk, NewToken("figures", [Action.READ_FACILITIES], clerk.grants[0].path, days=1))
    if end == "revoked":
        tokens.revoke(session, clerk, own_tokens(session, clerk)[0].public_id)
    elif end == "disabled":
        set_actor(session, operator)
        accounts.disable_account(session, operator, "clerk")
    elif end == "run out":
        row = """
        INSERT INTO api_token (account_id, name, token_digest, actions, path, expires_at)
        VALUES (:id, 'old', sha256('gridsvc_old'), '{facilities.read}', '', now())
        """
        session.execute(text(row), {"id": clerk.account_id})
        token = "gridsvc_old"
    else:
        token = "gridsvc_" + "x" * 43
    answer = ask("/api/v1/jobs?lang=en", token)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "token" in answer.json["detail"]


def test_a_program_changes_things_without_the_token_of_a_form(session: Session, ground: Ground, clerk: Actor, ask: Ask) -> None:
    token = tokens.make(session, clerk, NewToken("plans", [Action.READ_PLANS], ground.top))
    answer = ask("/api/v1/plans/00000000-0000-0000-0000-000000000000/discard", token, method="POST")
    assert answer.status_code in (403, 404, 428)


def test_pages_know_no_tokens(session: Session, ground: Ground, clerk: Actor, ask: Ask) -> None:
    token = tokens.make(session, clerk, NewToken("figures", [Action.READ_FACILITIES], ground.top))
    assert ask("/account", token).status_code == 302


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (NewToken("", [Action.IMPORT]), "needs a name"),
        (NewToken("x", []), "at least one"),
        (NewToken("x", [Action.READ_AUDIT]), "audit.read"),
        (NewToken("x", [Action.READ_HOUSEHOLDS], "j99"), "households.read"),
        (NewToken("x", [Action.READ_HOUSEHOLDS], days=366), "1 to 365"),
        (NewToken("x", [Action.READ_HOUSEHOLDS], days=0), "1 to 365"),
    ],
)
def test_a_token_that_cannot_be_is_refused(session: Session, clerk: Actor, wanted: NewToken, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        tokens.make(session, clerk, wanted)


def test_a_program_makes_no_tokens_and_sees_none(session: Session, ground: Ground, clerk: Actor) -> None:
    program = by(session, tokens.make(session, clerk, NewToken("figures", [Action.READ_FACILITIES], ground.top)))
    with pytest.raises(NotAllowed):
        tokens.make(session, program, NewToken("another", [Action.READ_FACILITIES], ground.top))
    assert own_tokens(session, program) == []
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(
            text(
                "INSERT INTO api_token (account_id, name, token_digest, actions, path, expires_at) VALUES (:id, 'x', 'x', '{}', '', now())"
            ),
            {"id": clerk.account_id},
        )


def test_nobody_revokes_anothers_token(session: Session, ground: Ground, clerk: Actor, operator: Actor) -> None:
    tokens.make(session, clerk, NewToken("figures", [Action.READ_FACILITIES], ground.top))
    token_id = own_tokens(session, clerk)[0].public_id
    set_actor(session, operator)
    with pytest.raises(NotFound):
        tokens.revoke(session, operator, token_id)


def test_a_token_is_stored_as_its_digest_alone(session: Session, ground: Ground, clerk: Actor) -> None:
    tokens.make(session, clerk, NewToken("figures", [Action.READ_FACILITIES], ground.top))
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT token_digest FROM api_token"))
