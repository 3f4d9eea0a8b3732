import pytest

from gridsvc.domain.columns import HEADERS, match_columns, number_of, text_of, texts_of
from gridsvc.errors import Invalid


@pytest.mark.parametrize(
    ("noun", "header", "field"),
    [
        ("units", "网格编码", "code"),
        ("units", "GEOID20", "code"),
        ("units", "上级名称", "parent"),
        ("compounds", "小区名称", "name"),
        ("buildings", "addr:housenumber", "name"),
        ("buildings", "building:levels", "floors"),
        ("buildings", "总户数", "households"),
        ("streets", "highway", "street_class"),
        ("streets", "kind_detail", "street_class"),
    ],
)
def test_headers_that_offices_and_maps_use_are_known(noun: str, header: str, field: str) -> None:
    assert match_columns(noun, ["什么", header]) == {field: header}


def test_a_header_may_have_spaces_capitals_and_full_width_letters() -> None:
    assert match_columns("units", [" Name ", "ＣＯＤＥ"]) == {"name": " Name ", "code": "ＣＯＤＥ"}


@pytest.mark.parametrize("header", ["总户数（户）", "*总户数", "总\n户数", "总 户 数(户)"])
def test_a_header_may_have_a_unit_a_star_or_a_line_break(header: str) -> None:
    assert match_columns("buildings", ["高度(m)", header]) == {"height_m": "高度(m)", "households": header}


def test_a_header_without_a_remark_wins_over_one_with() -> None:
    assert match_columns("buildings", ["户数（空置）", "户数"]) == {"households": "户数"}


def test_a_header_that_is_all_remark_is_itself() -> None:
    assert match_columns("units", ["(name)"]) == {}


def test_the_likeliest_of_several_headers_wins() -> None:
    assert match_columns("units", ["name", "网格名称"]) == {"name": "网格名称"}


def test_of_two_equal_headers_the_first_wins() -> None:
    assert match_columns("units", ["Name", "NAME"]) == {"name": "Name"}


def test_a_chosen_header_wins_over_the_guess() -> None:
    assert match_columns("units", ["name", "别名"], {"name": "别名"}) == {"name": "别名"}


def test_an_empty_chosen_header_leaves_the_field_out() -> None:
    assert match_columns("units", ["name", "code"], {"name": ""}) == {"code": "code"}


def test_an_unknown_field_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="streets have no field 'floors'; the fields are ref, name, street_class"):
        match_columns("streets", ["name"], {"floors": "name"})


def test_an_unknown_header_is_answered_with_the_nearest() -> None:
    with pytest.raises(Invalid, match="The file has no column '网络名称'; it has 网格名称"):
        match_columns("units", ["网格名称", "code"], {"name": "网络名称"})


def test_an_unknown_header_like_no_other_is_answered_with_all() -> None:
    with pytest.raises(Invalid, match="it has a, b"):
        match_columns("units", ["a", "b"], {"name": "xyz"})


@pytest.mark.parametrize("noun", HEADERS)
def test_no_header_means_two_fields_of_one_noun(noun: str) -> None:
    words = [word for words in HEADERS[noun].values() for word in words]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, None),
        (float("nan"), None),
        ("  ", None),
        (3.0, "3"),
        (3.5, "3.5"),
        (" Ａ１ ", "A1"),
        ("　（一期）１－２号　", "(一期)1-2号"),
        ("①号楼 ㎡ ﬁ 㐂𠮷", "①号楼 ㎡ ﬁ 㐂𠮷"),
        ("007", "007"),
        (0, "0"),
        (True, "True"),
    ],
)
def test_a_cell_is_text_without_what_does_not_show(cell: object, text: str | None) -> None:
    assert text_of(cell) == text


def test_a_column_says_what_its_cells_say() -> None:
    cells = ["甲", " 甲", "甲", 1, True, 1.0, 2.5, None, "1", ["a"], float("nan")]
    assert texts_of(cells) == [text_of(cell) for cell in cells]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", 12),
        ("12 m", 12),
        ("12米", 12),
        ("６层", 6),
        ("1,024户", 1024),
        ("-2", -2),
        ("约6", None),
        ("nan", None),
        ("inf", None),
        ("1e300", None),
        ("", None),
    ],
)
def test_a_cell_is_a_number_with_or_without_its_unit(cell: object, number: float | None) -> None:
    assert number_of(cell) == number
