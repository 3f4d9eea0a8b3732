from __future__ import annotations

from gridsvc.domain.ledger.building_names import read_buildings
from gridsvc.domain.ledger.matching import Matched, match
from gridsvc.domain.ledger.register import Register, Standing
from gridsvc.domain.ledger.rows import LedgerRow

BOX = (120.0, 30.0, 120.1, 30.1)


def standing(*named: str, within: int | None = 0) -> list[Standing]:
    """Return buildings written as compound|name; the compound may be missing."""
    parts = [name.rpartition("|") for name in named]
    return [Standing(number, name or None, compound or None, BOX, within) for number, (compound, _, name) in enumerate(parts)]


def row(number: int, unit: str, compound: str, buildings: str) -> LedgerRow:
    return LedgerRow(number, ((3, "山海社区"), (4, unit)), tuple(filter(None, compound.split("、"))), read_buildings(buildings))


def codes(matched: Matched) -> list[tuple[int | None, str]]:
    return [(finding.row, finding.code) for finding in matched.findings]


def held(matched: Matched) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, chain in sorted(matched.unit_of.items()):
        found.setdefault(chain[-1][1], []).append(place)
    return found


def test_buildings_are_found_by_number_however_tables_write_it() -> None:
    register = Register(standing("书苑|1号楼", "书苑|2#", "书苑|书苑3栋", "书苑|四号楼", "书苑|A座", "别苑|1号楼"))
    matched = match([row(2, "一", "书苑", "1-4号楼、A座")], register)
    assert (held(matched), codes(matched)) == ({"一": [0, 1, 2, 3, 4]}, [])


def test_buildings_without_a_compound_are_found_by_their_whole_name() -> None:
    register = Register(standing("海晏花园1号楼", "海晏花园东2号楼", "山海幼儿园", "海川路12号"))
    matched = match([row(2, "一", "海晏花园", "1号楼、东2栋"), row(3, "二", "", "山海幼儿园、海川路12号")], register)
    assert (held(matched), codes(matched)) == ({"一": [0, 1], "二": [2, 3]}, [])


def test_a_building_and_a_compound_may_have_aliases() -> None:
    register = Register(standing("书苑(听涛里)|1号楼/甲1号楼", "书苑(听涛里)|2号楼"))
    matched = match([row(2, "一", "听涛里", "甲1号楼、2号楼")], register)
    assert held(matched) == {"一": [0, 1]}
    assert codes(matched) == [(2, "ledger-compound-renamed")]


def test_a_number_that_does_not_stand_is_told_with_those_that_do() -> None:
    matched = match([row(2, "一", "书苑", "1-3号楼")], Register(standing("书苑|1号楼", "书苑|2号楼")))
    assert held(matched) == {"一": [0, 1]}
    assert str(matched.findings[0]) == "Row 2 (一): 书苑 has no 3号楼; it has 1-2号楼."


def test_a_building_claimed_twice_stays_with_the_first_and_names_both_rows() -> None:
    matched = match([row(2, "一", "书苑", "1-2号楼"), row(3, "二", "书苑", "2号楼")], Register(standing("书苑|1号楼", "书苑|2号楼")))
    assert held(matched) == {"一": [0, 1]}
    assert codes(matched) == [(3, "ledger-claimed-twice")]
    assert matched.findings[0].values["first"] == 2


def test_a_building_repeated_for_one_unit_is_no_conflict() -> None:
    matched = match([row(2, "一", "书苑", "1号楼"), row(3, "一", "书苑", "1号楼")], Register(standing("书苑|1号楼")))
    assert codes(matched) == [(3, "ledger-repeated")]


def test_a_building_shared_by_entrances_goes_to_the_unit_with_more() -> None:
    rows = [row(2, "一", "书苑", "1号楼1单元"), row(3, "二", "书苑", "1号楼2-3单元")]
    matched = match(rows, Register(standing("书苑|1号楼")))
    assert held(matched) == {"二": [0]}
    assert codes(matched) == [(2, "ledger-entrances")]


def test_a_misspelt_compound_is_taken_where_only_one_can_be_meant_and_said() -> None:
    rows = [row(2, "一", "书苑府", "1号楼"), row(3, "二", "书院府", "2号楼")]
    matched = match(rows, Register(standing("书苑府|1号楼", "书苑府|2号楼")))
    assert held(matched) == {"一": [0], "二": [1]}
    assert codes(matched) == [(3, "ledger-compound-misspelt")]


def test_a_misspelt_compound_is_only_proposed_where_several_are_alike() -> None:
    matched = match([row(2, "一", "青岚苑", "1号楼")], Register(standing("青岚居|1号楼", "青岚湾|1号楼")))
    assert held(matched) == {}
    assert str(matched.findings[0]) == "Row 2: there is no compound 青岚苑; none was taken. Like it: 青岚居、青岚湾."
    assert matched.findings[0].where == BOX


def test_a_misspelt_compound_is_not_taken_from_the_row_that_names_it_rightly() -> None:
    rows = [row(2, "一", "青岚居", "1号楼"), row(3, "二", "青岚湾", "1号楼")]
    matched = match(rows, Register(standing("青岚居|1号楼")))
    assert held(matched) == {"一": [0]}
    assert codes(matched) == [(3, "ledger-compound-unknown")]


def test_all_but_some_and_the_rest_add_up_to_the_compound() -> None:
    rows = [row(2, "一", "书苑", "其余"), row(3, "二", "书苑", "2号楼"), row(4, "三", "别苑", "全部(除1号楼)")]
    matched = match(rows, Register(standing("书苑|1号楼", "书苑|2号楼", "别苑|1号楼", "别苑|2号楼")))
    assert held(matched) == {"一": [0], "二": [1], "三": [3]}


def test_a_building_outside_the_standing_unit_is_not_taken() -> None:
    register = Register([*standing("书苑|1号楼"), *standing("书苑|2号楼", within=1)])
    matched = match([row(2, "一", "书苑", "1-2号楼")], register, {((3, "山海社区"),): 0})
    assert held(matched) == {"一": [0]}
    assert codes(matched) == [(2, "ledger-outside")]


def test_parts_of_one_building_with_one_name_are_claimed_together() -> None:
    assert held(match([row(2, "一", "书苑", "1号楼")], Register(standing("书苑|1号楼", "书苑|1#")))) == {"一": [0, 1]}


def test_a_number_without_its_compound_is_not_guessed() -> None:
    matched = match([row(2, "一", "", "1号楼")], Register(standing("书苑|1号楼", "别苑|1号楼")))
    assert (held(matched), codes(matched)) == ({}, [(2, "ledger-ambiguous")])
