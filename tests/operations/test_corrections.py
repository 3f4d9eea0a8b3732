"""Corrections: who proposes, who decides, what comes of it."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.corrections import corrections
from gridsvc.database.queries.inbox import inbox, unread
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound
from gridsvc.operations.corrections import Proposed, correct, decide, propose, withdraw
from gridsvc.operations.inbox import mark_read
from gridsvc.sealing import unseal
from tests import neighbourhood
from tests.ground import somebody


@pytest.fixture(autouse=True)
def place(session: Session, operator: Actor) -> int:
    return neighbourhood.lay(session, operator)


def speak_as(session: Session, name: str) -> Actor:
    actor = actor_named(session, name)
    set_actor(session, actor)
    return actor


def room(session: Session, ref: str = "1-1-201") -> UUID:
    speak_as(session, "operator")
    return session.scalars(text("SELECT public_id FROM household WHERE source_ref = :ref"), {"ref": ref}).one()


def use_of(session: Session, household: UUID) -> str:
    speak_as(session, "operator")
    now = "SELECT v.use FROM household_version v JOIN household h ON h.id = v.household_id WHERE h.public_id = :id AND upper_inf(v.valid)"
    return session.scalars(text(now), {"id": household}).one()


OF_HOME = "building_id = (SELECT building_id FROM household WHERE public_id = :home)"


def proposed(session: Session, given: dict[str, object] | None = None) -> tuple[UUID, UUID]:
    """Let the building head propose that the vacant dwelling is let; return the dwelling and the correction."""
    home = room(session)
    head = speak_as(session, "head")
    return home, propose(session, head, Proposed("household", home, given or {"use": "let"}, "visited today"))


def test_a_proposal_changes_nothing_until_somebody_decides(session: Session) -> None:
    home, _ = proposed(session)
    assert use_of(session, home) == "vacant"


def test_an_accepted_correction_is_recorded_from_now_on_and_what_was_stays(session: Session) -> None:
    home, correction = proposed(session)
    decide(session, speak_as(session, "community-clerk"), correction, accept=True)
    assert use_of(session, home) == "let"
    history = "SELECT v.use FROM household_version v JOIN household h ON h.id = v.household_id WHERE h.public_id = :id ORDER BY v.valid"
    assert session.scalars(text(history), {"id": home}).all() == ["vacant", "let"]


def told(session: Session, name: str) -> list[tuple[str, dict[str, object]]]:
    """Return what the inbox of an account says about corrections."""
    speak_as(session, name)
    return [(row.template, dict(row.values)) for row in inbox(session) if row.kind == "corrections"]


WAITS = "{place}: corrections that wait for your decision: {count}."


def test_what_waits_is_told_to_whoever_decides_there_until_it_is_decided(session: Session) -> None:
    _, correction = proposed(session)
    for name, tells in (("community-clerk", True), ("office", True), ("head", False), ("westcommunity", False)):
        assert told(session, name) == [(WAITS, {"place": "1号楼", "count": 1})] * tells
    decide(session, speak_as(session, "community-clerk"), correction, accept=True)
    assert told(session, "community-clerk") == []


def test_what_was_taken_back_is_told_no_longer(session: Session) -> None:
    _, correction = proposed(session)
    withdraw(session, speak_as(session, "head"), correction)
    assert told(session, "community-clerk") == []


def test_more_that_waits_is_unread_again(session: Session) -> None:
    proposed(session)
    mark_read(session, speak_as(session, "community-clerk"))
    assert unread(session) == 0
    other = room(session, "1-2-301")
    propose(session, speak_as(session, "head"), Proposed("household", other, {"persons": 5}, "visited today"))
    assert told(session, "community-clerk") == [(WAITS, {"place": "1号楼", "count": 2})]
    assert unread(session) == 1


def test_what_waits_follows_its_building_to_another_community(session: Session) -> None:
    home, correction = proposed(session)
    speak_as(session, "operator")
    moved = {"home": home, "grid": "西山一网格"}
    session.execute(text(f"UPDATE building_place SET valid = tstzrange(lower(valid), now()) WHERE {OF_HOME} AND upper_inf(valid)"), moved)
    session.execute(
        text("""
        INSERT INTO building_place (building_id, unit_id, valid, share, cut_m2, pinned)
        SELECT h.building_id, u.unit_id, tstzrange(now(), NULL), 1, 0, false FROM household h, unit_version u
        WHERE h.public_id = :home AND u.name = :grid AND upper_inf(u.valid)
        """),
        moved,
    )
    with pytest.raises(NotFound):
        decide(session, speak_as(session, "community-clerk"), correction, accept=True)
    speak_as(session, "operator")
    there = session.scalars(text("SELECT path::text FROM unit_version WHERE name = '西山社区' AND upper_inf(valid)")).one()
    assert [each.public_id for each in corrections(session, there)] == [correction]


def test_the_street_confirms_what_it_may_not_change_itself(session: Session) -> None:
    home, correction = proposed(session)
    street = clerk_like(session, "street_office")
    with pytest.raises(NotAllowed):
        correct(session, street, Proposed("household", home, {"use": "let"}, "seen"))
    decide(session, street, correction, accept=True)
    assert use_of(session, home) == "let"


def clerk_like(session: Session, role: str) -> Actor:
    """Return somebody with another role at the ground of the community's clerk."""
    path = speak_as(session, "community-clerk").grants[0].path
    speak_as(session, "operator")
    actor = Actor(somebody(session, role, role, path), role, (Grant(Role(role), path),))
    set_actor(session, actor)
    return actor


