"""A ledger as bad as offices have them: every bad row is named with the remedy, and nothing is written until told."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from gridsvc.domain.cells import check_digit
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Invalid
from gridsvc.operations.imports import Imported, ImportRequest, run
from gridsvc.sealing import unseal
from tests.dwellings import lay

NUMBER = "37021219900503123"
PEOPLE = [
    ["姓名", "手机号码", "身份证号", "出生年月", "家庭住址"],
    ["王 伟", 13812345678.0, NUMBER + check_digit(NUMBER), 1990.5, "龙泽书苑２号楼１单元１０１"],
    ["李　娜", "1.3812345679E+10", "", "1990年5月", "龙泽书苑2#1-102"],
    ["张三", "1.38E+10", "", "1990-05-03", "龙泽书苑2号楼1单元103"],
    ["赵四", "13812345670", 3.70212e17, "", ""],
    ["", "13812345671", "", "", ""],
    ["孙六", "13812345672", "", "去年", "老电厂9号楼101"],
    ["合计:", 6, "", "", ""],
]
HOUSES = [
    ["小区", "楼栋", "单元", "房号", "房屋使用情况", "是否常住", "人口数"],
    ["龙泽书苑", "２号楼", "1单元", "101室", "自住", "√", 3.0],
    ["", "", "1", "102", "出租", "是", "２"],
    ["", "", "1", "102", "空置", "", ""],
    ["龙泽书院", "2号楼", "1", "103", "自住", "", ""],
    ["龙泽书苑", "2号楼", "1", "", "自住", "", ""],
    ["龙泽书苑", "2号楼", "1", "104", "别墅", "偶尔", "若干"],
    ["合计", "", "", "", "", "", 9],
]


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    return lay(session, operator)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Write a workbook of two sheets, each with a title over merged cells and a row of sums."""
    file = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(str(file)) as made:
        for name, rows in (("党员", PEOPLE), ("住户", HOUSES)):
            sheet = made.add_worksheet(name)
            sheet.merge_range(0, 0, 0, len(rows[0]) - 1, f"某某社区{name}台账（2024年）")
            sheet.merge_range(1, 0, 1, len(rows[0]) - 1, "填报单位：某某社区   填报人：王伟")
            for number, row in enumerate(rows, start=2):
                sheet.write_row(number, 0, row)
        sheet.merge_range(3, 0, 5, 0, "龙泽书苑")
        sheet.merge_range(3, 1, 5, 1, "２号楼")
    return file


def bring(session: Session, actor: Actor, here: int, book: Path, noun: str, **fields: object) -> Imported:
    layer = {"people": "党员", "households": "住户"}[noun]
    return run(session, actor, ImportRequest(noun, book, here, layer=layer, **fields))


def named(imported: Imported) -> set[tuple[int | None, str]]:
    """Return row and code of what is refused or left empty."""
    return {(finding.row, finding.code) for finding in imported.proposal.findings if finding.severity != "info"}


def written(session: Session) -> int:
    return session.scalars(text("SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM household)")).one()


def test_the_sheet_has_to_be_named_where_there_are_several(session: Session, operator: Actor, here: int, book: Path) -> None:
    with pytest.raises(GeodataError, match="党员、住户"):
        run(session, operator, ImportRequest("people", book, here))


def test_every_bad_row_of_people_is_named(session: Session, operator: Actor, here: int, book: Path) -> None:
    assert named(bring(session, operator, here, book, "people")) >= {
        (6, "phone-rounded"), (7, "id-number-rounded"), (8, "name-missing"), (9, "day-unread"), (9, "building-unknown"),
    }  # fmt: skip


def test_every_bad_row_of_households_is_named(session: Session, operator: Actor, here: int, book: Path) -> None:
    assert named(bring(session, operator, here, book, "households")) >= {
        (6, "dwelling-repeated"), (7, "address-unknown"), (8, "room-missing"), (9, "use-unknown"),
    }  # fmt: skip


@pytest.mark.parametrize("noun", ["people", "households"])
def test_nothing_is_written_until_told(session: Session, operator: Actor, here: int, book: Path, noun: str) -> None:
    bring(session, operator, here, book, noun)
    with pytest.raises(Invalid):
        bring(session, operator, here, book, noun, commit=True)
    assert written(session) == 0


def test_what_can_be_understood_is_brought_in_when_told(session: Session, operator: Actor, here: int, book: Path) -> None:
    for noun in ("households", "people"):
        bring(session, operator, here, book, noun, commit=True, skip_refused=True)
    rooms = session.execute(text("SELECT h.room, v.use, v.persons FROM household h JOIN household_version v ON v.household_id = h.id"))
    assert {tuple(row) for row in rooms} == {("101", "own", 3), ("102", "let", 2)}
    people = session.execute(text("SELECT name, phone_sealed, born_on::text, home_household_id FROM person_version ORDER BY id")).all()
    assert [(row.name, unseal(row.phone_sealed), row.born_on) for row in people] == [
        ("王伟", "13812345678", "1990-05-01"), ("李娜", "13812345679", "1990-05-01"), ("孙六", "13812345672", None),
    ]  # fmt: skip
    assert [row.home_household_id is None for row in people] == [False, False, True]


def test_a_table_in_gbk_is_read_as_well(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    file = tmp_path / "住户.csv"
    file.write_bytes("某某社区住户台账,,,\r\n地址,房屋用途,是否常住,人口数\r\n龙泽书苑2号楼1单元101,自住,是,2\r\n".encode("gbk"))
    assert run(session, operator, ImportRequest("households", file, here)).proposal.counts == {"new": 1}
