"""Pinned requirements: what a bigger set adds, it adds to the smaller one."""

import re

import pytest

from tests.conftest import ROOT


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([\w.+-]+)", text, re.MULTILINE))


@pytest.mark.parametrize(("smaller", "bigger"), [("run", "test"), ("test", "bench")])
def test_a_bigger_set_holds_the_smaller_one_as_it_is_pinned(smaller: str, bigger: str) -> None:
    assert len(pins(smaller)) > 20
    assert pins(smaller).items() <= pins(bigger).items()
