from __future__ import annotations

import pytest

from gridsvc.domain.units import KINDS, kind_of
from gridsvc.errors import Invalid


@pytest.mark.parametrize(
    ("word", "kind"), [("专属网格", "exclusive"), ("专属", "exclusive"), (" 巷 ", "lane"), ("Rural grid", "rural"), ("unit", "unit")]
)
def test_files_call_kinds_by_chinese_or_english_names(word: str, kind: str) -> None:
    assert kind_of(word) == kind


def test_an_unknown_kind_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="'村' is not a kind of unit; the kinds are 一般网格、余地"):
        kind_of("村")


def test_a_remainder_has_neither_code_nor_residents() -> None:
    assert not KINDS["remainder"].has_code
    assert not KINDS["remainder"].has_residents
