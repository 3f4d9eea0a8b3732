import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.readers.headers import header_at, is_number, is_remark, is_sum, names, united

words = st.text(st.characters(categories=["Lo", "Lu"]), min_size=1, max_size=6)
cells = words | st.integers() | st.none()


@given(st.lists(words, min_size=2, max_size=8, unique=True), st.lists(words, max_size=4), st.data())
def test_a_full_header_is_found_under_any_titles(header: list[str], titles: list[str], data: st.DataObject) -> None:
    records = data.draw(st.lists(st.lists(cells, min_size=len(header), max_size=len(header)), max_size=4))
    above: list[list[object]] = [[title, *[None] * (len(header) - 1)] for title in titles]
    assert header_at([*above, list(header), *records]) == len(titles)


@given(st.lists(st.lists(cells, max_size=5), min_size=1, max_size=10))
def test_some_row_is_always_the_header(rows: list[list[object]]) -> None:
    assert 0 <= header_at(rows) < len(rows)


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["编码", "", ""], ["1", "2", "3"]], 0),
        ([["编码", "名称"], ["甲", "乙"]], 0),
        ([["网格台账", ""], ["编码", "名称"], ["甲", "乙"]], 1),
        ([["台账", "", "", ""], ["单位：甲", "", "日期：", "x"], ["a", "b", "c", "d"]], 2),
        ([["name", "2020", "2021"], ["甲", "乙", "丙"]], 0),
        ([["addr:housenumber", "building:levels"], ["甲", "乙"]], 0),
        ([["x"]], 0),
    ],
)
def test_the_header_is_the_first_row_that_fills_the_table(rows: list[list[object]], at: int) -> None:
    assert header_at(rows) == at


@given(st.lists(st.text(max_size=3), max_size=8))
def test_every_column_gets_a_name_of_its_own(given_names: list[str]) -> None:
    found, _ = names(given_names, 1)
    assert len(set(found)) == len(found) == len(given_names)
    assert all(name.strip() for name in found)


@given(st.lists(st.text(st.characters(categories=["Lo"]), min_size=1), unique=True))
def test_names_that_are_sound_stay(given_names: list[str]) -> None:
    assert names(given_names, 1) == (given_names, [])


def test_groups_stand_before_the_columns_under_them() -> None:
    assert united([["社区", "户数", "户数"], ["社区", "常住\n(户)", None], [None, None, "流动"]]) == ["社区", "户数 常住 (户)", "户数 流动"]


@pytest.mark.parametrize(
    ("cell", "expected"), [("12", True), ("１２", True), ("1,024", True), ("12.5%", True), ("2024-01-02", True), ("2024/1/2 8:00", True)]
)
@pytest.mark.parametrize("blank", ["", " "])
def test_numbers_and_dates_are_told_as_text_too(cell: str, expected: bool, blank: str) -> None:
    assert is_number(blank + cell) is expected


@pytest.mark.parametrize("cell", ["12号楼", "A12", "", None, "2024年", "1-6"])
def test_what_only_begins_with_a_number_is_text(cell: object) -> None:
    assert not is_number(cell)


@given(st.lists(words.filter(lambda word: "计" not in word) | st.integers(), max_size=6))
def test_rows_without_the_words_are_never_sums(row: list[object]) -> None:
    assert not is_sum(row)


def test_a_note_is_short_and_begins_as_notes_do() -> None:
    assert is_remark(["注：甲", None, None])
    assert not is_remark(["注：甲", "乙", None])
    assert not is_remark(["注意路", None, None])
