"""People from files: what is sealed, how homes place them, membership beside, who may bring in whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import NotAllowed
from gridsvc.operations.imports import IMPORTERS
from gridsvc.sealing import look_up_digest, unseal
from tests import builders
from tests.grids import draw
from tests.ground import somebody

GROUND = draw("W E")
HOUSES = draw("w . e .", cell_deg=0.0005)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    place = builders.jurisdiction(session, operator)
    builders.units(session, operator, place, {"east": GROUND["E"], "west": GROUND["W"]}, level=2)
    builders.buildings(session, operator, place, {"e": HOUSES["e"].buffer(-0.0001), "w": HOUSES["w"].buffer(-0.0001)})
    IMPORTERS["organisations"](session, operator, builders.file(place, [({"编号": name, "名称": name}, None) for name in "ab"]))
    return place


def bring(session: Session, actor: Actor, here: int, *rows: dict[str, Any], **fields: Any) -> Proposal:
    return IMPORTERS["people"](session, actor, builders.file(here, [(row, None) for row in rows], **fields))


@pytest.fixture
def clerk_of(session: Session) -> Callable[[str], Actor]:
    """Give the maker of a clerk of the unit of this name, who is the session's actor from then on."""

    def made(name: str) -> Actor:
        path = session.scalars(text("SELECT path::text FROM unit_version WHERE name = :name"), {"name": name}).one()
        clerk = Actor(somebody(session, "clerk", "data_clerk", path), "clerk", (Grant(Role.DATA_CLERK, path),))
        set_actor(session, clerk)
        return clerk

    return made


WANG = {"编号": "1", "姓名": "王 伟", "手机号": "+86 139-0000-1234", "身份证号": "11010519491231002x", "居住楼栋编号": "e"}


def test_private_fields_are_sealed_and_found_by_whole_number(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, WANG)
    row = session.execute(text("SELECT * FROM person_version")).one()
    assert (row.name, unseal(row.phone_sealed), unseal(row.id_number_sealed)) == ("王伟", "13900001234", "11010519491231002X")
    assert bytes(row.phone_digest) == look_up_digest("13900001234")


def test_a_look_seals_and_writes_nothing(session: Session, operator: Actor, here: int) -> None:
    assert bring(session, operator, here, WANG, commit=False).counts == {"new": 1}
    assert session.scalar(text("SELECT count(*) FROM person")) == 0


def test_no_outcome_says_a_name_in_full(session: Session, operator: Actor, here: int) -> None:
    assert [row.key for row in bring(session, operator, here, WANG).rows] == ["王*"]


def test_a_person_stands_where_the_home_does(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, WANG)
    east = "SELECT p.paths[1] <@ v.path FROM person p, unit_version v WHERE v.name = 'east'"
    assert session.scalar(text(east))


def test_the_same_file_changes_nothing(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, WANG)
    assert bring(session, operator, here, WANG).counts == {"unchanged": 1}


def test_a_person_without_a_number_is_known_by_the_identity_number(session: Session, operator: Actor, here: int) -> None:
    unnumbered = {header: value for header, value in WANG.items() if header != "编号"}
    bring(session, operator, here, unnumbered)
    assert bring(session, operator, here, unnumbered | {"手机号": "13900005678"}).counts == {"changed": 1}


def members(session: Session) -> list[tuple[Any, ...]]:
    stored = """
    SELECT m.kind, m.full, b.source_ref, r.source_ref, upper_inf(m.valid) FROM member m
    LEFT JOIN organisation b ON b.id = m.branch_id LEFT JOIN organisation r ON r.id = m.reporting_branch_id ORDER BY m.id
    """
    return [tuple(row) for row in session.execute(text(stored))]


MEMBER = WANG | {"党员类别": "在职", "党员身份": "预备", "组织关系": "a", "报到支部": "b"}


def test_membership_stands_in_the_same_row(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, MEMBER)
    assert members(session) == [("in_service", False, "a", "b", True)]


def test_a_membership_that_changes_is_kept_as_history(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, MEMBER)
    bring(session, operator, here, MEMBER | {"党员身份": "正式", "组织关系": "b"})
    assert members(session) == [("in_service", False, "a", "b", False), ("in_service", True, "b", "b", True)]


def test_a_file_without_columns_of_membership_leaves_it_alone(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, MEMBER)
    bring(session, operator, here, WANG)
    assert len(members(session)) == 1


def test_a_clerk_brings_in_who_lives_in_the_own_area(session: Session, here: int, clerk_of: Callable[[str], Actor]) -> None:
    clerk = clerk_of("east")
    proposal = bring(session, clerk, here, WANG, {"编号": "2", "姓名": "李四", "居住楼栋编号": "w"}, skip_refused=True)
    assert (proposal.counts, [each.code for each in proposal.findings]) == ({"new": 1, "refused": 1}, ["outside"])
    assert session.scalar(text("SELECT count(*) FROM person")) == 1


def test_whoever_may_not_change_people_brings_in_nobody(session: Session, here: int) -> None:
    with pytest.raises(NotAllowed):
        bring(session, Actor(1, "leader", (Grant(Role.GRID_LEADER, ""),)), here, WANG)


@pytest.mark.parametrize(
    ("row", "code", "outcome"),
    [
        ({"编号": "1"}, "name-missing", "refused"),
        (WANG | {"身份证号": "110105194912310021"}, "id-number-odd", "new"),
        (WANG | {"居住楼栋编号": "x"}, "building-unknown", "new"),
        (WANG | {"组织关系": "c"}, "organisation-unknown", "new"),
        (WANG | {"出生日期": "去年"}, "day-unread", "new"),
        (WANG | {"出生日期": 1990.1}, "day-ambiguous", "new"),
        (WANG | {"手机号": "1390000123"}, "phone-unread", "new"),
        (WANG | {"手机号": "1.39E+10"}, "phone-rounded", "refused"),
        (WANG | {"姓名": "13900001234"}, "name-unread", "refused"),
    ],
)
def test_what_cannot_be_read_is_told_by_row(
    session: Session, operator: Actor, here: int, row: dict[str, Any], code: str, outcome: str
) -> None:
    proposal = bring(session, operator, here, row, skip_refused=True)
    assert ([each.code for each in proposal.findings], proposal.counts) == ([code], {outcome: 1})


def test_a_home_is_found_by_its_address(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3号楼": HOUSES["e"].buffer(-0.0002)})
    dwelling = {"住户编号": "h", "楼栋编号": "3号楼", "单元": "2", "室号": "501", "房屋用途": "自住"}
    IMPORTERS["households"](session, operator, builders.file(here, [(dwelling, None)]))
    bring(session, operator, here, {"编号": "2", "姓名": "李四", "家庭住址": "3号楼2单元501"})
    stored = """
    SELECT b.source_ref, h.source_ref FROM person_version v
    JOIN building b ON b.id = v.home_building_id JOIN household h ON h.id = v.home_household_id
    """
    assert tuple(session.execute(text(stored)).one()) == ("3号楼", "h")


def test_an_address_that_means_nothing_waits_on_the_review_list(session: Session, operator: Actor, here: int) -> None:
    proposal = bring(session, operator, here, {"编号": "9", "姓名": "李四", "家庭住址": "无名小区88号楼1单元101"})
    assert [each.code for each in proposal.findings] == ["building-unknown"]
    assert "88" not in str(proposal.findings[0])
    assert session.execute(text("SELECT noun, source_ref, address FROM address_review")).all() == [
        ("person", "9", "无名小区88号楼1单元101")
    ]
