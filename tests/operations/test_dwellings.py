"""Households come in by building or address, with use, residence and care; what finds no building waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import NOBODY, Actor, Grant, Role
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import Invalid, NotSignedIn
from gridsvc.operations.dwellings import import_households
from tests import builders
from tests.dwellings import bring, lay

LATER = builders.FIRST_DAY + timedelta(days=30)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    return lay(session, operator)


def found(session: Session) -> list[tuple[object, ...]]:
    """Return building, entrance, room and use of each household."""
    return [
        tuple(row)
        for row in session.execute(
            text("""
            SELECT b.source_ref, h.entrance, h.room, v.use FROM household h
            JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid) JOIN building b ON b.id = h.building_id
            ORDER BY b.source_ref, h.entrance, h.room
            """)
        )
    ]


def told(proposal: Proposal) -> list[str]:
    return [str(finding) for finding in proposal.findings]


def test_a_household_is_found_by_building_or_by_address(session: Session, operator: Actor, here: int) -> None:
    bring(
        session, operator, here,
        {"楼栋编号": "a", "单元": "1单元", "室号": "101室"},
        {"小区": "海晏花园", "楼栋编号": "1号楼", "室号": "102"},
        {"地址": "龙泽书苑2号楼2单元501", "房屋用途": "出租房"},
        {"地址": "２-1-502", "房屋用途": "空置"},
        {"地址": "龙泽书苑1号楼商铺3", "房屋用途": "门面房"},
    )  # fmt: skip
    assert found(session) == [
        ("a", "", "商铺3", "shop"), ("a", "1", "101", "own"),
        ("b", "1", "502", "vacant"), ("b", "2", "501", "let"),
        ("c", "", "102", "own"),
    ]  # fmt: skip


def test_residence_persons_care_and_absence_stand_apart_from_the_use(session: Session, operator: Actor, here: int) -> None:
    row = {"地址": "2-1-101", "房屋用途": "出租", "是否常住": "是", "居住人数": "３", "关爱类别": "独居老人、残疾", "长期外出": "否"}
    bring(session, operator, here, row)
    stored = session.execute(text("SELECT use, resident, persons, care, away FROM household_version")).one()
    assert tuple(stored) == ("let", True, 3, ["alone", "disabled"], False)


def test_the_same_file_again_changes_nothing(session: Session, operator: Actor, here: int) -> None:
    rows = [{"地址": "2-1-101"}, {"地址": "2-1-102"}]
    bring(session, operator, here, *rows)
    again = bring(session, operator, here, {"楼栋编号": "b", "单元": "1", "室号": "101", "住户编号": "H1"}, rows[1], effective_at=LATER)
    assert again.counts == {"unchanged": 2}


def test_a_change_is_a_new_version_from_its_day_on(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, {"地址": "2-1-101"})
    assert bring(session, operator, here, {"地址": "2-1-101", "房屋用途": "空置"}, effective_at=LATER).counts == {"changed": 1}
    assert list(session.scalars(text("SELECT use FROM household_version ORDER BY lower(valid)"))) == ["own", "vacant"]


def test_a_corrected_address_keeps_the_household(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, {"住户编号": "H1", "地址": "2-1-101"})
    bring(session, operator, here, {"住户编号": "H1", "地址": "2-1-102"}, effective_at=LATER)
    assert found(session) == [("b", "1", "102", "own")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"地址": "1-1-101"}, "1-1-101 may be any of 龙泽书苑1号楼、海晏花园1号楼; name the compound, or say which on the review list."),
        ({"地址": "龙泽书院9号楼101"}, "龙泽书院9号楼101 is no building here; 龙泽书苑3号楼2单元501 would be right, or say which"),
        ({"地址": "2号楼"}, "2号楼 has no room; 龙泽书苑3号楼2单元501, or a column 室号, would be right."),
        ({"地址": "2-1-101", "房屋用途": "别墅"}, "'别墅' is no use of a dwelling; 自住, 出租, 空置 or 商铺 would be right."),
    ],
)
def test_a_row_that_cannot_be_brought_in_is_named_with_the_remedy(
    session: Session, operator: Actor, here: int, row: Mapping[str, str], sentence: str
) -> None:
    proposal = bring(session, operator, here, row, commit=False)
    assert proposal.counts == {"refused": 1}
    assert told(proposal)[0].startswith(f"Row 1: {sentence}")


def test_two_rows_of_one_dwelling_are_told(session: Session, operator: Actor, here: int) -> None:
    proposal = bring(session, operator, here, {"地址": "2-1-101"}, {"地址": "龙泽书苑2号楼1单元101"}, commit=False)
    assert told(proposal) == ["Row 2: this is the dwelling of row 1 as well; one row each would be right."]


def test_what_is_known_by_another_numbering_is_left_to_it(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, {"地址": "2-1-101"}, source="police")
    proposal = bring(session, operator, here, {"地址": "2-1-101"}, commit=False)
    assert "known by the numbering 'police'" in told(proposal)[0]


def test_nothing_is_written_while_a_row_is_refused(session: Session, operator: Actor, here: int) -> None:
    with pytest.raises(Invalid):
        bring(session, operator, here, {"地址": "2-1-101"}, {"地址": "龙泽书院9号楼101"})
    assert found(session) == []


def test_an_address_without_building_waits_once_the_others_are_in(session: Session, operator: Actor, here: int) -> None:
    for _ in range(2):
        bring(session, operator, here, {"地址": "2-1-101"}, {"住户编号": "H2", "地址": "老电厂3号楼101"}, skip_refused=True)
    assert session.execute(text("SELECT noun, source_ref, address FROM address_review")).all() == [("household", "H2", "老电厂3号楼101")]


def test_a_file_without_a_use_is_refused(session: Session, operator: Actor, here: int) -> None:
    with pytest.raises(Invalid, match="房屋用途"):
        import_households(session, operator, builders.file(here, [({"地址": "2-1-101"}, None)]))


def test_words_that_are_no_answer_are_left_empty_and_told(session: Session, operator: Actor, here: int) -> None:
    proposal = bring(session, operator, here, {"地址": "2-1-101", "是否常住": "偶尔", "关爱类别": "低保", "居住人数": "若干"}, commit=False)
    assert [finding.code for finding in proposal.findings] == ["yes-unread", "number-unread", "code-unknown"]


def test_a_community_brings_in_its_own_dwellings_alone(session: Session, operator: Actor, here: int) -> None:
    path = session.scalar(text("SELECT path::text FROM unit_version WHERE name = 'A'"))
    clerk = Actor(operator.account_id, "clerk", (Grant(Role.DATA_CLERK, path),))
    proposal = bring(session, clerk, here, {"地址": "2-1-101"}, {"地址": "海晏花园1-1-101"}, commit=False)
    assert proposal.counts == {"new": 1, "refused": 1}


def test_nobody_brings_in_households(session: Session, here: int) -> None:
    with pytest.raises(NotSignedIn):
        bring(session, NOBODY, here, {"地址": "2-1-101"})
