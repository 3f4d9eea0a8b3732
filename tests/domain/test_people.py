"""How files write names, numbers and days."""

from datetime import date

import pytest

from gridsvc.domain.people import day_of, id_number_of, is_id_number, person_name, phone_of


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("1990.5", date(1990, 5, 1)),
        ("1990", date(1990, 1, 1)),
        ("2024-03-09", date(2024, 3, 9)),
        ("2024/3/9", date(2024, 3, 9)),
        ("2024年3月9日", date(2024, 3, 9)),
        ("2024年3月", date(2024, 3, 1)),
        ("2024-03-09 00:00:00", date(2024, 3, 9)),
        ("2024-13", None),
        ("2023-02-29", None),
        ("去年", None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_read_as_offices_write_it(said: str | None, day: date | None) -> None:
    assert day_of(said) == day


@pytest.mark.parametrize(
    ("said", "phone"),
    [("+86 138-0013 8000", "13800138000"), ("13800138000.0", "13800138000"), ("0532-88891234", "053288891234"), ("无", None)],
)
def test_a_phone_is_the_digits_that_people_dial(said: str, phone: str | None) -> None:
    assert phone_of(said) == phone


@pytest.mark.parametrize(("said", "name"), [("王 伟", "王伟"), (" 欧阳  修 ", "欧阳修"), ("Anna  Lee", "Anna Lee"), (" ", None)])
def test_a_chinese_name_has_no_blanks(said: str, name: str | None) -> None:
    assert person_name(said) == name


@pytest.mark.parametrize(
    ("number", "given"), [("11010519491231002X", True), ("110105194912310021", False), ("1.10105E+17", False), ("", False)]
)
def test_an_identity_number_is_told_from_a_rounded_one(number: str, given: bool) -> None:
    assert is_id_number(number) is given


def test_an_identity_number_is_written_large_and_without_blanks() -> None:
    assert id_number_of("110105 19491231 002x") == "11010519491231002X"
