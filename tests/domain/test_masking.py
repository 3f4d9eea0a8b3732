"""What is shown of a private field to whoever may not see it."""

import pytest

from gridsvc.domain.masking import MASKS, mask_address, mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王伟", "王*"), ("王小明", "王**"), ("欧阳修文", "欧阳**"), ("欧阳", "欧*"), ("王", "*"), ("Anna Lee", "A*******"), ("", "")],
)
def test_a_name_keeps_its_surname(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(("phone", "shown"), [("13812341234", "138****1234"), ("8234567", "*****67"), ("12", "**"), ("", "")])
def test_a_phone_keeps_three_and_four(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(("number", "shown"), [("140702199001011234", "140***********1234"), ("G1234567", "********")])
def test_an_identity_number_keeps_three_and_four(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


def test_an_address_keeps_what_stands_before_its_first_number() -> None:
    assert mask_address("龙泽书苑3号楼2单元501") == "龙泽书苑***"


@pytest.mark.parametrize("field", MASKS)
def test_no_private_field_is_shown_whole(field: str) -> None:
    whole = {"name": "王伟", "phone": "13812341234", "id_number": "140702199001011234", "address": "幸福里2号", "born_on": "1990-01-01"}
    assert MASKS[field](whole[field]) != whole[field]
