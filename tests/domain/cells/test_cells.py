"""What spreadsheets do to cells is undone, or refused with the remedy."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsvc.domain.cells import Unread, born_on, check_digit, day_of, id_number_of, name_of, phone_of, yes_of


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("13812345678", "13812345678"),
        (13812345678.0, "13812345678"),
        ("13812345678.0", "13812345678"),
        ("1.3812345678E+10", "13812345678"),
        ("１３８ １２３４ ５６７８", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("(0532)88881234", "0532-88881234"),
        ("0532 88881234 转 801", "0532-88881234-801"),
        ("12345", "12345"),
        ("400-800-1234", "4008001234"),
        ("053288881234", "0532-88881234"),
        ("0532-8888 1234", "0532-88881234"),
        ("(010) 8888 1234", "010-88881234"),
        ("0086 13812345678", "13812345678"),
        ("+852 2123 4567", "+85221234567"),
        ("无", None),
        ("", None),
        (None, None),
    ],
)
def test_a_phone_number_comes_in_one_form(cell: object, phone: str | None) -> None:
    assert phone_of(cell) == phone


@pytest.mark.parametrize("cell", ["1381234567", "53288881234", "13812345678、13912345678", "见备注"])
def test_what_is_no_phone_number_is_refused(cell: str) -> None:
    with pytest.raises(Unread, match="phone-unread"):
        phone_of(cell)


def test_a_phone_number_whose_digits_are_lost_is_refused_with_the_remedy() -> None:
    with pytest.raises(Unread) as refusal:
        phone_of("1.38E+10")
    assert str(refusal.value.finding(7)) == (
        "Row 7: the phone number 1.38E+10 was shortened by a spreadsheet, its last digits are lost; enter it again as text."
    )


@pytest.mark.parametrize("cell", ["3.70212E+17", 370212199005031000, "370212199005032000", 3.70212199005031e17])
def test_an_identity_number_kept_as_a_number_is_refused(cell: object) -> None:
    with pytest.raises(Unread, match="id-number-rounded"):
        id_number_of(cell)


@given(
    st.integers(110000, 659004),
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
    st.integers(0, 17),
    st.integers(1, 9),
)
def test_an_identity_number_with_its_check_digit_is_taken_and_with_another_digit_refused(
    region: int, born: date, order: int, place: int, step: int
) -> None:
    body = f"{region}{born:%Y%m%d}{order:03d}"
    number = body + check_digit(body)
    assert id_number_of(f" {number.lower()} ") == number
    assert born_on(number) == born
    digits = "0123456789X" if place == 17 else "0123456789"
    other = digits[(digits.index(number[place]) + step) % len(digits)]
    with pytest.raises(Unread):
        id_number_of(number[:place] + other + number[place + 1 :])


def test_the_example_of_the_standard_has_its_check_digit() -> None:
    assert id_number_of("11010519491231002X") == "11010519491231002X"


def test_an_old_identity_number_takes_its_new_form() -> None:
    assert id_number_of("110105491231002") == "11010519491231002X"


def test_a_refused_identity_number_is_not_repeated_whole() -> None:
    with pytest.raises(Unread) as refusal:
        id_number_of("110105194912310021")
    assert "19491231" not in str(refusal.value.finding(2))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (1990.5, date(1990, 5, 1)),
        ("1990.10", date(1990, 10, 1)),
        (1990.12, date(1990, 12, 1)),
        ("1990.1", date(1990, 1, 1)),
        ("2024-03-09 00:00:00", date(2024, 3, 9)),
        ("1990年5月", date(1990, 5, 1)),
        ("１９９０ 年 ５ 月 ３ 日", date(1990, 5, 3)),
        ("1990年", date(1990, 1, 1)),
        (1990, date(1990, 1, 1)),
        (19900503, date(1990, 5, 3)),
        ("199005", date(1990, 5, 1)),
        ("1990/5/3", date(1990, 5, 3)),
        ("1990.5.3.", date(1990, 5, 3)),
        ("1990-05-03T00:00:00", date(1990, 5, 3)),
        (32996, date(1990, 5, 3)),
        ("", None),
    ],
)
def test_a_date_is_read_however_it_is_written(cell: object, day: date | None) -> None:
    assert day_of(cell) == day


@pytest.mark.parametrize("cell", [1990.1, "1990.13", "1990-02-30", "至今", "90.5"])
def test_what_is_no_date_or_may_be_two_is_refused(cell: object) -> None:
    with pytest.raises(Unread):
        day_of(cell)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("王 伟", "王伟"),
        (" 欧阳\u3000 修 ", "欧阳修"),
        ("买买提 • 艾力", "买买提·艾力"),
        ("Anna  Li", "Anna Li"),
        (" 欧阳  修 ", "欧阳修"),
        ("𠮷田", "𠮷田"),
        ("  ", None),
    ],
)
def test_a_name_has_no_blanks_between_its_signs(cell: str, name: str | None) -> None:
    assert name_of(cell) == name


@pytest.mark.parametrize("cell", ["13812345678", "——", "王3"])
def test_what_is_no_name_is_refused(cell: str) -> None:
    with pytest.raises(Unread):
        name_of(cell)


def test_yes_and_no_are_said_in_many_ways() -> None:
    assert [yes_of(word) for word in ("是", "√", 1, "Ｙ", "否", "无", 0, None)] == [True, True, True, True, False, False, False, None]
