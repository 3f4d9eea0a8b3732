"""Addresses are read however people write them, and find the building that they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsvc.domain.addresses import Address, Places, Terms, entrance_of, parse, room_of, spelled, terms
from gridsvc.domain.ledger.building_names import BuildingName
from gridsvc.domain.ledger.register import Register, Standing

NOWHERE = (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "stem", "entrance", "room"),
    [
        ("龙泽书苑3号楼2单元501", "龙泽书苑3号楼", "2", "501"),
        ("龙泽书苑 3号楼 2单元 501室", "龙泽书苑3号楼", "2", "501"),
        ("龙泽书苑3＃楼２单元５０１室", "龙泽书苑3号楼", "2", "501"),
        ("龙泽书苑三号楼二单元501", "龙泽书苑3号楼", "2", "501"),
        ("龙泽书苑十二栋501", "龙泽书苑12号楼", "", "501"),
        ("3-2-501", "3号楼", "2", "501"),
        ("3—2—501", "3号楼", "2", "501"),
        ("3 2 501", "3号楼", "2", "501"),
        ("3-501", "3号楼", "", "501"),
        ("龙泽书苑3-2-501", "龙泽书苑3号楼", "2", "501"),
        ("3号楼2-501", "3号楼", "2", "501"),
        ("3号楼501室", "3号楼", "", "501"),
        ("3号楼5层501室", "3号楼", "", "501"),
        ("3号楼东单元1202", "3号楼", "东", "1202"),
        ("甲3号楼1单元101", "甲3号楼", "1", "101"),
        ("3甲号楼101", "3甲号楼", "", "101"),
        ("A座1203", "A座", "", "1203"),
        ("一期3号楼2单元501", "1期3号楼", "2", "501"),
        ("3号楼商铺2号", "3号楼", "", "商铺2"),
        ("3号楼东户", "3号楼", "", "东户"),
        ("3号楼", "3号楼", "", ""),
        ("综合楼501", "综合楼", "", "501"),
        ("海尔路88号3号楼2单元501", "海尔路88号3号楼", "2", "501"),
        ("幸福路12号501室", "幸福路12号楼", "", "501"),
    ],
)
def test_an_address_has_building_entrance_and_room(text: str, stem: str, entrance: str, room: str) -> None:
    assert parse(text) == Address(stem, entrance, room)


@pytest.mark.parametrize("text", ["", "龙泽书苑", "外地", "同上", "1-2-3-4-5"])
def test_what_names_no_building_is_not_guessed(text: str) -> None:
    assert parse(text) is None


COMPOUNDS = st.sampled_from(["", "龙泽书苑", "海晏花园", "三味书屋", "锦绣华府"])
BUILDINGS = st.builds(
    BuildingName, st.sampled_from(["", "甲", "东", "1期", "北区"]), st.integers(1, 999), st.sampled_from(["", "A", "乙"])
) | st.sampled_from([BuildingName("A"), BuildingName("东")])
ENTRANCES = st.sampled_from(["", "东", "甲", "A"]) | st.integers(1, 20).map(str)
ROOMS = st.sampled_from(["", "东户", "商铺12", "A501", "1203B"]) | st.integers(1, 3999).map(str)


@given(COMPOUNDS, BUILDINGS, ENTRANCES, ROOMS)
def test_an_address_that_is_written_is_read_again(compound: str, building: BuildingName, entrance: str, room: str) -> None:
    address = Address(f"{compound}{building}", entrance, room)
    assert parse(str(address)) == address


@given(COMPOUNDS, st.integers(1, 99), st.integers(1, 9), st.integers(1, 3999), st.sampled_from("-—－~"))
def test_short_forms_mean_the_same(compound: str, building: int, entrance: int, room: int, dash: str) -> None:
    assert parse(f"{compound}{building}{dash}{entrance}{dash}{room}") == parse(f"{compound}{building}号楼{entrance}单元{room}室")


@given(st.text())
def test_any_text_is_read_or_not_and_never_fails(text: str) -> None:
    found = parse(text)
    assert found is None or parse(str(found)) is not None


def test_entrances_and_rooms_are_kept_in_one_form() -> None:
    assert [entrance_of(text) for text in ("2单元", "02", "二单元", "东单元", None)] == ["2", "2", "2", "东", ""]
    assert [room_of(text) for text in ("501室", "５０１", " 商铺3号", "地下室", None)] == ["501", "501", "商铺3", "地下室", ""]


def places(aliases: dict[str, int] | None = None) -> Places:
    """Give 龙泽书苑 1 and 3, 海晏花园 3 and 5, and 甲2 of no compound."""
    standing = [
        Standing(number, name, compound, NOWHERE)
        for number, (compound, name) in enumerate(
            [("龙泽书苑", "1号楼"), ("龙泽书苑", "3号楼"), ("海晏花园小区", "3#"), ("海晏花园小区", "5栋"), (None, "甲2号楼")]
        )
    ]
    return Places(Register(standing), aliases or {})


@pytest.mark.parametrize(
    ("stem", "compound", "found"),
    [
        ("龙泽书苑3号楼", "", [1]),
        ("崂山区沙子口街道龙泽书苑3号楼", "", [1]),
        ("海尔路88号龙泽书苑3号楼", "", [1]),
        ("海晏花园小区3号楼", "", [2]),
        ("3号楼", "海晏花园", [2]),
        ("龙泽书苑3号楼", "龙泽书苑", [1]),
        ("5号楼", "", [3]),
        ("3号楼", "", [1, 2]),
        ("甲2号楼", "", [4]),
        ("龙泽书苑9号楼", "", []),
        ("龙泽书院3号楼", "", []),
        ("3号楼", "龙泽书院", []),
    ],
)
def test_a_building_is_found_by_compound_and_number(stem: str, compound: str, found: list[int]) -> None:
    assert places().find(stem, compound) == found


def test_a_learned_alias_comes_first() -> None:
    learned = places({spelled("老电厂宿舍3号楼"): 0, spelled("3号楼"): 2})
    assert learned.find("老电厂宿舍3号楼") == [0]
    assert learned.find("3号楼", "老电厂宿舍") == [0]
    assert learned.find("3号楼") == [2]


def test_a_search_goes_as_far_as_its_text() -> None:
    assert terms("501") == Terms(room="501")
    assert terms("龙泽") == Terms(place="龙泽")
    found = terms("龙泽书苑3号楼2单元50")
    assert (found.place, found.entrance, found.room) == ("龙泽书苑", "2", "50")
    assert {"3号楼", "3#", "3栋"} <= set(found.names or ())
    assert terms("") == Terms()
