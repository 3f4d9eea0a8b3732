"""What the rules say of a plan, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.samples import scheme_text
from gridsvc.domain.impact import UnitSeen
from gridsvc.domain.redraw_people import Attached, Living, branch_findings, contract_findings, group_findings, joint_findings
from gridsvc.domain.redraw_rules import RULES, Crossed, Cut, Divided, Judged, Leaf, Redrawn, judge
from gridsvc.domain.schemes import Scheme, parse_scheme
from gridsvc.words import say

BOX, ELSEWHERE = (0.0, 0.0, 1.0, 1.0), (2.0, 2.0, 3.0, 3.0)
COMMUNITY = UnitSeen(1, None, 3, "unit", "370212001001", "社区", leaf=False)
GRID = UnitSeen(-1, 1, 4, "unit", "370212001001002", "一网格", leaf=True)


def scheme(name: str = "longze") -> Scheme:
    return parse_scheme(scheme_text(name), name=name)


def plan(grid: UnitSeen = GRID, **fields: object) -> Redrawn:
    whole = Redrawn(scheme(), {1: COMMUNITY, grid.key: grid}, changed=frozenset({grid.key}))
    return replace(whole, **fields)  # type: ignore[arg-type]  # the fields of the class


def codes(found: Redrawn) -> list[str]:
    return [each.code for each in judge(found)]


def judged(values: dict[str, float], grid: UnitSeen = GRID) -> Redrawn:
    return plan(grid, judged=[Judged(grid, values, BOX)])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"households": 400}, []),
        ({"households": 299}, ["households-out-of-range"]),
        ({"households": 501}, ["households-out-of-range"]),
        ({"deviation": 0.31}, ["deviates"]),
        ({"floor_m2": 600_000}, ["floor-area"]),
        ({"load": 1.6}, ["overloaded"]),
        ({"polsby_popper": 0.1}, ["not-compact"]),
    ],
)
def test_a_measure_out_of_range_is_told(values: dict[str, float], said: list[str]) -> None:
    assert codes(judged(values)) == said


def test_limits_on_households_are_not_for_exclusive_grids() -> None:
    assert codes(judged({"households": 0, "deviation": -1}, replace(GRID, kind="exclusive"))) == []


def test_a_piece_apart_is_found_where_it_lies() -> None:
    found = judge(plan(leaves=[Leaf(GRID, [BOX, ELSEWHERE], 1)]))
    assert [(each.code, each.severity, each.where) for each in found] == [("not-contiguous", "warning", ELSEWHERE)]


def test_a_piece_that_lay_apart_before_is_only_mentioned() -> None:
    assert [each.severity for each in judge(plan(leaves=[Leaf(GRID, [BOX, ELSEWHERE], 2)]))] == ["info"]


def test_a_building_is_cut_by_more_than_both_limits() -> None:
    cuts = [Cut("1号楼", "一网格", 0.5, 0.5, BOX), Cut("2号楼", "一网格", 50, 0.01, BOX), Cut("3号楼", "一网格", 50, 0.5, BOX)]
    assert [each.values["name"] for each in judge(plan(cuts=cuts))] == ["3号楼"]


def test_a_divided_compound_and_a_moved_community_border_are_told() -> None:
    found = plan(compounds=[Divided("龙泽书苑", ("一网格", "二网格"), 1, BOX)], crossed=[Crossed("甲社区", "乙社区", 1234.5, BOX)])
    assert codes(found) == ["community-border", "compound-divided"]


def test_a_unit_needs_somebody_in_each_post_of_its_level() -> None:
    assert [each.values["post"] for each in judge(plan(posts={}))] == ["网格长", "网格员"]
    assert codes(plan(posts={-1: {"grid_leader": 1, "grid_worker": 2}})) == []


def test_who_may_not_count_is_told_nothing_of_posts() -> None:
    assert codes(plan(posts=None)) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [("370212001001002", []), ("37021200100102", ["code-wrong"]), ("370212009001002", ["code-wrong"]), (None, [])],
)
def test_a_code_follows_its_level(code: str | None, said: list[str]) -> None:
    assert codes(plan(replace(GRID, code=code))) == said


def test_a_code_is_given_once() -> None:
    assert codes(plan(taken={"370212001001002": 77})) == ["code-given"]


def living(members: tuple[int, int], full: tuple[int, int], kind: str = "building") -> Living:
    return Living("一栋", kind, members, full, BOX)


@pytest.mark.parametrize(
    ("members", "full", "said"),
    [((5, 5), (3, 3), []), ((5, 4), (3, 2), ["branch-drops"]), ((50, 51), (9, 9), ["branch-grows"]), ((2, 2), (2, 2), [])],
)
def test_a_branch_is_told_when_it_passes_a_limit(members: tuple[int, int], full: tuple[int, int], said: list[str]) -> None:
    branch = Attached("支部", "compound_branch", False, ("一栋",), ("一栋",), living(members, full), BOX)
    assert [each.code for each in branch_findings(scheme(), [branch])] == said


def test_a_group_that_comes_to_be_due_is_told_where_there_is_none() -> None:
    due = [living((2, 4), (2, 3))]
    assert [each.code for each in group_findings(scheme("xuancheng"), due, frozenset())] == ["group-due"]
    assert list(group_findings(scheme("xuancheng"), due, frozenset({"一栋"}))) == []


def test_a_joint_group_falls_apart_or_loses_its_ground() -> None:
    apart = Attached("联合小组", "group", True, ("甲",), ("甲", "乙"), None, None)
    found = joint_findings([apart, replace(apart, after=()), replace(apart, after=("乙",))])
    assert [each.code for each in found] == ["organisation-divided", "ground-ends"]


def test_contracts_that_cross_are_counted_by_leaves() -> None:
    assert [str(each) for each in contract_findings([("甲", "乙", 3)])] == [
        "3 contracts come to cross a border: the member lives in 甲, the household in 乙."
    ]


def test_every_rule_says_where_it_comes_from_and_every_sentence_is_there_in_chinese() -> None:
    assert all(rule.__doc__ or name in {"deviation", "floor_m2", "load", "compact"} for name, rule in RULES.items())
    found = judge(judged({"households": 1, "deviation": 1, "floor_m2": 10**6, "load": 9, "polsby_popper": 0}))
    assert all(say(each.template, "zh", **each.values) != str(each) for each in found)
