"""What the papers and the workbook of a plan say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdictions
from gridsvc.database.queries.plan_papers import Papers, papers
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.errors import NotFound
from gridsvc.operations import plans
from gridsvc.operations.plan_asking import make
from gridsvc.operations.plan_books import impact_book
from gridsvc.operations.plan_papers import PAPERS, content, printed
from tests import redrawn

NAMES = ("王秀英", "孙立军")
"""Of leaders in the plan's grids."""


class Desk:
    """The neighbourhood with a plan, and what its papers are made of."""

    def __init__(self, engine: Engine) -> None:
        self.opened = redrawn.opened(engine)
        self.session = self.opened.__enter__()
        self.operator = actor_named(self.session, "operator")
        place = redrawn.lay(self.session, self.operator)
        self.plan: PlanRow = replace(redrawn.two_of_three(self.session, self.operator, place), title="=1+1 方案")
        self.place: JurisdictionRow = next(each for each in jurisdictions(self.session) if each.id == place)
        self.papers: Papers = papers(self.session, self.operator, self.plan)

    def content(self, name: str, unit: int | None = None) -> dict[str, Any]:
        return content(name, self.papers, self.plan, self.place, unit)

    def key(self, name: str) -> int:
        return next(unit.key for unit in self.papers.units if unit.name == name)


@pytest.fixture(scope="module")
def desk(engine: Engine) -> Iterator[Desk]:
    desk = Desk(engine)
    yield desk
    desk.opened.__exit__(None, None, None)


def test_the_comparison_has_each_grid_before_and_after(desk: Desk) -> None:
    first, _, ended = desk.content("comparison")["units"]
    assert [(row["buildings"], row["households"]) for row in first["rows"]] == [("2", "20"), ("3", "30")]
    assert first["rows"][0]["sides"] == "东至东湖二网格，南至辖区边界，西至辖区边界，北至辖区边界"
    assert first["rows"][1]["sides"] == "东至东湖三网格，南至辖区边界，西至辖区边界，北至辖区边界"
    assert first["rows"][0]["leaders"][0] == "网格长 王秀英"
    assert (ended["notes"], ended["rows"][1]["absent"]) == (["撤销"], "（撤销，并入东湖一网格、东湖三网格）")


def test_a_hand_over_lists_what_one_grid_gives_to_another(desk: Desk) -> None:
    sheets = desk.content("hand-over", desk.key("东湖二网格"))["sheets"]
    assert [(each["source"], each["target"]) for each in sheets] == [("东湖二网格", "东湖一网格"), ("东湖二网格", "东湖三网格")]
    assert sheets[0]["buildings"] == [{"compound": "", "name": "5号楼", "households": "10"}]
    assert (sheets[0]["givers"], sheets[1]["takers"]) == (("网格长 孙立军",), ("＿＿＿＿＿＿（待任命）",))


def test_a_unit_that_is_only_renamed_stands_in_the_comparison(desk: Desk) -> None:
    begun = plans.begin(desk.session, desk.operator, desk.place.id, "改名")
    key = redrawn.number(desk.session, desk.place.id, "东湖一网格")
    make(desk.session, desk.operator, begun, {"kind": "rename", "unit": key, "name": "东湖甲网格", "code": "9"})
    plan = plan_of(desk.session, desk.operator, begun.public_id)
    (unit,) = content("comparison", papers(desk.session, desk.operator, plan), plan, desk.place)["units"]
    assert (unit["name"], unit["code"], unit["notes"][0]) == ("东湖甲网格", "9", "原名：东湖一网格")
    assert [(row["buildings"], row["households"]) for row in unit["rows"]] == [("2", "20"), ("2", "20")]


def test_there_is_no_hand_over_of_a_unit_that_the_plan_lacks(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.content("hand-over", -99)


def test_a_consultation_names_nobody_and_counts_no_households(desk: Desk) -> None:
    rendered = str({key: value for key, value in desk.content("consultation").items() if key != "units"})
    shown = [(unit["name"], unit["rows"][1].get("buildings")) for unit in desk.content("consultation")["units"]]
    assert shown == [("东湖一网格", "3"), ("东湖三网格", "3"), ("东湖二网格", None)]
    assert not any(name in rendered for name in NAMES)


def test_every_paper_is_printed_and_says_that_its_place_is_made_up(desk: Desk) -> None:
    for name in PAPERS:
        filled = desk.content(name)
        assert "示意数据" in filled["source"]
        assert printed(name, filled).startswith(b"%PDF-")


def test_the_workbook_adds_up_and_runs_no_formula_of_a_name(desk: Desk) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(impact_book(desk.session, desk.operator, desk.plan, desk.place)))
    assert book.sheet_names == ["说明", "按单元", "按去向", "固定不动", "检查提示"]
    about = book.get_sheet_by_name("说明").to_python()
    assert about[0][0] == "=1+1 方案影响分析"
    head, *rows = book.get_sheet_by_name("按单元").to_python()
    before, lost, gained, after = (head.index(name) for name in ("调整前", "划出", "划入", "调整后"))
    sums = [[float(str(row[at])) for at in (before, lost, gained, after)] for row in rows if row[head.index("现名称")]]
    assert all(abs(was - gone + come - becomes) < 0.5 for was, gone, come, becomes in sums)
    flows = book.get_sheet_by_name("按去向").to_python()
    assert ["户数", "东湖二网格", "东湖一网格", 10.0, "户"] in flows
