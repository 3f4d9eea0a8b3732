"""What is told of posts and organisations: opened once, closed when it no longer holds, told to who may act."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.session import set_actor
from gridsvc.domain.instants import day
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.domain.posts import posts_of, tiers_needed
from gridsvc.operations.appointments import Appoint, appoint
from gridsvc.operations.appointments import Ground as At
from gridsvc.operations.notices import renew
from tests.ground import Ground, lay, somebody
from tests.operations.test_appointments import end_west
from tests.people import Lived, settle


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.fixture
def leaves(session: Session, ground: Ground) -> dict[str, Lived]:
    return settle(session, ground)


@pytest.fixture
def wanted(ground: Ground, leaves: dict[str, Lived]) -> Appoint:
    west = At(unit_id=int(ground.west.rpartition(".")[2], 36))
    return Appoint(int(ground.jurisdiction[1:], 36), leaves["east"].person, "street_leader", west)


def told(session: Session) -> set[tuple[str, str]]:
    """Return kind and path of the open notices about posts that the session's actor sees."""
    asked = "SELECT kind, path::text FROM notice WHERE closed_at IS NULL AND kind <> 'corrections'"
    return {tuple(row) for row in session.execute(text(asked))}


def test_a_vacancy_is_told_once_and_closed_when_the_post_is_held(
    session: Session, operator: Actor, ground: Ground, wanted: Appoint
) -> None:
    assert [renew(session, "here"), renew(session, "here")] == [{"here": 2}] * 2
    assert told(session) == {("vacancy", ground.east), ("vacancy", ground.west)}
    appoint(session, operator, wanted)
    renew(session)
    assert told(session) == {("vacancy", ground.east)}
    assert session.scalar(text("SELECT count(*) FROM notice WHERE kind = 'vacancy'")) == 2


@pytest.mark.parametrize(("days", "kind"), [(-1, "expired"), (0, "expiring"), (30, "expiring"), (31, None)])
def test_a_term_that_runs_out_is_told_thirty_days_before(
    session: Session, operator: Actor, ground: Ground, wanted: Appoint, days: int, kind: str | None
) -> None:
    today = session.scalar(text("SELECT current_date")) or date.today()  # noqa: DTZ011  # the database's own day
    appoint(session, operator, replace(wanted, ends_on=today + timedelta(days=days)))
    renew(session)
    assert {each for each, path in told(session) if path == ground.west} == ({kind} if kind else set())


def test_a_post_is_to_be_confirmed_within_thirty_days(session: Session, operator: Actor, ground: Ground, wanted: Appoint) -> None:
    appoint(session, operator, wanted)
    end_west(session, ground)
    renew(session)
    [due] = session.scalars(text("SELECT \"values\"->>'day' FROM notice WHERE kind = 'to_confirm' AND closed_at IS NULL"))
    assert date.fromisoformat(due) == day(datetime.now(UTC)) + timedelta(days=30)


def test_where_nobody_was_ever_appointed_nothing_is_vacant(session: Session, operator: Actor, ground: Ground) -> None:
    assert renew(session) == {"here": 0}


def test_a_notice_says_nothing_about_a_person(session: Session, operator: Actor, leaves: dict[str, Lived], wanted: Appoint) -> None:
    appoint(session, operator, replace(wanted, ends_on=date(2026, 1, 1)))
    renew(session)
    said = session.scalars(text('SELECT "values"::text FROM notice')).all()
    assert not any("大山" in each for each in said)


@pytest.mark.parametrize(
    ("role", "sees"), [("street_office", True), ("party_office", False), ("data_clerk", False), ("grid_leader", False)]
)
def test_a_vacancy_is_told_to_who_may_fill_it_there(
    session: Session, ground: Ground, leaves: dict[str, Lived], role: str, sees: bool
) -> None:
    renew(session)
    actor = Actor(somebody(session, role, role, ground.east), role, (Grant(Role(role), ground.east),))
    set_actor(session, actor)
    assert told(session) == ({("vacancy", ground.east)} if sees else set())


def test_every_tier_that_is_needed_is_a_post(session: Session, ground: Ground) -> None:
    scheme = scheme_of(session, int(ground.jurisdiction[1:], 36))
    assert {tier["post"] for tier in tiers_needed(scheme)} <= set(posts_of(scheme))


def test_corrections_that_wait_are_told_with_the_next_renewal(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived]
) -> None:
    renew(session)
    waiting = "SELECT path::text, (\"values\"->>'count')::int FROM notice WHERE kind = 'corrections' AND closed_at IS NULL"
    assert {tuple(row) for row in session.execute(text(waiting))} == {(ground.east, 1), (ground.west, 1)}
