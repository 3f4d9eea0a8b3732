"""Appointments from files: by number and code, the same twice, what is refused and what is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import NotAllowed
from gridsvc.operations.imports import IMPORTERS
from tests import builders
from tests.ground import Ground, lay, somebody
from tests.people import settle


@dataclass(frozen=True)
class Place:
    jurisdiction_id: int
    ground: Ground
    west_code: str


@pytest.fixture
def place(session: Session) -> Place:
    ground = lay(session)
    settle(session, ground)
    code = session.scalar(text("SELECT code FROM unit_version WHERE path = cast(:path AS ltree)"), {"path": ground.west})
    return Place(int(ground.jurisdiction[1:], 36), ground, code)


def bring(session: Session, actor: Actor, place: Place, *rows: dict[str, Any], **fields: Any) -> Proposal:
    return IMPORTERS["appointments"](session, actor, builders.file(place.jurisdiction_id, [(row, None) for row in rows], **fields))


@pytest.fixture
def leader(place: Place) -> dict[str, Any]:
    return {"人员编号": "E-7193", "职务": "街道网格长", "网格编码": place.west_code, "值班电话": "0532-0100001", "任期至": "2027-06-30"}


def test_a_row_gives_a_post_with_its_right(session: Session, operator: Actor, place: Place, leader: dict[str, Any]) -> None:
    assert bring(session, operator, place, leader).counts == {"new": 1}
    stored = "SELECT role, duty_phone, ends_on::text, paths[1]::text FROM appointment WHERE post = 'street_leader'"
    assert tuple(session.execute(text(stored)).one()) == ("grid_leader", "0532-0100001", "2027-06-30", place.ground.west)


def test_the_same_file_changes_nothing(session: Session, operator: Actor, place: Place, leader: dict[str, Any]) -> None:
    bring(session, operator, place, leader)
    assert bring(session, operator, place, leader).counts == {"unchanged": 1}


def test_another_duty_phone_is_a_change_that_keeps_history(session: Session, operator: Actor, place: Place, leader: dict[str, Any]) -> None:
    bring(session, operator, place, leader)
    assert bring(session, operator, place, leader | {"值班电话": "0532-0100002"}).counts == {"changed": 1}
    stored = "SELECT duty_phone FROM appointment WHERE post = 'street_leader' AND upper_inf(valid)"
    assert session.scalars(text(stored)).all() == ["0532-0100002"]


def test_a_look_writes_nothing(session: Session, operator: Actor, place: Place, leader: dict[str, Any]) -> None:
    assert bring(session, operator, place, leader, commit=False).counts == {"new": 1}
    assert session.scalar(text("SELECT count(*) FROM appointment WHERE post = 'street_leader'")) == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"职务": "皇帝"}, "post-unknown"),
        ({"人员编号": "nobody"}, "person-unknown"),
        ({"网格编码": "nowhere"}, "ground-unknown"),
        ({"职务": "网格长"}, "place-wrong"),
        ({"网格编码": None}, "place-missing"),
    ],
)
def test_a_row_that_means_nothing_is_refused(
    session: Session, operator: Actor, place: Place, leader: dict[str, Any], changed: dict[str, Any], code: str
) -> None:
    proposal = bring(session, operator, place, leader | changed, skip_refused=True)
    assert ([each.code for each in proposal.findings], proposal.counts) == ([code], {"refused": 1})


def test_more_holders_than_the_scheme_admits_are_told(session: Session, operator: Actor, place: Place, leader: dict[str, Any]) -> None:
    proposal = bring(session, operator, place, leader, leader | {"人员编号": "W-3671"})
    assert [each.code for each in proposal.findings] == ["post-crowded"] * 2


def office(session: Session, role: str, path: str) -> Actor:
    actor = Actor(somebody(session, role, role, path), role, (Grant(Role(role), path),))
    set_actor(session, actor)
    return actor


def test_a_party_office_gives_no_post_of_the_street(session: Session, place: Place, leader: dict[str, Any]) -> None:
    actor = office(session, "party_office", place.ground.top)
    secretary = {"人员编号": "W-3671", "职务": "党支部书记", "组织编号": "branch-west"}
    proposal = bring(session, actor, place, leader, secretary, skip_refused=True)
    assert ([each.code for each in proposal.findings], proposal.counts) == (["outside"], {"new": 1, "refused": 1})


def test_whoever_gives_no_posts_brings_in_none(session: Session, place: Place, leader: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        bring(session, office(session, "grid_leader", place.ground.top), place, leader)
