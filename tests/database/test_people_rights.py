"""The second lock on people: what the functions answer, for every role; what a list never holds."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from geodata.samples import SCHEMES, scheme_text
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.domain.posts import posts_of
from gridsvc.domain.schemes import parse_scheme
from tests.domain.test_permissions import ALLOWED, EXPECTED
from tests.ground import Ground, lay, somebody
from tests.people import EAST_SURNAME, WEST_SURNAME, Lived, settle

ROLES = sorted(set(EXPECTED) - {"operator"})
TIERS = '[{"post": "street_leader", "levels": [2], "at_buildings": false, "needed": 1}]'


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.fixture
def leaves(session: Session, ground: Ground) -> dict[str, Lived]:
    return settle(session, ground)


def speak_as(session: Session, account_id: int) -> None:
    set_actor(session, Actor(account_id, "somebody"))


ASKED = {
    "people_in": ("people.read", "SELECT id FROM people_in(CAST(:top AS ltree), NULL, NULL, NULL, 9, 0)"),
    "people_in, by name": (
        "people.read",
        "SELECT f.id FROM unnest(CAST(:names AS text[])) AS part, people_in(CAST(:top AS ltree), part, NULL, NULL, 9, 0) f",
    ),
    "private_values": ("people.reveal", "SELECT v.id FROM unnest(CAST(:people AS uuid[])) AS p, private_values(p) AS v"),
    "people_sums": ("households.read", "SELECT path::text FROM people_sums(ARRAY[CAST(:east AS ltree), CAST(:west AS ltree)])"),
    "post_sums": (
        "households.read",
        "SELECT path::text FROM post_sums(ARRAY[CAST(:east AS ltree), CAST(:west AS ltree)], CAST(:tiers AS jsonb))",
    ),
    "vacant_place": (
        "households.read",
        """SELECT w::text FROM unnest(ARRAY[CAST(:east AS ltree), CAST(:west AS ltree)]) AS w
        WHERE vacant_place(w, CAST(:tiers AS jsonb)) IS NOT NULL""",
    ),
    "groups_due": (
        "households.read",
        "SELECT w::text FROM unnest(ARRAY[CAST(:east AS ltree), CAST(:west AS ltree)]) AS w, groups_due(w, '{}', 1, 1)",
    ),
    "branch_sizes": (
        "households.read",
        "SELECT w::text FROM unnest(ARRAY[CAST(:east AS ltree), CAST(:west AS ltree)]) AS w, branch_sizes(w)",
    ),
    "members_without_home": (
        "contracts.assign",
        "SELECT w::text FROM unnest(ARRAY[CAST(:east AS ltree), CAST(:west AS ltree)]) w, members_without_home(w) n WHERE n IS NOT NULL",
    ),
    "post_overloads": (
        "households.read",
        """SELECT w::text FROM unnest(ARRAY[CAST(:east AS ltree), CAST(:west AS ltree)]) AS w,
        post_overloads(w, '[{"post": "building_head", "most": 0}]') AS o WHERE o.crowded > 0""",
    ),
}
"""Every question about people that a function answers as the owner, and the right that it needs."""


def answered(session: Session, ground: Ground, leaves: dict[str, Lived], question: str) -> set[str]:
    given: dict[str, Any] = {"top": ground.top, "east": ground.east, "west": ground.west, "tiers": TIERS}
    given["names"] = [EAST_SURNAME, WEST_SURNAME]
    given["people"] = [leaf.ids["person"] for leaf in leaves.values()]
    names = {leaf.person: name for name, leaf in leaves.items()} | {ground.east: "east", ground.west: "west"}
    return {names[answer] for answer in session.scalars(text(ASKED[question][1]), given)}


@pytest.mark.parametrize("role", ROLES)
def test_functions_answer_inside_the_grant_alone(session: Session, ground: Ground, leaves: dict[str, Lived], role: str) -> None:
    speak_as(session, somebody(session, "somebody", role, ground.east))
    inside = {question: {"east"} if role in ALLOWED[right] else set() for question, (right, _) in ASKED.items()}
    assert {question: answered(session, ground, leaves, question) for question in ASKED} == inside


def test_nobody_is_answered_nothing(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    set_actor(session, NOBODY)
    assert not any(answered(session, ground, leaves, question) for question in ASKED)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_of_its_own_building_what_it_reads_of_its_own_unit(
    session: Session, ground: Ground, leaves: dict[str, Lived], role: str
) -> None:
    path = session.scalar(text("SELECT building_path(:id)::text"), {"id": ground.east_building})
    speak_as(session, somebody(session, "somebody", role, path))
    assert answered(session, ground, leaves, "people_in") == ({"east"} if role in ALLOWED["people.read"] else set())


def test_who_serves_here_and_lives_elsewhere_is_seen_here_alone(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    served = """
    INSERT INTO appointment (jurisdiction_id, person_id, post, building_id, deputy, valid)
    SELECT jurisdiction_id, :person, 'volunteer', :building, false, tstzrange('2026-01-01', NULL) FROM person WHERE id = :person
    """
    session.execute(text(served), {"person": leaves["west"].person, "building": ground.east_building})
    speak_as(session, somebody(session, "leader", "grid_leader", ground.east))
    assert answered(session, ground, leaves, "people_in") == {"east", "west"}
    west = "SELECT count(*) FROM people_in(CAST(:west AS ltree), NULL, NULL, NULL, 9, 0)"
    assert session.scalar(text(west), {"west": ground.west}) == 0
    posts = "SELECT posts FROM people_in(CAST(:east AS ltree), NULL, NULL, NULL, 9, 0) WHERE id = :person"
    assert session.scalar(text(posts), {"east": ground.east, "person": leaves["west"].person}) == ["volunteer"]


@pytest.mark.parametrize("question", ["people_sums", "post_sums"])
def test_the_owners_helpers_are_not_called_by_the_serving_roles_for_others(owner: Session, question: str) -> None:
    rights = "SELECT has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc WHERE proname = :name"
    assert owner.scalars(text(rights), {"name": question}).all() == [False]


GIVEN = {
    "street_leader": ("grid_leader", {"street_office"}),
    "building_head": ("grid_worker", {"data_clerk", "street_office"}),
    "volunteer": (None, {"data_clerk", "street_office"}),
    "station_staff": ("station_staff", {"data_clerk", "street_office"}),
    "full_time_worker": ("grid_worker", {"street_office"}),
    "property_manager": ("property_staff", {"street_office"}),
    "secretary": ("grid_leader", {"party_office"}),
    "group_head": (None, {"party_office"}),
}
"""Who gives which post, by the rules written out by hand: the street leaders, the community heads, the party its own."""
GIVE = """
INSERT INTO appointment (jurisdiction_id, person_id, post, building_id, role, deputy, roster, valid)
SELECT jurisdiction_id, :person, :post, id, :role, false, 'urgent', tstzrange('2026-01-01', NULL) FROM building WHERE id = :building
"""


def gives(session: Session, post: str, role: str | None, building: int, person: int) -> bool:
    """Say whether the session's actor gives a post, and undo it."""
    try:
        with session.begin_nested() as undone:
            session.execute(text(GIVE), {"post": post, "role": role, "building": building, "person": person})
            undone.rollback()
    except ProgrammingError:
        return False
    return True


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gives_its_own_posts_inside_the_grant_alone(
    session: Session, ground: Ground, leaves: dict[str, Lived], role: str
) -> None:
    speak_as(session, somebody(session, "somebody", role, ground.east))
    east, west = ((building, leaves[leaf].person) for leaf, building in (("east", ground.east_building), ("west", ground.west_building)))
    assert {post for post, (carried, _) in GIVEN.items() if gives(session, post, carried, *east)} == {
        post for post, (_, givers) in GIVEN.items() if role in givers
    }
    assert not any(gives(session, post, carried, *west) for post, (carried, _) in GIVEN.items())


