"""Urgent times: who switches, what counts then, and that it ends."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.urgent_times import roster_at, urgent_at
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Action, Actor, may
from gridsvc.errors import Conflict, Invalid, NotAllowed
from gridsvc.operations.accounts import add_account
from gridsvc.operations.urgent_times import turn_ordinary, turn_urgent
from tests import neighbourhood


@pytest.fixture
def place(session: Session, operator: Actor) -> int:
    return neighbourhood.lay(session, operator)


@pytest.fixture
def helper(session: Session, operator: Actor, place: int) -> str:
    """Put somebody on the urgent roster of 东湖一网格 and return the account's name."""
    someone = neighbourhood.person(session, place, "郑急", home="3号楼")
    neighbourhood.appoint(session, place, someone, "full_time_worker", "东湖一网格", roster="urgent", role="grid_worker")
    number = add_account(session, operator, "helper", handed_out=False)
    session.execute(text("SELECT link_person(:account, :person)"), {"account": number, "person": someone})
    return "helper"


def speak_as(session: Session, name: str) -> Actor:
    actor = actor_named(session, name)
    set_actor(session, actor)
    return actor


def unit(session: Session, name: str) -> UUID:
    found = "SELECT u.public_id FROM unit u JOIN unit_version v ON v.unit_id = u.id AND upper_inf(v.valid) WHERE v.name = :name"
    return session.scalars(text(found), {"name": name}).one()


def reads(session: Session, name: str, path: str) -> bool:
    return may(actor_named(session, name), Action.READ_PEOPLE, path)


def test_the_urgent_roster_counts_while_it_is_urgent_and_no_longer(session: Session, place: int, helper: str) -> None:
    path = neighbourhood.path_of(session, place, "东湖一网格")
    before = reads(session, helper, path)
    turn_urgent(session, speak_as(session, "office"), unit(session, "东湖社区"), "typhoon")
    during = reads(session, helper, path)
    turn_ordinary(session, speak_as(session, "office"), unit(session, "东湖社区"))
    assert (before, during, reads(session, helper, path)) == (False, True, False)


@pytest.mark.usefixtures("helper")
def test_the_roster_is_counted_before_one_switches(session: Session, place: int) -> None:
    speak_as(session, "office")
    assert roster_at(session, neighbourhood.path_of(session, place, "东湖社区")).people == 1
    assert roster_at(session, neighbourhood.path_of(session, place, "西山社区")).people == 0


@pytest.mark.parametrize("name", ["community", "grid", "head"])
def test_a_leader_does_not_switch(session: Session, place: int, name: str) -> None:
    assert place
    with pytest.raises(NotAllowed):
        turn_urgent(session, speak_as(session, name), unit(session, "东湖社区"), "typhoon")


@pytest.mark.usefixtures("place")
def test_it_is_not_turned_urgent_twice_nor_without_a_reason(session: Session) -> None:
    office = speak_as(session, "office")
    with pytest.raises(Invalid):
        turn_urgent(session, office, unit(session, "东湖社区"), " ")
    turn_urgent(session, office, unit(session, "晨光街道"), "typhoon")
    with pytest.raises(Conflict):
        turn_urgent(session, office, unit(session, "东湖社区"), "flood")


@pytest.mark.usefixtures("place")
def test_what_is_part_of_an_urgent_area_is_not_turned_ordinary_alone(session: Session) -> None:
    office = speak_as(session, "office")
    turn_urgent(session, office, unit(session, "晨光街道"), "typhoon")
    with pytest.raises(Conflict):
        turn_ordinary(session, office, unit(session, "东湖社区"))


def test_an_urgent_area_shows_above_and_below(session: Session, place: int) -> None:
    turn_urgent(session, speak_as(session, "office"), unit(session, "东湖社区"), "typhoon")
    seen = {name: len(urgent_at(session, neighbourhood.path_of(session, place, name))) for name in ("晨光街道", "东湖一网格", "西山一网格")}
    assert seen == {"晨光街道": 1, "东湖一网格": 1, "西山一网格": 0}
