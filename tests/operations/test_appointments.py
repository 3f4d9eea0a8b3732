"""Posts given and ended: the right with them at once, by real row security; rules of the scheme; administrators apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Action, Actor, Grant, Role, may
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound
from gridsvc.operations.appointments import Appoint, appoint, confirm, deputise, end
from gridsvc.operations.appointments import Ground as At
from tests.ground import Ground, as_operator, lay, somebody
from tests.people import Lived, settle


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.fixture
def leaves(session: Session, ground: Ground) -> dict[str, Lived]:
    return settle(session, ground)


def unit_of(path: str) -> int:
    return int(path.rpartition(".")[2], 36)


@pytest.fixture
def wanted(ground: Ground, leaves: dict[str, Lived]) -> Appoint:
    """Ask that who lives in the east lead the west."""
    return Appoint(int(ground.jurisdiction[1:], 36), leaves["east"].person, "street_leader", At(unit_id=unit_of(ground.west)))


def linked(session: Session, name: str, person: int) -> Actor:
    """Return the account of a person as it is today."""
    account = somebody(session, name, None)
    session.execute(text("SELECT link_person(:account, :person)"), {"account": account, "person": person})
    return actor_named(session, name)


def scopes(session: Session, actor: Actor) -> list[str]:
    set_actor(session, actor)
    found = session.scalar(text("SELECT scopes('people.read')::text[]"))
    as_operator(session)
    return list(found)


def test_an_appointment_gives_the_right_at_once_and_its_end_takes_it(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived], wanted: Appoint
) -> None:
    leader = linked(session, "leader", leaves["east"].person)
    assert scopes(session, leader) == []
    given = appoint(session, operator, wanted)
    assert scopes(session, leader) == [ground.west]
    assert may(actor_named(session, "leader"), Action.READ_PEOPLE, ground.west)
    end(session, operator, given.public_id, "moved away")
    assert scopes(session, leader) == []
    assert not actor_named(session, "leader").grants


def test_who_reads_people_by_a_post_sees_those_of_its_ground_alone(
    session: Session, operator: Actor, leaves: dict[str, Lived], wanted: Appoint
) -> None:
    leader = linked(session, "leader", leaves["east"].person)
    appoint(session, operator, wanted)
    set_actor(session, leader)
    assert set(session.scalars(text("SELECT id FROM person"))) == {leaves["west"].person, leaves["east"].person}
    assert set(session.scalars(text("SELECT person_id FROM contract"))) == {leaves["west"].person}


def test_a_post_of_urgent_times_carries_its_right_while_they_are_switched_on(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived], wanted: Appoint
) -> None:
    leader = linked(session, "leader", leaves["east"].person)
    appoint(session, operator, replace(wanted, roster="urgent"))
    assert scopes(session, leader) == []
    switch = "INSERT INTO urgent_time (unit_id, valid, reason, account_id) VALUES (:u, tstzrange(now(), NULL), 'storm', :a)"
    session.execute(text(switch), {"u": unit_of(ground.top), "a": operator.account_id})
    assert scopes(session, leader) == [ground.west]


def test_what_has_ended_stays(session: Session, operator: Actor, wanted: Appoint) -> None:
    given = appoint(session, operator, wanted)
    end(session, operator, given.public_id, "moved away")
    row = session.execute(text("SELECT reason, upper_inf(valid) FROM appointment WHERE public_id = :id"), {"id": given.public_id}).one()
    assert tuple(row) == ("moved away", False)
    with pytest.raises(Conflict):
        end(session, operator, given.public_id, "again")


def test_a_place_has_no_more_holders_than_the_scheme_admits(
    session: Session, operator: Actor, leaves: dict[str, Lived], wanted: Appoint
) -> None:
    appoint(session, operator, wanted)
    other = replace(wanted, person_id=leaves["west"].person)
    with pytest.raises(Conflict, match="admits 1"):
        appoint(session, operator, other)
    appoint(session, operator, replace(other, deputy=True))


def test_a_new_holder_replaces_the_old_where_asked(session: Session, operator: Actor, leaves: dict[str, Lived], wanted: Appoint) -> None:
    old = appoint(session, operator, wanted)
    appoint(session, operator, replace(wanted, person_id=leaves["west"].person, replaces=True))
    assert session.scalar(text("SELECT upper_inf(valid) FROM appointment WHERE public_id = :id"), {"id": old.public_id}) is False


def test_a_second_post_is_a_warning(session: Session, operator: Actor, wanted: Appoint) -> None:
    given = appoint(session, operator, wanted)
    assert [(each.code, each.severity) for each in given.findings] == [("double-post", "warning")]


def test_a_post_that_is_left_empty_is_told(session: Session, operator: Actor, wanted: Appoint) -> None:
    given = appoint(session, operator, wanted)
    assert [each.code for each in end(session, operator, given.public_id, "gone").findings] == ["post-vacant"]


def test_a_deputy_no_longer_fills_the_post(session: Session, operator: Actor, wanted: Appoint) -> None:
    given = appoint(session, operator, wanted)
    deputy = deputise(session, operator, given.public_id, deputy=True)
    assert [each.code for each in deputy.findings] == ["post-vacant"]
    held = "SELECT count(*) FILTER (WHERE upper_inf(valid)), count(*) FROM appointment WHERE post = 'street_leader'"
    assert tuple(session.execute(text(held)).one()) == (1, 2)


@pytest.mark.parametrize(
    "case",
    [
        ("grid_leader", "unit_id", "does not hang"),
        ("street_leader", "building_id", "does not hang"),
        ("building_leader", "unit_id", "does not hang"),
        ("emperor", "unit_id", "is no post"),
    ],
)
def test_a_post_hangs_where_the_scheme_says(
    session: Session, operator: Actor, ground: Ground, wanted: Appoint, case: tuple[str, str, str]
) -> None:
    post, at, said = case
    place = {"unit_id": unit_of(ground.west), "building_id": ground.west_building}[at]
    with pytest.raises(Invalid, match=said):
        appoint(session, operator, replace(wanted, post=post, ground=At(**{at: place})))


def test_a_post_without_any_place_is_refused(session: Session, operator: Actor, wanted: Appoint) -> None:
    with pytest.raises(Invalid):
        appoint(session, operator, replace(wanted, ground=At()))


# Who may give what


def officer(session: Session, role: str, path: str) -> Actor:
    actor = Actor(somebody(session, role, role, path), role, (Grant(Role(role), path),))
    set_actor(session, actor)
    return actor


GIVEN = {
    "street_leader": {"street_office"},
    "building_leader": {"street_office", "data_clerk"},
    "secretary": {"party_office"},
}
"""Which roles give a post, written by hand from the description of the roles."""


@pytest.mark.parametrize("post", GIVEN)
@pytest.mark.parametrize("role", ["street_office", "data_clerk", "party_office", "grid_leader", "grid_worker"])
def test_a_post_is_given_by_who_may(
    session: Session, ground: Ground, leaves: dict[str, Lived], wanted: Appoint, role: str, post: str
) -> None:
    places = {
        "street_leader": At(unit_id=unit_of(ground.west)),
        "building_leader": At(building_id=ground.west_building),
        "secretary": At(organisation_id=leaves["west"].organisation),
    }
    asked = replace(wanted, person_id=leaves["west"].person, post=post, ground=places[post])
    actor = officer(session, role, ground.west)
    if role in GIVEN[post]:
        appoint(session, actor, asked)
    else:
        with pytest.raises(NotAllowed):
            appoint(session, actor, asked)


def test_nobody_gives_a_post_outside_the_own_area(session: Session, ground: Ground, wanted: Appoint) -> None:
    with pytest.raises(NotAllowed):
        appoint(session, officer(session, "street_office", ground.east), wanted)


def test_nobody_appoints_whom_one_may_not_see(session: Session, ground: Ground, wanted: Appoint) -> None:
    with pytest.raises(NotFound):
        appoint(session, officer(session, "street_office", ground.west), wanted)


def test_a_strangers_appointment_is_not_there(session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived]) -> None:
    with pytest.raises(NotFound):
        end(session, officer(session, "street_office", ground.east), leaves["west"].ids["appointment"], "mine")


# Roles by organisation


@pytest.mark.parametrize(
    "case",
    [("compound_branch", True, "grid_leader"), ("reporting_unit", True, None), ("compound_branch", False, None)],
)
def test_a_secretary_has_a_right_where_the_branch_has_ground(
    session: Session, operator: Actor, leaves: dict[str, Lived], wanted: Appoint, case: tuple[str, bool, str | None]
) -> None:
    kind, stands, role = case
    branch = leaves["west"].organisation
    session.execute(text("UPDATE organisation_version SET kind = :kind WHERE organisation_id = :id"), {"kind": kind, "id": branch})
    if not stands:
        left = "UPDATE organisation_ground SET valid = tstzrange(lower(valid), now()) WHERE organisation_id = :id"
        session.execute(text(left), {"id": branch})
    given = appoint(session, operator, replace(wanted, post="secretary", ground=At(organisation_id=branch)))
    row = session.execute(text("SELECT role, paths::text[] FROM appointment WHERE public_id = :id"), {"id": given.public_id}).one()
    assert row.role == role
    assert ("." in row.paths[0]) is stands


def test_a_post_follows_the_ground_of_its_organisation(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived], wanted: Appoint
) -> None:
    branch = leaves["west"].organisation
    given = appoint(session, operator, replace(wanted, post="secretary", ground=At(organisation_id=branch)))
    moved = "UPDATE organisation_ground SET building_id = NULL, unit_id = :unit WHERE organisation_id = :id"
    session.execute(text(moved), {"unit": unit_of(ground.east), "id": branch})
    paths = session.scalar(text("SELECT paths::text[] FROM appointment WHERE public_id = :id"), {"id": given.public_id})
    assert paths == [ground.east]


# Administrators


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_an_administrator_is_nobody_with_a_post(
    session: Session, operator: Actor, leaves: dict[str, Lived], wanted: Appoint, role: str
) -> None:
    account = somebody(session, role, role)
    link = text("SELECT link_person(:account, :person)")
    session.execute(link, {"account": account, "person": leaves["east"].person})
    with pytest.raises(IntegrityError, match="administrator"), session.begin_nested():
        appoint(session, operator, wanted)
    appoint(session, operator, replace(wanted, person_id=leaves["west"].person))
    with pytest.raises(IntegrityError, match="administrator"), session.begin_nested():
        session.execute(link, {"account": account, "person": leaves["west"].person})


def test_who_holds_a_post_becomes_no_administrator(session: Session, operator: Actor, leaves: dict[str, Lived], wanted: Appoint) -> None:
    leader = linked(session, "leader", leaves["east"].person)
    appoint(session, operator, wanted)
    grant = "INSERT INTO role_grant (account_id, role, path, valid) VALUES (:id, 'audit_admin', '', tstzrange(now(), NULL))"
    with pytest.raises(IntegrityError, match="administrator"), session.begin_nested():
        session.execute(text(grant), {"id": leader.account_id})


# After a redraw


def end_west(session: Session, ground: Ground) -> None:
    """Let the east take the ground of the west, as an edition does."""
    given = {"west": unit_of(ground.west), "east": unit_of(ground.east), "at": datetime.now(UTC)}
    wide = "UPDATE unit_version SET geom = ST_Multi(ST_MakeEnvelope(120.0, 30.0, 120.02, 30.01, 4490)) WHERE unit_id = :east"
    session.execute(text(wide), given)
    session.execute(text("UPDATE unit_version SET valid = tstzrange(lower(valid), :at) WHERE unit_id = :west"), given)
    session.execute(text("SELECT propose_successors(jurisdiction_id) FROM unit WHERE id = :east"), given)


def posts(session: Session) -> list[tuple[str, int, str, bool]]:
    stored = "SELECT state, unit_id, paths[1]::text, upper_inf(valid) FROM appointment WHERE post = 'street_leader' ORDER BY id"
    return [tuple(row) for row in session.execute(text(stored))]


def test_a_post_whose_unit_ended_is_proposed_for_who_took_the_ground_and_stays_until_then(
    session: Session, operator: Actor, ground: Ground, wanted: Appoint
) -> None:
    appoint(session, operator, wanted)
    end_west(session, ground)
    west, east = unit_of(ground.west), unit_of(ground.east)
    assert posts(session) == [("held", west, ground.east, True), ("proposed", east, ground.east, True)]


def test_a_proposed_post_carries_no_right(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived], wanted: Appoint
) -> None:
    leader = linked(session, "leader", leaves["east"].person)
    given = appoint(session, operator, wanted)
    end_west(session, ground)
    end(session, operator, given.public_id, "gone")
    assert scopes(session, leader) == []


@pytest.mark.parametrize(("accept", "held"), [(True, "east"), (False, "west")])
def test_a_proposal_is_confirmed_or_refused(
    session: Session, operator: Actor, ground: Ground, wanted: Appoint, accept: bool, held: str
) -> None:
    appoint(session, operator, wanted)
    end_west(session, ground)
    waiting = session.scalars(text("SELECT public_id FROM appointment WHERE state = 'proposed'")).one()
    confirm(session, operator, waiting, accept=accept)
    assert [unit for state, unit, _, holds in posts(session) if holds and state == "held"] == [unit_of(getattr(ground, held))]
    with pytest.raises(Conflict):
        confirm(session, operator, waiting)


def test_a_unit_that_comes_back_takes_its_proposals_away(session: Session, operator: Actor, ground: Ground, wanted: Appoint) -> None:
    appoint(session, operator, wanted)
    end_west(session, ground)
    session.execute(text("UPDATE unit_version SET valid = tstzrange(lower(valid), NULL) WHERE unit_id = :u"), {"u": unit_of(ground.west)})
    session.execute(text("SELECT propose_successors(jurisdiction_id) FROM unit WHERE id = :u"), {"u": unit_of(ground.west)})
    assert [(state, unit) for state, unit, _, holds in posts(session) if holds] == [("held", unit_of(ground.west))]
