"""What a password must be like."""

import pytest

from gridsvc.domain.passwords import check_password
from gridsvc.errors import Invalid


@pytest.mark.parametrize("password", ["Sichuan-88", "河边的灯Ab12", "aB3!aB3!"])
def test_a_long_mixed_password_is_accepted(password: str) -> None:
    check_password(password, "wang")


@pytest.mark.parametrize("password", ["", "Ab1!xyz", "alllowercase1", "12345678901", "ALLUPPER99"])
def test_a_short_or_plain_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="8 characters"):
        check_password(password, "wang")


@pytest.mark.parametrize("password", ["P@ssw0rd", "Admin@123", "Wang-2026x", "xx-WANG-99"])
def test_a_worn_password_or_one_with_the_name_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="guessed"):
        check_password(password, "wang")
