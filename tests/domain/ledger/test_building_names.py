from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsvc.domain.ledger.building_names import BuildingName, one_name, read_buildings, written

SPELLINGS = {
    "1–6号楼": "1-6号楼",
    "1-6号楼、8号楼": "1-6号楼、8号楼",
    "1、2、3#": "1-3号楼",
    "甲1号楼": "甲1号楼",
    "东1—东4栋": "东1-4号楼",
    "1至6栋": "1-6号楼",
    "１－６号楼": "1-6号楼",
    "1 - 6 号楼": "1-6号楼",
    "1#-6#": "1-6号楼",
    "A座": "A座",
    "A-C座": "A座、B座、C座",
    "甲-丙号楼": "甲座、乙座、丙座",
    "三号楼": "3号楼",
    "一至六号楼": "1-6号楼",
    "十二号楼、二十一号楼": "12号楼、21号楼",
    "第3栋": "3号楼",
    "No.1": "1号楼",
    "1-5号楼单号": "1号楼、3号楼、5号楼",
    "1-5单号": "1号楼、3号楼、5号楼",
    "单号1-5": "1号楼、3号楼、5号楼",
    "2-6(双号)": "2号楼、4号楼、6号楼",
    "1号楼 2号楼": "1-2号楼",
    "1号楼2号楼3号楼": "1-3号楼",
    "1号楼和2号楼": "1-2号楼",
    "1—3、5-7#,9栋": "1-3号楼、5-7号楼、9号楼",
    "3号楼1-2单元": "3号楼1-2单元",
    "3号楼1、3单元": "3号楼1、3单元",
    "3号楼1单元、2单元": "3号楼1-2单元",
    "甲/乙1号楼": "甲1号楼、乙1号楼",
    "3甲/乙号楼": "3甲号楼、3乙号楼",
    "一期1-3号楼": "1期1-3号楼",
    "2号院3-5号楼": "2号院3-5号楼",
    "和平里3号楼": "和平里3号楼",
    "综合楼": "综合楼",
    "三味书屋": "三味书屋",
}


@pytest.mark.parametrize(("text", "meant"), SPELLINGS.items())
def test_a_cell_is_read_in_every_spelling(text: str, meant: str) -> None:
    claimed = read_buildings(text)
    assert (written(claimed.named), claimed.unread, claimed.every) == (meant, (), None)


@pytest.mark.parametrize("text", ["3-1号楼", "1-60000号楼", "东1-西4栋", "1-2-3", "1-3甲号楼", "甲-C座", "123456号楼"])
def test_what_cannot_be_understood_is_kept_and_not_guessed(text: str) -> None:
    claimed = read_buildings(f"7号楼、{text}")
    assert claimed.named == (BuildingName(number=7),)
    assert len(claimed.unread) == 1


@pytest.mark.parametrize("text", ["全部", "全部楼栋", "所有楼栋", "整个小区"])
def test_a_cell_may_claim_the_whole_compound(text: str) -> None:
    assert read_buildings(text).every == "all"


@pytest.mark.parametrize("text", ["全部(除3、4号楼)", "除3、4号楼外全部", "除3-4号楼以外"])
def test_a_cell_may_claim_all_but_some(text: str) -> None:
    claimed = read_buildings(text)
    assert (claimed.every, written(claimed.excepted), claimed.named) == ("all", "3-4号楼", ())


def test_a_cell_may_claim_what_others_leave() -> None:
    assert read_buildings("其余楼栋").every == "rest"


def test_a_remark_in_brackets_names_no_building() -> None:
    claimed = read_buildings("1-6号楼(共6栋)")
    assert (written(claimed.named), claimed.remarks) == ("1-6号楼", ("共6栋",))


@pytest.mark.parametrize("text", ["1号楼", "1#", "1栋", "一号楼", "No.1", "1幢", "#1", "１号", "第1栋", "1"])
def test_all_ways_to_write_a_number_mean_one_building(text: str) -> None:
    assert one_name(text) == BuildingName(number=1)


def test_a_name_without_a_number_is_itself() -> None:
    assert one_name("社区卫生 服务中心") == BuildingName("社区卫生服务中心")


names = st.builds(
    BuildingName,
    series=st.sampled_from(["", "", "东", "甲", "A", "1期", "东区", "2号院"]),
    number=st.integers(0, 120),
    letter=st.sampled_from(["", "", "", "甲", "B"]),
    entrances=st.lists(st.integers(1, 9).map(str), max_size=4, unique=True).map(lambda found: tuple(sorted(found))),
) | st.builds(BuildingName, series=st.sampled_from(["综合楼", "A", "乙", "幼儿园", "南"]))


@given(st.sets(names, min_size=1, max_size=30))
def test_a_list_that_is_written_reads_back_the_same(listed: set[BuildingName]) -> None:
    claimed = read_buildings(written(listed))
    assert (set(claimed.named), claimed.unread) == (listed, ())


@given(
    st.sets(st.integers(1, 60), min_size=1),
    st.sampled_from(["-", "–", "—", "~", "至", "到", "－"]),
    st.sampled_from(["号楼", "#", "栋", "幢", ""]),
)
def test_ranges_of_any_sign_and_word_mean_the_numbers_between(numbers: set[int], sign: str, word: str) -> None:
    text = "、".join(f"{number}{word}{sign}{number + 2}{word}" for number in numbers)
    assert {name.number for name in read_buildings(text).named} == {number + step for number in numbers for step in range(3)}


@given(st.text(alphabet="0123456789-至、,号楼#栋单元座甲乙东A()除外全部单双 ", max_size=20))
def test_whatever_is_read_is_written_so_that_it_reads_the_same(text: str) -> None:
    claimed = read_buildings(text)
    assert set(read_buildings(written(claimed.named)).named) == set(claimed.named)
