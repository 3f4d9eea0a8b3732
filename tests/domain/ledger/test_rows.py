from __future__ import annotations

import numpy as np
import pytest

from geodata.records import Table
from geodata.samples import scheme_text
from gridsvc.domain.ledger.building_names import written
from gridsvc.domain.ledger.rows import Ledger, read_ledger
from gridsvc.domain.schemes import parse_scheme
from gridsvc.errors import Invalid


def ledger(scheme: str, headers: str, *rows: tuple[object, ...], **chosen: str) -> Ledger:
    attributes = [dict(zip(headers.split(), row, strict=True)) for row in rows]
    table = Table("台账.xlsx", None, range(2, len(rows) + 2), attributes, np.full(len(rows), None, dtype=object))
    return read_ledger(table, parse_scheme(scheme_text(scheme), name=scheme), chosen)


def test_columns_are_levels_of_the_scheme_by_their_names() -> None:
    read = ledger("yuci", "所属社区 网格名称 微网格 小区 楼栋", ("锦纶社区", "一网格", "1", "锦纶苑", "1-3号楼"))
    assert [level.name_zh for level in read.levels] == ["社区", "小区(网格)", "楼栋(微网格)"]
    assert [name for _, name in read.rows[0].chain] == ["锦纶社区", "一网格", "1"]


def test_where_the_compound_is_a_level_one_column_is_both() -> None:
    read = ledger("qingshui", "社区 小区 楼栋", ("永清社区", "西江小区", "全部"))
    assert [name for _, name in read.rows[0].chain] == ["永清社区", "西江小区"]
    assert read.rows[0].compounds == ("西江小区",)


def test_a_blank_unit_is_that_of_the_row_above() -> None:
    read = ledger(
        "longze",
        "社区 网格 小区 楼栋",
        ("山海社区", "一网格", "甲苑", "1号楼"),
        (None, None, "甲苑", "3号楼"),
        ("", "二网格", "乙苑", "2栋"),
    )
    assert [[name for _, name in row.chain] for row in read.rows] == [["山海社区", "一网格"]] * 2 + [["山海社区", "二网格"]]


def test_sums_and_empty_rows_are_left_out() -> None:
    read = ledger(
        "longze", "社区 网格 小区 楼栋 户数", ("合计", None, None, None, 875), (None,) * 5, ("山海社区", "一网格", "甲苑", "1号楼", 20)
    )
    assert [row.row for row in read.rows] == [4]
    assert read.findings == []


def test_without_buildings_all_of_the_compound_are_meant() -> None:
    assert ledger("longze", "社区 网格 小区", ("山海社区", "一网格", "甲苑")).rows[0].claimed.every == "all"


def test_a_row_without_unit_and_one_without_buildings_are_told() -> None:
    read = ledger("longze", "社区 网格 小区 楼栋", (None, None, "甲苑", "1号楼"), ("山海社区", "一网格", None, None))
    assert [(finding.row, finding.code) for finding in read.findings] == [(2, "ledger-row-no-unit"), (3, "ledger-row-empty")]


def test_what_is_not_understood_is_told_by_row_and_the_rest_is_read() -> None:
    read = ledger("longze", "社区 网格 小区 楼栋", ("山海社区", "一网格", "甲苑", "1-3号楼、9-7号楼"))
    assert written(read.rows[0].claimed.named) == "1-3号楼"
    assert [(finding.row, finding.values["item"]) for finding in read.findings] == [(2, "9-7号楼")]


def test_a_column_of_no_level_is_told() -> None:
    read = ledger("longze", "社区 网格 微网格 楼栋", ("山海社区", "一网格", "1", "甲苑1号楼"))
    assert [finding.values["header"] for finding in read.findings] == ["微网格"]


def test_columns_can_be_chosen() -> None:
    read = ledger("longze", "片 单元 包含", ("山海社区", "一网格", "甲苑1号楼"), community="片", grid="单元", buildings="包含")
    assert [name for _, name in read.rows[0].chain] == ["山海社区", "一网格"]


@pytest.mark.parametrize(("headers", "said"), [("甲 楼栋", "names a unit"), ("网格 甲", "names buildings")])
def test_a_ledger_without_units_or_buildings_is_refused(headers: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        ledger("longze", headers, ("a", "b"))
