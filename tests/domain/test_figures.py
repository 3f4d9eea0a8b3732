from __future__ import annotations

import pytest

from gridsvc.domain.figures import AGREES, parse_claim
from gridsvc.errors import Invalid


@pytest.mark.parametrize(
    ("qualifier", "computed", "agrees"),
    [
        ("exact", 100, True),
        ("exact", 101, False),
        ("chosen", 100, True),
        ("at_least", 100, True),
        ("at_least", 250, True),
        ("at_least", 99, False),
        ("under", 99, True),
        ("under", 100, False),
        ("about", 95, True),
        ("about", 106, False),
    ],
)
def test_a_computed_figure_agrees_on_the_stated_side_of_100(qualifier: str, computed: float, agrees: bool) -> None:
    assert AGREES[qualifier](100, computed) is agrees


FIGURES = {"whole": 231, "a": 189, "b": 43, "talks": 200, "seats": 300}


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("a + b = whole", "figures-differ"),
        ("a + b <= whole", "figures-overlap"),
        ("seats >= 3 * talks", "figures-implausible"),
        ("a <= whole", None),
        ("a + absent = whole", None),
    ],
)
def test_a_claim_that_does_not_hold_is_found(claim: str, found: str | None) -> None:
    finding = parse_claim(claim).finding(FIGURES)
    assert (finding.code if finding else None) == found


def test_a_finding_says_both_sums() -> None:
    finding = parse_claim("a + b = whole").finding(FIGURES)
    assert finding is not None
    assert str(finding) == "189 + 43 is 232, but 231 is reported; both are kept."


@pytest.mark.parametrize("claim", ["", "a", "a + b", "a = b = c", "a - b = c", "A = b", "a != b", "a = 232"])
def test_other_texts_are_no_claims(claim: str) -> None:
    with pytest.raises(Invalid, match="is no check of figures"):
        parse_claim(claim)
