"""What a password must be like."""

from __future__ import annotations

from gridsvc.errors import Invalid

SHORTEST = 8
CLASSES = 3
"""Of four: small letters, capitals, digits, others (assessors' reading of GB/T 22239-2019, 8.1.4.1)."""

WORN = frozenset(
    """
    password passw0rd p@ssw0rd p@ssword admin123 admin@123 admin888 abc12345 abc@1234 abcd1234 aa123456 a1234567
    qwer1234 qwe@1234 1qaz2wsx 1qaz@wsx zaq12wsx woaini520 root@123 test1234 welcome1 changeme huawei@123 wangge123
    """.split()  # noqa: SIM905  # words in a row are easier to read and add to than a quoted list
)
"""What guessers try first, in small letters."""


def check_password(password: str, name: str) -> None:
    """Raise Invalid unless this may be the password of the account of this name."""
    if len(password) < SHORTEST or _classes(password) < CLASSES:
        raise Invalid(
            "A password has {shortest} characters or more and {classes} of: small letters, capitals, digits, others.",
            shortest=SHORTEST,
            classes=CLASSES,
        )
    if password.lower() in WORN or name.lower() in password.lower():
        raise Invalid("This password is among the first to be guessed; choose one without the account's name.")


def _classes(password: str) -> int:
    kinds = {"a" if c.islower() else "A" if c.isupper() else "0" if c.isdecimal() else "." for c in password}
    return len(kinds)
