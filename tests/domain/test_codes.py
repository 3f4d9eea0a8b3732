from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.samples.longze import CODES, grids
from gridsvc.domain.codes import area_kind, child_code, code_fault, next_codes, number_serials, parents
from gridsvc.errors import Invalid
from gridsvc.words import translations
from tests.conftest import shared_data

WRONG = {
    "37021200204": "The code 37021200204 has 11 digits, 12 would be right; perhaps a zero was lost.",
    "3702120020400": "The code 3702120020400 has 13 digits; 12 would be right.",
    "３７０２１２００２０４０": "The code '３７０２１２００２０４０' has full-width digits or spaces; 370212002040 would be right.",
    "370212002040 ": "The code '370212002040 ' has full-width digits or spaces; 370212002040 would be right.",
    "3.70212E+11": "The code 3.70212E+11 was written as a number by a spreadsheet and has lost digits",
    "37021200204O": "The code '37021200204O' has characters other than digits (O); 12 digits would be right.",
    "": "The code '' has characters other than digits ( ); 12 digits would be right.",
    "990212002040": "The code 990212002040 begins with no province's number; those are 11 to 82.",
    "370212000000": "The code 370212000000 has 000 for the street or community",
    "370212002000": "The code 370212002000 has 000 for the street or community",
}


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_code_is_told_with_its_likely_cause(code: str) -> None:
    assert str(code_fault(code)).startswith(WRONG[code])


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_code_is_told_in_chinese_too(code: str) -> None:
    finding = code_fault(code, row=3)
    assert finding is not None
    assert "编码" in translations("zh")[finding.template].format(**finding.values)


@pytest.mark.parametrize("code", ["37021200240", "40", "040", "2040"[1:]])
def test_a_zero_lost_behind_a_known_parent_is_given_back(code: str) -> None:
    assert "zeros were lost, and 370212002" in str(code_fault(code, parent="370212002"))


def test_a_code_elsewhere_than_its_parent_is_told() -> None:
    assert str(code_fault("370213002040", parent="370212002")).startswith("The code 370213002040 does not begin with 370212002")


@pytest.mark.parametrize(("code", "digits"), [("370212002040", 12), ("370212", 6), ("37", 2), ("370212002040001", 15), ("01", 2)])
def test_a_right_code_has_no_fault(code: str, digits: int) -> None:
    assert (code_fault(code, digits=digits) is None) == (code != "01")


def test_every_real_community_has_a_right_code() -> None:
    with shared_data("codes/villages_5counties.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["code"] for row in rows if code_fault(row["code"])] == []
    assert len(rows) == 1059


def test_parents_are_prefixes_from_the_province_down() -> None:
    assert parents("370212002040") == ("37", "3702", "370212", "370212002")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("370212002", "街道"),
        ("620521100", "镇"),
        ("140702200", "乡"),
        ("140702401", "政企合一单位"),
        ("140702777", None),
        ("370212002040", "居委会"),
        ("370212002200", "村委会"),
        ("654203500500", "类似居委会或村委会"),
        ("370212002601", "合并后的社区"),
    ],
)
def test_a_code_says_what_its_area_is(code: str, kind: str | None) -> None:
    assert area_kind(code) == kind


def test_a_micro_grid_adds_two_digits_to_its_grid() -> None:
    assert child_code("370212002040001", 7, 2) == "37021200204000107"


@pytest.mark.parametrize("serial", [0, 100, -1])
def test_a_serial_beyond_its_digits_is_refused(serial: int) -> None:
    with pytest.raises(Invalid, match="does not fit into 2 digits"):
        child_code("370212002040001", serial, 2)


def test_serials_run_west_to_east_then_north_to_south() -> None:
    # six points in two columns about 900 m apart on 1.6 km²
    lonlat = [(120.01, 30.00), (120.00, 30.00), (120.0001, 30.01), (120.0101, 30.02), (120.00, 30.02), (120.01, 30.01)]
    assert number_serials(lonlat, area_m2=1_600_000).tolist() == [6, 3, 2, 4, 1, 5]


def test_of_points_equally_far_north_in_one_column_the_western_comes_first_and_equal_ones_keep_their_order() -> None:
    lonlat = [(120.001, 30.0), (120.0, 30.0), (120.0, 30.0)]
    assert number_serials(lonlat, area_m2=1_000_000).tolist() == [3, 1, 2]


def test_no_points_have_no_serials() -> None:
    assert number_serials([], area_m2=1.0).tolist() == []


@given(st.lists(st.tuples(st.floats(120, 120.1), st.floats(30, 30.1)), min_size=1, max_size=40, unique=True), st.randoms())
def test_the_order_of_the_file_does_not_matter(lonlat: list[tuple[float, float]], random: object) -> None:
    shuffled = np.random.default_rng(random.randrange(10**6)).permutation(len(lonlat))  # type: ignore[attr-defined]  # hypothesis gives a Random
    places = number_serials(lonlat, area_m2=9e7)
    assert number_serials(np.array(lonlat)[shuffled], area_m2=9e7).tolist() == places[shuffled].tolist()


def test_new_units_get_the_free_codes_in_their_order_and_used_ones_never_again() -> None:
    taken = {"370212002040001", "370212002040003"}
    codes = next_codes("370212002040", [(120.02, 30.0), (120.0, 30.0)], area_m2=1e5, digits=3, taken=taken)
    assert codes == ["370212002040004", "370212002040002"]


def test_more_units_than_codes_are_refused() -> None:
    with pytest.raises(Invalid, match="only 9 codes of 1 digits are left for 10 units"):
        next_codes("1", [(120.0, 30.0)] * 10, area_m2=1.0, digits=1)


def test_the_grids_of_longze_have_the_serials_of_their_places() -> None:
    middles = [(grid.centroid.x, grid.centroid.y) for grid in grids()]
    assert next_codes(CODES[2], middles, area_m2=1_125_679, digits=3) == list(CODES[3:])
