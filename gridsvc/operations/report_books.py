"""A frozen report as a workbook: what it is, the figures with their checks, why they changed, what was reported elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from geodata.samples import SYNTHETIC
from gridsvc.database.queries.reports import ReportRow
from gridsvc.domain.coverage import REMAINDER
from gridsvc.domain.figures import QUALIFIERS
from gridsvc.domain.instants import SHANGHAI
from gridsvc.domain.reports import Change

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # a spreadsheet knows no zones; a fixed date keeps the same content the same bytes
_FIXED = 4
"""Columns before the figures: the row of the unit above, code, name, level."""
VERDICTS = {"agrees": "相符", "differs": "不符", "unknown": "未计算"}


def workbook(row: ReportRow, content: Mapping[str, Any]) -> bytes:
    """Return the report as XLSX, in Chinese; the same report gives the same bytes. Its check rows are live formulas with their values."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        notes = [SYNTHETIC] if content["jurisdiction"]["synthetic"] else []
        book.set_properties({"title": _title(row, content), "created": _MADE, "comments": " ".join(notes)})
        _Book(book, row, content, notes).write()
    return stream.getvalue()


def _title(row: ReportRow, content: Mapping[str, Any]) -> str:
    place, unit = content["jurisdiction"]["name"], content["unit"]["name"]
    return f"{place if place.endswith(unit) else place + unit}网格统计报表（{row.number}）"


