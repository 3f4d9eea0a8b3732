from __future__ import annotations

from gridsvc.domain.ledger.numerals import in_order


def test_names_stand_as_people_count() -> None:
    names = ["十二网格", "三网格", "10号楼", "一网格", "２号楼", "二网格", "海晏", "A座"]
    assert sorted(names, key=in_order) == ["一网格", "２号楼", "二网格", "三网格", "10号楼", "十二网格", "A座", "海晏"]


def test_what_stands_before_a_number_goes_first() -> None:
    names = ["龙泽书苑二网格", "海晏三网格", "龙泽书苑一网格", "海晏"]
    assert sorted(names, key=in_order) == ["海晏", "海晏三网格", "龙泽书苑一网格", "龙泽书苑二网格"]
