"""The impact of a plan as a workbook: what changes unit, by kind, from which to which, with sums that anybody can recalculate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session
from xlsxwriter.utility import xl_col_to_name

from geodata.samples import SYNTHETIC
from gridsvc.database.queries.impact import impact
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.redraw_findings import redraw_findings
from gridsvc.domain.impact import KINDS, Impact, Sums
from gridsvc.domain.instants import SHANGHAI
from gridsvc.domain.permissions import Actor
from gridsvc.domain.plans import STATES
from gridsvc.operations.audit import record
from gridsvc.words import say

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # a spreadsheet knows no zones; a fixed date keeps the same content the same bytes
SEVERITIES = {"error": "错误", "warning": "提醒", "info": "说明"}


def impact_book(session: Session, actor: Actor, plan: PlanRow, place: JurisdictionRow) -> bytes:
    """Return the impact of a plan as XLSX, in Chinese, under the actor's rights; what is left out for want of rights is named.

    Check columns are live formulas with their values; texts are texts, whatever they begin with. The trail keeps that it was taken.
    """
    found = impact(session, actor, plan)
    findings = redraw_findings(session, actor, plan)
    told = [(SEVERITIES[each.severity], say(each.template, "zh", **each.values)) for each in findings]
    record(session, actor, "plan.impact_book", plan.path, plan=str(plan.public_id), version=plan.version)
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"{plan.title}影响分析", "created": _MADE, "comments": source_of(place)})
        _Book(book, found).write(plan, place, told)
    return stream.getvalue()


def source_of(place: JurisdictionRow) -> str:
    """Return what every paper says of where its ground comes from."""
    return SYNTHETIC if place.synthetic else place.attribution or "业务数据"


class _Book:
    """The sheets in the making."""

    def __init__(self, book: xlsxwriter.Workbook, found: Impact) -> None:
        self.book, self.found = book, found
        self.kinds = [name for name in KINDS if name not in found.withheld]
        self.title = book.add_format({"bold": True, "font_size": 15})
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "bg_color": "#E8EEF4", "border": 1}
        )
        self.text = book.add_format({"quote_prefix": True, "valign": "top", "text_wrap": True})
        self.number = book.add_format({"num_format": "#,##0"})
        self.share = book.add_format({"num_format": "0.0%"})
        self.quiet = book.add_format({"num_format": "#,##0;-#,##0;0", "italic": True, "font_color": "#6B7785"})

    def write(self, plan: PlanRow, place: JurisdictionRow, told: Sequence[tuple[str, str]]) -> None:
        """Write the sheets in their order."""
        self._about(plan, place)
        self._units()
        self._flows()
        self._listed("固定不动", ["种类", "仍归属", "所在地面归"], self._pinned())
        self._listed("检查提示", ["级别", "内容"], told or [("", "没有提示。")])

    def _about(self, plan: PlanRow, place: JurisdictionRow) -> None:
        sheet = self.book.add_worksheet("说明")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 5, 16)
        sheet.write_string(0, 0, f"{plan.title}影响分析", self.title)
        lines = {
            "辖区": place.name,
            "状态": STATES[plan.state][0],
            "目的": plan.purpose or "—",
            "版本": plan.version,
            "起草时间": f"{plan.created_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}（北京时间）",
            "数据性质": source_of(place),
            "未列种类": "、".join(KINDS[name].name_zh for name in self.found.withheld) or "无",
            "勾稽": "调整后 = 调整前 − 划出 + 划入；“勾稽差”列为公式，应全部为 0",
        }
        for at, (name, value) in enumerate(lines.items(), start=2):
            sheet.write_string(at, 0, name, self.head)
            sheet.merge_range(at, 1, at, 5, "", self.text)
            sheet.write_string(at, 1, value, self.text)
        top = len(lines) + 3
        sheet.write_row(top, 0, ["种类", "单位", "涉及单元调整前合计", "变更归属", "占比"], self.head)
        for at, kind in enumerate(self.kinds, start=top + 1):
            moved, had = self.found.total(kind), self.found.had(kind)
            sheet.write_string(at, 0, KINDS[kind].name_zh, self.text)
            sheet.write_string(at, 1, KINDS[kind].measure, self.text)
            sheet.write_number(at, 2, round(had, 1), self.number)
            sheet.write_number(at, 3, round(moved, 1), self.number)
            sheet.write_formula(at, 4, f'=IF(C{at + 1}=0,"",D{at + 1}/C{at + 1})', self.share, moved / had if had else "")

    def _units(self) -> None:
        """Write every changed leaf and kind, and sums over all leaves, as live formulas."""
        sheet = self.book.add_worksheet("按单元")
        headers = ["编码", "原名称", "现名称", "原上级", "现上级", "种类", "单位", "调整前", "划出", "划入", "调整后", "勾稽差"]
        self._header(sheet, headers, [18, 24, 24, 20, 20, 16, 8, *[12] * 5])
        at = 0
        for key, sums in sorted(self.found.sums().items(), key=lambda each: self._rank(each[0])):
            for kind in (kind for kind in self.kinds if kind in sums):
                at += 1
                self._unit(sheet, at, key, kind, sums[kind])
        for column in range(7, 12):
            name = xl_col_to_name(column)
            sheet.write_formula(at + 1, column, f"=SUBTOTAL(109,{name}2:{name}{at + 1})", self.quiet, self._sum(column))
        sheet.write_string(at + 1, 5, "筛选后合计", self.text)
        sheet.autofilter(0, 0, max(at, 1), len(headers) - 1)

    def _unit(self, sheet: Any, at: int, key: int, kind: str, sums: Sums) -> None:  # noqa: ANN401  # xlsxwriter has no types
        old, new = self.found.before.get(key), self.found.after.get(key)
        either = new or old
        above = [self.found.before.get(old.parent or 0) if old else None, self.found.after.get(new.parent or 0) if new else None]
        names = [old.name if old else "（新设）", new.name if new else "（撤销）", *(unit.name if unit else "" for unit in above)]
        texts = [(either.code if either else None) or "", *names]
        for column, value in enumerate([*texts, KINDS[kind].name_zh, KINDS[kind].measure]):
            sheet.write_string(at, column, value, self.text)
        for column, figure in enumerate((sums.before, sums.lost, sums.gained, sums.after), start=7):
            sheet.write_number(at, column, round(figure, 1), self.number)
        sheet.write_formula(at, 11, f"=ROUND(H{at + 1}-I{at + 1}+J{at + 1}-K{at + 1},0)", self.quiet, 0)

    def _sum(self, column: int) -> float:
        figures = [(each.before, each.lost, each.gained, each.after, 0.0) for sums in self.found.sums().values() for each in sums.values()]
        return round(sum(figure[column - 7] for figure in figures), 1)

    def _flows(self) -> None:
        sheet = self.book.add_worksheet("按去向")
        self._header(sheet, ["种类", "从（原单元）", "到（现单元）", "数量", "单位"], [16, 28, 28, 14, 8])
        moved = self.found.moved()
        for at, flow in enumerate(moved, start=1):
            ends = [self.found.before.get(flow.source or 0), self.found.after.get(flow.target or 0)]
            for column, value in enumerate([KINDS[flow.kind].name_zh, *(unit.name if unit else "（辖区外）" for unit in ends)]):
                sheet.write_string(at, column, value, self.text)
            sheet.write_number(at, 3, round(flow.amount, 1), self.number)
            sheet.write_string(at, 4, KINDS[flow.kind].measure, self.text)
        sheet.autofilter(0, 0, max(len(moved), 1), 4)

    def _pinned(self) -> list[tuple[str, ...]]:
        name = self.found.name
        return [(KINDS[each.kind].name_zh, name(each.unit) or "", name(each.ground) or "") for each in self.found.pinned]

    def _listed(self, title: str, headers: list[str], rows: Sequence[Sequence[str]]) -> None:
        sheet = self.book.add_worksheet(title)
        self._header(sheet, headers, [14, *[60 if len(headers) == 2 else 28] * (len(headers) - 1)])  # level and sentence
        for at, row in enumerate(rows or [("没有。", *[""] * (len(headers) - 1))], start=1):
            for column, value in enumerate(row):
                sheet.write_string(at, column, value, self.text)

    def _header(self, sheet: Any, headers: list[str], widths: list[int]) -> None:  # noqa: ANN401  # the same
        sheet.write_row(0, 0, headers, self.head)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)

    def _rank(self, key: int) -> tuple[bool, str, int]:
        unit = self.found.after.get(key) or self.found.before[key]
        return unit.code is None, unit.code or "", abs(key)