@pytest.mark.parametrize(
    ("post", "carried"), [("volunteer", "grid_leader"), ("volunteer", "security_admin"), ("building_head", "operator")]
)
def test_nobody_gives_a_post_a_right_that_is_not_theirs_to_give(
    session: Session, ground: Ground, leaves: dict[str, Lived], post: str, carried: str
) -> None:
    speak_as(session, somebody(session, "somebody", "data_clerk", ground.east))
    assert not gives(session, post, carried, ground.east_building, leaves["east"].person)


def test_a_post_is_ended_by_who_gives_it(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    session.execute(text(GIVE), {"post": "secretary", "role": None, "building": ground.east_building, "person": leaves["east"].person})
    speak_as(session, somebody(session, "somebody", "data_clerk", ground.east))
    ended = "UPDATE appointment SET valid = tstzrange(lower(valid), now()) WHERE person_id = :id RETURNING post"
    assert session.scalars(text(ended), {"id": leaves["east"].person}).all() == ["building_head"]


@pytest.mark.parametrize("key", SCHEMES)
def test_the_database_knows_who_gives_each_post_of_a_scheme(session: Session, key: str) -> None:
    posts = posts_of(parse_scheme(scheme_text(key), name=key))
    asked = text("SELECT action_of_post(:post, :role)")
    assert {post: session.scalar(asked, {"post": post, "role": each.role}) for post, each in posts.items()} == {
        post: each.action.value for post, each in posts.items()
    }
