"""The functions behind the own area answer inside the reader's scopes alone, for every role."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from tests.domain.test_permissions import ALLOWED, EXPECTED
from tests.ground import Ground, lay, somebody
from tests.people import EAST_SURNAME, settle

ROLES = sorted(set(EXPECTED) - {"operator"})


@pytest.fixture
def ground(session: Session) -> Ground:
    found = lay(session)
    settle(session, found)
    return found


def speak_as(session: Session, account_id: int) -> None:
    set_actor(session, Actor(account_id, "somebody"))


def named(session: Session, ground: Ground) -> set[str]:
    """Return the surnames of who holds the posts of both buildings, as far as they are told."""
    houses = [ground.ids["east_building"], ground.ids["west_building"]]
    rows = session.execute(text("SELECT name FROM posts_at('{}', :houses)"), {"houses": houses}).all()
    assert len(rows) == 2  # the posts themselves are public
    return {row.name[0] for row in rows if row.name}


@pytest.mark.parametrize("role", ROLES)
def test_posts_are_told_and_their_holders_named_inside_the_grant_alone(session: Session, ground: Ground, role: str) -> None:
    speak_as(session, somebody(session, "somebody", role, ground.east))
    assert named(session, ground) == ({EAST_SURNAME} if role in ALLOWED["people.read"] else set())


def test_nobody_is_told_who_holds_a_post(session: Session, ground: Ground) -> None:
    set_actor(session, NOBODY)
    assert named(session, ground) == set()


@pytest.mark.parametrize("role", ROLES)
def test_the_urgent_roster_is_counted_inside_the_grant_alone(session: Session, ground: Ground, role: str) -> None:
    session.execute(text(ON_URGENT), {"building": ground.east_building})
    speak_as(session, somebody(session, "somebody", role, ground.east))
    asked = text("SELECT posts FROM urgent_posts_at(cast(:path AS ltree))")
    counted = [session.scalar(asked, {"path": path}) for path in (ground.east, ground.top)]
    assert counted == [1 if role in ALLOWED["households.read"] else 0, 0]


ON_URGENT = """
INSERT INTO appointment (jurisdiction_id, person_id, post, building_id, deputy, roster, valid)
SELECT jurisdiction_id, person_id, 'part_time_worker', building_id, false, 'urgent', valid FROM appointment WHERE building_id = :building
"""
"""Whoever holds a post there stands on the urgent roster too."""
