"""What an edition leaves to be confirmed: organisations whose unit ended, contracts over a border; nothing follows by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.inbox import inbox
from gridsvc.database.queries.plans import plan
from gridsvc.database.queries.successions import successions
from gridsvc.database.session import set_actor
from gridsvc.database.tables import OrganisationGround
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, NotFound
from gridsvc.operations import plan_asking, plan_publishing, plans
from gridsvc.operations.personal_data import retain, take_leave
from gridsvc.operations.successions import confirm, propose_successions
from gridsvc.operations.undoing import undo_edition
from tests.ground import ALWAYS, Ground, lay, somebody
from tests.people import EAST_SURNAME, WEST_SURNAME, Lived, settle

WHEN = datetime(2026, 6, 1, tzinfo=UTC)
BRANCH = "SELECT unit_id FROM organisation_ground WHERE organisation_id = :id AND unit_id IS NOT NULL AND upper_inf(valid)"
CARER = "SELECT person_id FROM contract WHERE household_id = :id AND upper_inf(valid)"


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.fixture
def lived(session: Session, ground: Ground) -> dict[str, Lived]:
    return settle(session, ground)


def unit_of(path: str) -> int:
    return int(path.rpartition(".")[2], 36)


def speak(session: Session, name: str, role: str, path: str) -> Actor:
    somebody(session, name, role, path)
    set_actor(session, actor := actor_named(session, name))
    return actor


def place_of(session: Session, ground: Ground) -> int:
    return session.scalar(text("SELECT jurisdiction_id FROM unit WHERE id = :id"), {"id": unit_of(ground.east)})


@pytest.fixture
def merged(session: Session, operator: Actor, ground: Ground, lived: dict[str, Lived]) -> int:
    """Let the branch of the east belong to the unit there, and end that unit; return the branch."""
    branch = lived["east"].organisation
    session.execute(text("UPDATE organisation_ground SET leads = false WHERE organisation_id = :id"), {"id": branch})
    session.execute(
        insert(OrganisationGround).inline().values(organisation_id=branch, unit_id=unit_of(ground.east), leads=True, valid=ALWAYS)
    )
    begun = plans.begin(session, operator, place_of(session, ground), "one grid")
    plan_asking.make(session, operator, begun, {"kind": "merge", "units": [unit_of(ground.west), unit_of(ground.east)]})
    plan_publishing.publish(session, operator, plan(session, operator, begun.public_id), at=WHEN)
    return branch


def waiting(session: Session, ground: Ground) -> UUID:
    [row] = successions(session, ground.jurisdiction)
    return row.public_id


def test_an_organisation_stays_until_its_new_unit_is_confirmed(session: Session, ground: Ground, merged: int) -> None:
    assert session.scalar(text(BRANCH), {"id": merged}) == unit_of(ground.east)
    office = speak(session, "office", "party_office", ground.top)
    [row] = successions(session, ground.jurisdiction)
    assert (row.organisation, row.to_unit) == ("branch", f"unit {unit_of(ground.west)}")
    confirm(session, office, row.public_id)
    assert session.execute(text(BRANCH), {"id": merged}).scalars().all() == [unit_of(ground.west)]
    assert session.scalar(
        text("SELECT leads FROM organisation_ground WHERE organisation_id = :id AND unit_id = :u"),
        {"id": merged, "u": unit_of(ground.west)},
    )


def test_refused_an_organisation_stays_where_it_was(session: Session, ground: Ground, merged: int) -> None:
    office = speak(session, "office", "party_office", ground.top)
    confirm(session, office, waiting(session, ground), accept=False)
    assert session.scalar(text(BRANCH), {"id": merged}) == unit_of(ground.east)
    assert successions(session, ground.jurisdiction) == []


def test_who_decides_is_told_until_it_is_decided(session: Session, ground: Ground, merged: int) -> None:
    office = speak(session, "office", "party_office", ground.top)
    assert [row.kind for row in inbox(session)] == ["succession"]
    confirm(session, office, waiting(session, ground))
    assert inbox(session) == []


def test_it_is_decided_once(session: Session, ground: Ground, merged: int) -> None:
    office = speak(session, "office", "party_office", ground.top)
    found = waiting(session, ground)
    confirm(session, office, found)
    with pytest.raises((Conflict, NotFound)):
        confirm(session, office, found)


@pytest.mark.parametrize("role", ["planner", "approver", "grid_leader", "inspector"])
def test_others_neither_see_nor_decide_it(session: Session, ground: Ground, merged: int, role: str) -> None:
    found = session.scalar(text("SELECT public_id FROM succession"))
    stranger = speak(session, "stranger", role, ground.jurisdiction)
    assert successions(session, ground.jurisdiction) == []
    with pytest.raises(NotFound):
        confirm(session, stranger, found)


def test_undone_nothing_waits_any_more(session: Session, operator: Actor, ground: Ground, merged: int) -> None:
    undo_edition(session, operator, place_of(session, ground), 2, at=WHEN)
    assert successions(session, ground.jurisdiction) == []


@pytest.fixture
def crossing(session: Session, ground: Ground, lived: dict[str, Lived]) -> dict[str, Lived]:
    """Let a member of the west look after the household of the east, whose building an edition has moved."""
    session.execute(
        text("UPDATE contract SET person_id = :west WHERE household_id = :east"),
        {"west": lived["west"].person, "east": lived["east"].household},
    )
    edition = session.scalar(text("SELECT id FROM edition"))
    propose_successions(session, place_of(session, ground), edition, [ground.east_building])
    return lived


def test_a_contract_over_a_border_gets_a_member_of_the_grid_proposed(session: Session, ground: Ground, crossing: dict[str, Lived]) -> None:
    clerk = speak(session, "clerk", "data_clerk", ground.east)
    [row] = successions(session, ground.jurisdiction)
    assert (row.person_name[0], row.to_person_name[0]) == (WEST_SURNAME, EAST_SURNAME)
    assert session.scalar(text(CARER), {"id": crossing["east"].household}) == crossing["west"].person
    confirm(session, clerk, row.public_id)
    assert session.scalar(text(CARER), {"id": crossing["east"].household}) == crossing["east"].person


def test_who_gave_a_contract_up_is_deleted_in_time(session: Session, operator: Actor, ground: Ground, crossing: dict[str, Lived]) -> None:
    confirm(session, operator, waiting(session, ground))
    take_leave(session, operator, crossing["west"].ids["person"], "moved away")
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert retain(session, operator, place_of(session, ground), datetime.now(UTC) + timedelta(days=1))[0] == 1
    assert session.scalar(text("SELECT count(*) FROM succession")) == 0


def test_a_contract_elsewhere_is_not_seen(session: Session, ground: Ground, crossing: dict[str, Lived]) -> None:
    speak(session, "clerk", "data_clerk", ground.west)
    assert successions(session, ground.jurisdiction) == []


def test_where_nobody_can_somebody_has_to_be_found_by_hand(session: Session, ground: Ground, crossing: dict[str, Lived]) -> None:
    session.execute(text("UPDATE member SET exemption = 'ill' WHERE person_id = :id"), {"id": crossing["east"].person})
    edition = session.scalar(text("SELECT id FROM edition"))
    confirm(session, actor_named(session, "operator"), waiting(session, ground), accept=False)
    propose_successions(session, place_of(session, ground), edition, [ground.east_building])
    with pytest.raises(Conflict, match="by hand"):
        confirm(session, actor_named(session, "operator"), waiting(session, ground))
