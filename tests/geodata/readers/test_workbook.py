import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pytest
import shapely
import xlsxwriter

from geodata.findings import GeodataError
from geodata.readers import read
from geodata.records import Table
from tests.geodata.readers.biff import xls

LEDGER = [["社区", "网格", "户数"], ["甲社区", "一网格", 120], ["甲社区", "二网格", 80.5]]


def written(
    folder: Path, sheets: Mapping[str, Sequence[Sequence[object]]], merged: Sequence[str] = (), name: str = "台账.xlsx", hidden: str = ""
) -> Path:
    """Write a workbook; in the first sheet some ranges are merged, each holding what its first cell says."""
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"default_date_format": "yyyy-mm-dd"}) as book:
        for at, (title, rows) in enumerate(sheets.items()):
            sheet = book.add_worksheet(title)
            for row, cells in enumerate(rows):
                sheet.write_row(row, 0, cells)
            for cells in merged if at == 0 else ():
                first = cells.split(":")[0]
                column, row = ord(first[0]) - ord("A"), int(first[1:]) - 1
                sheet.merge_range(cells, rows[row][column])
            if title == hidden:
                sheet.hide()
    path = folder / name
    path.write_bytes(data.getvalue())
    return path


def one(folder: Path, rows: Sequence[Sequence[object]], *merged: str) -> Table:
    return read(written(folder, {"网格": rows}, merged))


def codes(table: Table) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.row) for finding in table.findings]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.et", "A.XLSX"])
def test_a_workbook_is_known_by_what_is_in_it(tmp_path: Path, name: str) -> None:
    assert read(written(tmp_path, {"网格": LEDGER}, name=name)).attributes[1] == {"社区": "甲社区", "网格": "二网格", "户数": 80.5}


@pytest.mark.parametrize("name", ["台账.xls", "台账.et", "台账.xlsx"])
def test_a_workbook_of_the_old_kind_reads_alike(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(xls("网格", [["网格台账", None, None], *LEDGER[:2], [None, *LEDGER[2][1:]]], [(0, 0, 0, 2), (2, 3, 0, 0)]))
    table = read(path)
    assert (list(table.rows), codes(table)) == ([3, 4], [("header-below", 2)])
    assert table.attributes == [{"社区": "甲社区", "网格": "一网格", "户数": 120}, {"社区": "甲社区", "网格": "二网格", "户数": 80.5}]


def test_a_cell_is_text_number_truth_or_date(tmp_path: Path) -> None:
    cells = ["0012", 12, 1.5, True, dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, 3, 4), None, "　全角１ "]  # noqa: DTZ001 - sheets have no zones
    table = one(tmp_path, [list("abcdefgh"), cells])
    assert list(table.attributes[0].values()) == ["0012", 12, 1.5, True, "2024-01-02", "2024-01-02T03:04:00", None, "　全角１ "]
    assert [type(cell) for cell in list(table.attributes[0].values())[:4]] == [str, int, float, bool]


def test_a_sheet_may_begin_anywhere_below_titles(tmp_path: Path) -> None:
    rows = [[], [None, "某街道网格台账"], [None, "填报单位：甲街道", None, "2024年3月"], [], *([None, *row] for row in LEDGER)]
    table = one(tmp_path, rows, "B2:D2")
    assert (list(table.rows), codes(table)) == ([6, 7], [("header-below", 5)])
    assert list(table.attributes[0]) == ["社区", "网格", "户数"]


def test_a_header_of_two_rows_is_one(tmp_path: Path) -> None:
    rows = [["社区", "户数", None], [None, "常住", "流动"], ["甲社区", 1, 2]]
    assert one(tmp_path, rows, "A1:A2", "B1:C1").attributes == [{"社区": "甲社区", "户数 常住": 1, "户数 流动": 2}]


def test_a_merged_text_holds_for_all_its_rows(tmp_path: Path) -> None:
    rows = [["社区", "网格"], ["甲社区", "一"], [None, "二"], [None, "三"], ["乙社区", "四"]]
    assert [said["社区"] for said in one(tmp_path, rows, "A2:A4").attributes] == ["甲社区"] * 3 + ["乙社区"]


def test_a_merged_number_counts_once_and_that_is_told(tmp_path: Path) -> None:
    table = one(tmp_path, [["网格", "户数"], ["一", 24], ["二", None]], "B2:B3")
    assert [said["户数"] for said in table.attributes] == [24, None]
    assert codes(table) == [("merged-number", 3)]


