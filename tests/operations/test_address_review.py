"""An address that found no building is answered once and known from then on."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.dwellings import reviews
from gridsvc.database.session import set_actor
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.errors import NotAllowed, NotFound
from gridsvc.operations.address_review import answer, drop
from tests.dwellings import bring, lay
from tests.ground import somebody

ROWS = ({"地址": "老电厂宿舍2号楼1单元101"}, {"地址": "老电厂宿舍2#1-102"}, {"地址": "老电厂宿舍9号楼101"})


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give three addresses that wait, two of them of one building."""
    here = lay(session, operator)
    bring(session, operator, here, *ROWS, skip_refused=True)
    return here


def building(session: Session, ref: str) -> UUID:
    return session.scalars(text("SELECT public_id FROM building WHERE source_ref = :ref"), {"ref": ref}).one()


def waiting(session: Session, operator: Actor, here: int) -> list[str]:
    return [row.address for row in reviews(session, operator, jurisdiction_path(here), here)]


def test_addresses_wait_in_their_order(session: Session, operator: Actor, here: int) -> None:
    assert len(waiting(session, operator, here)) == 3


def test_an_answer_settles_all_addresses_of_that_building(session: Session, operator: Actor, here: int) -> None:
    first = reviews(session, operator, jurisdiction_path(here), here)[0]
    assert answer(session, operator, first.id, building(session, "b")) == 2
    assert waiting(session, operator, here) == ["老电厂宿舍9号楼101"]


def test_what_was_answered_is_known_to_the_next_file(session: Session, operator: Actor, here: int) -> None:
    first = reviews(session, operator, jurisdiction_path(here), here)[0]
    answer(session, operator, first.id, building(session, "b"))
    assert bring(session, operator, here, *ROWS[:2]).counts == {"new": 2}


def test_an_answer_is_corrected_by_another(session: Session, operator: Actor, here: int) -> None:
    for ref in "ab":
        wait = "INSERT INTO address_review (jurisdiction_id, noun, source, source_ref, address) VALUES (:id, 'person', 'x', '1', '北楼101')"
        session.execute(text(wait), {"id": here})
        (found,) = [row for row in reviews(session, operator, jurisdiction_path(here), here) if row.noun == "person"]
        answer(session, operator, found.id, building(session, ref))
    assert session.scalar(text("SELECT b.source_ref FROM address_alias a JOIN building b ON b.id = a.building_id")) == "b"


def test_an_address_that_means_nothing_is_dropped(session: Session, operator: Actor, here: int) -> None:
    for row in reviews(session, operator, jurisdiction_path(here), here):
        drop(session, operator, row.id)
    assert waiting(session, operator, here) == []


def test_an_unknown_building_or_address_is_not_found(session: Session, operator: Actor, here: int) -> None:
    first = reviews(session, operator, jurisdiction_path(here), here)[0]
    for review, house in ((first.id, uuid4()), (0, building(session, "b"))):
        with pytest.raises(NotFound):
            answer(session, operator, review, house)


@pytest.fixture
def community(session: Session, here: int) -> Actor:
    """Give the clerk of the grid A, who brought in two addresses besides; the session's actor from then on."""
    path = session.scalars(text("SELECT path::text FROM unit_version WHERE name = 'A'")).one()
    clerk = Actor(somebody(session, "clerk", "data_clerk", path), "clerk", (Grant(Role.DATA_CLERK, path),))
    set_actor(session, clerk)
    bring(
        session,
        clerk,
        here,
        {"编号": "1", "地址": "锅炉房宿舍2号楼1单元101"},
        {"编号": "2", "地址": "锅炉房宿舍3号楼102"},
        skip_refused=True,
    )
    return clerk


def test_a_community_answers_what_it_brought_in_and_sees_no_other(session: Session, here: int, community: Actor) -> None:
    assert waiting(session, community, here) == ["锅炉房宿舍2号楼1单元101", "锅炉房宿舍3号楼102"]
    first = reviews(session, community, jurisdiction_path(here), here)[0]
    assert answer(session, community, first.id, building(session, "b")) == 1
    with pytest.raises(NotFound):
        answer(session, community, first.id + 1, building(session, "c"))


def test_who_keeps_all_people_sees_what_a_community_brought_in(session: Session, operator: Actor, here: int, community: Actor) -> None:
    set_actor(session, operator)
    assert len(waiting(session, operator, here)) == 5


def test_who_may_not_change_people_answers_nothing(session: Session, operator: Actor, here: int) -> None:
    first = reviews(session, operator, jurisdiction_path(here), here)[0]
    worker = Actor(operator.account_id, "worker", (Grant(Role.GRID_WORKER, ""),))
    with pytest.raises(NotAllowed):
        answer(session, worker, first.id, building(session, "b"))