def test_a_refused_correction_changes_nothing_and_answers(session: Session) -> None:
    home, correction = proposed(session)
    decide(session, speak_as(session, "community-clerk"), correction, accept=False, answer="the owner says vacant")
    assert use_of(session, home) == "vacant"
    speak_as(session, "head")
    found = corrections(session, home_path(session, home))
    assert [(row.state, row.answer) for row in found] == [("refused", "the owner says vacant")]


def home_path(session: Session, home: UUID) -> str:
    return str(session.scalars(text("SELECT path::text FROM household WHERE public_id = :id"), {"id": home}).one())


def test_a_refusal_needs_an_answer(session: Session) -> None:
    _, correction = proposed(session)
    with pytest.raises(Invalid):
        decide(session, speak_as(session, "community-clerk"), correction, accept=False)


def test_what_was_decided_is_not_decided_again(session: Session) -> None:
    _, correction = proposed(session)
    clerk = speak_as(session, "community-clerk")
    decide(session, clerk, correction, accept=True)
    with pytest.raises(Conflict):
        decide(session, clerk, correction, accept=True)


def test_who_proposes_does_not_decide(session: Session) -> None:
    _, correction = proposed(session)
    with pytest.raises(NotAllowed):
        decide(session, speak_as(session, "head"), correction, accept=True)


@pytest.mark.parametrize("name", ["scattered", "grid"])
def test_a_neighbour_sees_nothing_of_a_correction(session: Session, name: str) -> None:
    _, correction = proposed(session)
    with pytest.raises(NotFound):
        decide(session, speak_as(session, name), correction, accept=True)


def test_a_head_proposes_nothing_in_another_building(session: Session) -> None:
    home = room(session, "2-1-201")
    with pytest.raises(NotFound):
        propose(session, speak_as(session, "head"), Proposed("household", home, {"use": "let"}, "heard of it"))


def test_the_community_corrects_at_once(session: Session) -> None:
    home = room(session)
    correct(session, speak_as(session, "community-clerk"), Proposed("household", home, {"use": "let"}, "visited today"))
    assert use_of(session, home) == "let"


def test_a_head_corrects_nothing_at_once(session: Session) -> None:
    home = room(session)
    with pytest.raises(NotAllowed):
        correct(session, speak_as(session, "head"), Proposed("household", home, {"use": "let"}, "visited today"))


def test_one_takes_back_what_one_proposed(session: Session) -> None:
    _, correction = proposed(session)
    withdraw(session, speak_as(session, "head"), correction)
    with pytest.raises(Conflict):
        decide(session, speak_as(session, "community-clerk"), correction, accept=True)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"use": "castle"}, "seen"),
        ({"persons": "many"}, "seen"),
        ({"persons": "400"}, "seen"),
        ({"care": ["hungry"]}, "seen"),
        ({"resident": "perhaps"}, "seen"),
        ({"owner": "me"}, "seen"),
        ({"use": "vacant"}, "as it is"),
        ({"use": "let"}, "  "),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(session: Session, given: dict[str, object], reason: str) -> None:
    home = room(session)
    head = speak_as(session, "head")
    with pytest.raises(Invalid):
        propose(session, head, Proposed("household", home, given, reason))


def test_a_phone_waits_sealed_and_is_recorded_sealed(session: Session) -> None:
    speak_as(session, "operator")
    member = session.scalars(text("SELECT public_id FROM person WHERE source_ref = '党员甲'")).one()
    correction = propose(session, speak_as(session, "head"), Proposed("person", member, {"phone": "138 0000 7193"}, "told me"))
    speak_as(session, "operator")
    assert "7193" not in session.scalars(text("SELECT changes::text FROM correction WHERE public_id = :id"), {"id": correction}).one()
    decide(session, clerk_like(session, "street_office"), correction, accept=True)
    speak_as(session, "operator")
    now = "SELECT phone_sealed FROM person_version v JOIN person p ON p.id = v.person_id WHERE p.public_id = :id AND upper_inf(valid)"
    assert unseal(session.scalars(text(now), {"id": member}).one()) == "13800007193"


def test_each_step_leaves_a_trace_without_the_value(session: Session) -> None:
    _, correction = proposed(session)
    decide(session, speak_as(session, "community-clerk"), correction, accept=True)
    speak_as(session, "operator")
    trail = session.execute(
        text("SELECT action, detail::text FROM audit WHERE action IN ('corrections.propose', 'corrections.decide')")
    ).all()
    assert [row.action for row in trail] == ["corrections.propose", "corrections.decide"]
    assert not any('"let"' in row.detail for row in trail)