@pytest.mark.parametrize("word", ["合计", "合  计", "小计：", "总计", "甲社区小计", "合\n计"])
def test_a_row_that_adds_up_others_is_left_out_and_told(tmp_path: Path, word: str) -> None:
    table = one(tmp_path, [*LEDGER, [word, None, 200.5]])
    assert (len(table), codes(table)) == (2, [("sum-row", 4)])


def test_a_note_under_the_table_is_left_out_and_told(tmp_path: Path) -> None:
    table = one(tmp_path, [*LEDGER, [], ["填表人：张三"], ["注：户数含空置"]])
    assert (len(table), codes(table)) == (2, [("remark-row", 5), ("remark-row", 6)])


@pytest.mark.parametrize("row", [["审计局", "合计路网格", 3], ["统计局小区", "一", 3], ["备注：甲", "一网格", 3], ["一", 3, "合计"]])
def test_a_record_that_speaks_of_sums_and_notes_is_none_of_them(tmp_path: Path, row: Sequence[object]) -> None:
    assert len(one(tmp_path, [*LEDGER, row])) == 3


def test_a_sum_with_a_place_is_a_record(tmp_path: Path) -> None:
    path = written(tmp_path, {"站": [["名称", "lon", "lat"], ["合计", 112.72, 37.69]]})
    assert len(read(path, crs="4490")) == 1


def test_blank_rows_are_no_records_but_count(tmp_path: Path) -> None:
    assert list(one(tmp_path, [LEDGER[0], [], LEDGER[1], [None, ""], LEDGER[2]]).rows) == [3, 5]


def test_columns_without_header_and_cells_are_none(tmp_path: Path) -> None:
    assert list(one(tmp_path, [["a", None, "b"], [1, None, 2], [3, None, 4]]).attributes[0]) == ["a", "b"]


def test_longitude_and_latitude_place_the_rows(tmp_path: Path) -> None:
    path = written(tmp_path, {"站": [["名称", "经度", "纬度"], ["a", 112.72, 37.69], ["b", "１１２．７２", "37.69 "], ["c", "东", 1]]})
    table = read(path, crs="4490")
    assert table.geometry.tolist() == [shapely.Point(112.72, 37.69)] * 2 + [None]
    assert codes(table) == [("unreadable-geometry", 4)]


def test_a_column_of_wkt_places_the_rows(tmp_path: Path) -> None:
    path = written(tmp_path, {"站": [["名称", "WKT"], ["a", "POINT (112.72 37.69)"]]})
    assert read(path, crs="4490").geometry.tolist() == [shapely.Point(112.72, 37.69)]


def test_a_code_that_a_spreadsheet_took_for_a_number_is_told(tmp_path: Path) -> None:
    assert codes(one(tmp_path, [["编码"], [370212002040001002]])) == [("rounded-number", 2)]


def test_the_only_sheet_that_holds_anything_needs_no_name(tmp_path: Path) -> None:
    assert len(read(written(tmp_path, {"说明": [["导出说明"]], "网格": LEDGER, "Sheet3": [], "字典": [["x"]]}, hidden="字典"))) == 2


def test_several_sheets_have_to_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, {"网格": LEDGER, "楼栋": [["楼栋"], ["1号楼"]]})
    with pytest.raises(GeodataError, match=r"台账\.xlsx has 2 sheets; name one of them: 网格、楼栋"):
        read(path)
    assert read(path, layer="楼栋").attributes == [{"楼栋": "1号楼"}]


def test_a_hidden_sheet_is_read_when_named(tmp_path: Path) -> None:
    assert len(read(written(tmp_path, {"网格": LEDGER, "字典": LEDGER}, hidden="字典"), layer="字典")) == 2


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match="has no sheet '楼'; it has 网格"):
        read(written(tmp_path, {"网格": LEDGER}), layer="楼")


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match=r"台账\.xlsx is empty"):
        read(written(tmp_path, {"网格": []}))


@pytest.mark.parametrize("name", ["a.xls", "a.et"])
@pytest.mark.parametrize(
    "data", ["<html><table><tr><td>网格</td></tr></table></html>".encode(), b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99]
)
def test_what_only_looks_like_a_workbook_is_refused_with_the_way_out(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GeodataError, match=r"open it in Excel or WPS and save it as XLSX \(\*\.xlsx\)"):
        read(tmp_path / name)