class _Book:
    """The sheets in the making."""

    def __init__(self, book: xlsxwriter.Workbook, row: ReportRow, content: Mapping[str, Any], notes: Sequence[str]) -> None:
        self.book, self.row, self.content, self.notes = book, row, content, notes
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "bg_color": "#E8EEF4", "border": 1}
        )
        self.text = book.add_format({"quote_prefix": True, "valign": "top", "text_wrap": True})
        self.title = book.add_format({"bold": True, "font_size": 15})
        self.number = book.add_format({"num_format": "#,##0"})
        self.strong = book.add_format({"num_format": "#,##0", "bold": True})
        self.quiet = book.add_format({"num_format": "#,##0", "italic": True, "font_color": "#6B7785"})
        self.signed = book.add_format({"num_format": "+#,##0;-#,##0;0"})
        self.wrong = book.add_format({"bg_color": "#F8D7DA", "font_color": "#8B1E2B"})

    def write(self) -> None:
        """Write the sheets in their order."""
        self._about()
        self._figures()
        self._changes()
        self._reported()

    def _about(self) -> None:
        sheet, content = self.book.add_worksheet("说明"), self.content
        until = datetime.fromisoformat(content["cut_off"]).astimezone(SHANGHAI)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 90)
        sheet.write_string(0, 0, _title(self.row, content), self.title)
        lines = {
            "编号": self.row.number,
            "统计单元": f"{content['unit']['name']}（{content['unit']['code'] or '无编码'}）",
            "统计期": f"{content['period']['label']}（{content['period']['from']} 起，{content['period']['until']} 前）",
            "截止时间": f"{until:%Y-%m-%d %H:%M:%S}（北京时间）",
            "内容摘要": f"SHA-256 {self.row.digest}",
            "上一期": self._last(),
            "数据性质": "、".join(self.notes) or "业务数据",
            "勾稽": "上级 = 本级直属 + 各下级；“勾稽差”行为公式，应全部为 0",
        }
        at = 2
        for name, value in lines.items():
            sheet.write_string(at, 0, name, self.head)
            sheet.write_string(at, 1, value, self.text)
            at += 1
        sheet.write_row(at + 1, 0, ["指标", "口径（本列统计什么）"], self.head)
        for place, column in enumerate(content["columns"], start=at + 2):
            sheet.write_string(place, 0, column["name_zh"], self.text)
            sheet.write_string(place, 1, column["counts_zh"], self.text)

    def _last(self) -> str:
        before = self.content["before"]
        return f"{before['number']}（SHA-256 {before['digest']}）" if before else "无，本期为首期"

    def _figures(self) -> None:
        """Write units as a tree, each followed by those below it, what is its own, and the check."""
        sheet, rows = self.book.add_worksheet("汇总"), self.content["rows"]
        headers = ["上级行", "编码", "单元", "层级", *(column["name_zh"] for column in self.content["columns"])]
        sheet.write_row(0, 0, headers, self.head)
        sheet.freeze_panes(1, _FIXED)
        sheet.set_column(0, 0, 7, None, {"hidden": True})
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, 2, 30)
        sheet.set_column(3, 3, 6)
        sheet.set_column(_FIXED, len(headers) - 1, 10)
        below: dict[int, list[int]] = {}
        for place, row in enumerate(rows):
            if row["parent"] is not None:
                below.setdefault(row["parent"], []).append(place)
        self._last_row = len(rows) + 2 * len(below)
        self._below = below
        self._at = 1
        self._unit(sheet, 0, 0, 0)
        sheet.ignore_errors({"number_stored_as_text": f"B2:B{self._last_row + 1}"})
        cells = f"{xl_col_to_name(_FIXED)}2:{xl_col_to_name(len(headers) - 1)}{self._last_row + 1}"
        check = {"type": "formula", "criteria": f'=AND($C2="勾稽差",{xl_col_to_name(_FIXED)}2<>0)', "format": self.wrong}
        sheet.conditional_format(cells, check)

    def _unit(self, sheet: Any, place: int, above: int, depth: int) -> None:  # noqa: ANN401  # xlsxwriter has no types
        row, here = self.content["rows"][place], self._at
        children = self._below.get(place, [])
        style = self.strong if children else self.number
        name = "（其余地面）" if row["kind"] == REMAINDER else row["name"]
        self._line(sheet, above, [row["code"] or "", "　" * depth + name, row["level"]], row["values"], style)
        sheet.set_row(here, None, None, {"level": min(depth, 7)})
        for child in children:
            self._unit(sheet, child, here + 1, depth + 1)
        if children:
            self._line(sheet, here + 1, ["", "　" * (depth + 1) + "（本级直属）", ""], row["own"], self.quiet)
            sheet.set_row(self._at - 1, None, None, {"level": min(depth + 1, 7)})
            self._check(sheet, here)
            sheet.set_row(self._at - 1, None, None, {"level": min(depth + 1, 7)})

    def _line(self, sheet: Any, above: int, names: Sequence[object], values: Sequence[int], style: Any) -> None:  # noqa: ANN401  # the same
        sheet.write_number(self._at, 0, above)
        for column, name in enumerate(names, start=1):
            if isinstance(name, int):
                sheet.write_number(self._at, column, name)
            else:
                sheet.write_string(self._at, column, str(name))
        for column, value in enumerate(values, start=_FIXED):
            sheet.write_number(self._at, column, value, style)
        self._at += 1

    def _check(self, sheet: Any, here: int) -> None:  # noqa: ANN401  # the same
        """Write by how much a unit exceeds what is below it and its own: a formula, which anybody may read and recalculate."""
        sheet.write_string(self._at, 2, "勾稽差", self.quiet)
        for column in range(_FIXED, _FIXED + len(self.content["columns"])):
            name = xl_col_to_name(column)
            above, cells = f"$A$2:$A${self._last_row + 1}", f"{name}$2:{name}${self._last_row + 1}"
            formula = f"={xl_rowcol_to_cell(here, column)}-SUMIF({above},{here + 1},{cells})"
            sheet.write_formula(self._at, column, formula, self.quiet, 0)
        self._at += 1

    def _changes(self) -> None:
        sheet = self.book.add_worksheet("变动")
        headers = ["编码", "单元", "指标", "上期", "补正", "新增", "减少", "区划调整", "本期", "勾稽差"]
        sheet.write_row(0, 0, headers, self.head)
        sheet.freeze_panes(1, 3)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 28)
        sheet.set_column(2, len(headers) - 1, 12)
        for at, given in enumerate(self.content["changes"], start=1):
            change = Change(*given)
            unit = self.content["rows"][change.row]
            sheet.write_string(at, 0, unit["code"] or "")
            sheet.write_string(at, 1, unit["name"])
            sheet.write_string(at, 2, self.content["columns"][change.column]["name_zh"])
            for column, value in enumerate(change[2:], start=3):
                sheet.write_number(at, column, value, self.signed if column in (4, 7) else self.number)
            sheet.write_formula(at, 9, f"=I{at + 1}-D{at + 1}-E{at + 1}-F{at + 1}+G{at + 1}-H{at + 1}", self.quiet, 0)
        if not self.content["changes"]:
            sheet.write_string(1, 0, "与上一期相比没有变动。" if self.content["before"] else "本期为首期，没有可比的上一期。")
        sheet.autofilter(0, 0, max(1, len(self.content["changes"])), len(headers) - 1)

    def _reported(self) -> None:
        sheet = self.book.add_worksheet("上报对照")
        headers = ["来源", "发布日期", "口径", "限定", "上报值", "单位", "系统值", "差额", "结论"]
        sheet.write_row(0, 0, headers, self.head)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 26)
        sheet.set_column(2, 2, 44)
        for at, figure in enumerate(self.content["reported"], start=1):
            texts = {0: figure["account"], 1: figure["published_on"] or "日期不详", 2: figure["counts_zh"], 5: figure["measure"] or ""}
            for column, value in (texts | {3: QUALIFIERS[figure["qualifier"]].name_zh, 8: VERDICTS[figure["verdict"]]}).items():
                sheet.write_string(at, column, value, self.text)
            sheet.write_number(at, 4, figure["reported"], self.number)
            if figure["computed"] is not None:
                sheet.write_number(at, 6, figure["computed"], self.number)
                sheet.write_formula(at, 7, f"=G{at + 1}-E{at + 1}", self.signed, figure["computed"] - figure["reported"])
        if not self.content["reported"]:
            sheet.write_string(1, 0, "没有关于本单元的上报数字。")
