"""What the rules of party organisation say of figures."""

from __future__ import annotations

import pytest

from geodata.samples import scheme_text
from gridsvc.domain.people_rules import Branch, Duties, Place, branch_findings, duty_findings, group_findings, leaf_kinds
from gridsvc.domain.schemes import Scheme, parse_scheme


def scheme(name: str = "xuancheng") -> Scheme:
    return parse_scheme(scheme_text(name), name=name)


@pytest.mark.parametrize(
    ("kind", "members", "full", "codes"),
    [
        ("compound_branch", 2, 2, ["branch-small"]),
        ("compound_branch", 5, 2, ["branch-small"]),
        ("compound_branch", 3, 3, []),
        ("compound_branch", 50, 50, []),
        ("compound_branch", 51, 51, ["branch-large"]),
        ("general_branch", 51, 51, []),
        ("general_branch", 101, 101, ["branch-large"]),
        ("functional_branch", 1, 1, []),
        ("compound_branch", 0, 0, []),
    ],
)
def test_a_branch_is_measured_by_three_fifty_and_a_hundred(kind: str, members: int, full: int, codes: list[str]) -> None:
    assert [each.code for each in branch_findings(scheme(), [Branch("一支部", kind, members, full)])] == codes


def test_each_rule_names_its_source() -> None:
    said = group_findings(scheme(), [Place("一号楼", 3, (0, 0, 1, 1))])
    assert "宣城市公开报道" in str(said[0])
    assert said[0].where == (0, 0, 1, 1)


def test_what_is_as_it_should_be_is_not_told() -> None:
    assert duty_findings(Duties(0, 0, 0, 0, 0)) == []
    assert duty_findings(Duties(None, 0, 0, 0, 0)) == []


def test_what_is_missing_is_told_with_its_count() -> None:
    assert [(each.code, each.values["count"]) for each in duty_findings(Duties(1, 2, 3, 4, 5, 6))] == [
        ("posts-vacant", 1), ("posts-crowded", 2), ("double-posts", 3), ("members-idle", 4), ("members-laden", 6),
        ("households-uncovered", 5),
    ]  # fmt: skip


def test_what_is_missing_at_several_places_adds_up() -> None:
    assert Duties(None, 1, 2, 3, 4, 5) + Duties(7, 1, 1, 1, 1, 1) == Duties(7, 2, 3, 4, 5, 6)
    assert (Duties(None, 0, 0, 0, 0) + Duties(None, 0, 0, 0, 0)).vacant is None


@pytest.mark.parametrize(("name", "kinds"), [("xuancheng", ["building", "lane", "patch"]), ("yuci", ["building"]), ("longze", [])])
def test_a_scheme_says_which_leaves_are_due_a_group(name: str, kinds: list[str]) -> None:
    assert leaf_kinds(scheme(name)) == kinds
