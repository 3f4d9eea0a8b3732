"""Reported figures: how exactly they are meant, whether a computed one agrees, and what an account claims of them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geodata.findings import Finding
from gridsvc.domain.code_tables import Code
from gridsvc.errors import Invalid

QUALIFIERS: dict[str, Code] = {
    "exact": Code("恰", "exactly", frozenset({"exact", "=", "整", "共"})),
    "at_least": Code("余", "at least", frozenset({"多", "以上", "+", "≥", ">="})),
    "under": Code("近", "just under", frozenset({"不到", "不足", "<", "under"})),
    "about": Code("约", "about", frozenset({"左右", "大约", "~", "≈"})),
    "chosen": Code("预设", "chosen for the demonstration", frozenset({"示意"})),
}
"""How a figure is meant; `chosen` stands where the account gives none and the made-up place has one."""

ABOUT_SHARE = 0.05
"""How far a computed figure may be from one that is meant approximately."""

AGREES: dict[str, Callable[[float, float], bool]] = {
    "exact": lambda reported, computed: computed == reported,
    "chosen": lambda reported, computed: computed == reported,
    "at_least": lambda reported, computed: computed >= reported,
    "under": lambda reported, computed: computed < reported,
    "about": lambda reported, computed: abs(computed - reported) <= ABOUT_SHARE * reported,
}
"""By qualifier: whether a computed figure lies on the stated side of the reported one."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What an account claims of its figures: sums that are equal, or one at most or at least as large as the other."""

    left: tuple[tuple[float, str], ...]
    """Terms, each a factor and a key."""
    sign: str
    right: tuple[tuple[float, str], ...]

    def finding(self, values: Mapping[str, float]) -> Finding | None:
        """Return what does not add up; None where all does, or where a figure is not there."""
        if not {key for _, key in (*self.left, *self.right)} <= values.keys():
            return None
        left, right = _sum(self.left, values), _sum(self.right, values)
        if HOLDS[self.sign](left, right):
            return None
        told = {"left": _told(self.left, values), "left_sum": left, "right": _told(self.right, values), "right_sum": right}
        return _broken(self.sign, told)


HOLDS: dict[str, Callable[[float, float], bool]] = {"=": operator.eq, "<=": operator.le, ">=": operator.ge}
"""The signs that a claim may have."""


def parse_claim(text: str) -> Claim:
    """Return what a text such as `a + b = c` or `d >= 3 * e` claims; raise Invalid for another one."""
    found = re.fullmatch(r"(?P<left>[^<>=]+)(?P<sign><=|>=|=)(?P<right>[^<>=]+)", text)
    try:
        if found:
            return Claim(_terms(found["left"]), found["sign"], _terms(found["right"]))
    except ValueError:
        pass
    raise Invalid("{claim!r} is no check of figures; for example a + b = c, a + b <= c or d >= 3 * e would be right.", claim=text)


def _terms(text: str) -> tuple[tuple[float, str], ...]:
    return tuple(_term(term.strip()) for term in text.split("+"))


def _term(text: str) -> tuple[float, str]:
    factor, times, key = text.rpartition("*")
    if not re.fullmatch(r"[a-z][a-z0-9_.]*", key.strip()):
        raise ValueError(text)
    return (float(factor) if times else 1.0), key.strip()


def _sum(terms: tuple[tuple[float, str], ...], values: Mapping[str, float]) -> float:
    return sum(factor * values[key] for factor, key in terms)


def _told(terms: tuple[tuple[float, str], ...], values: Mapping[str, float]) -> str:
    return " + ".join(f"{values[key]:,g}" if factor == 1 else f"{factor:g} × {values[key]:,g}" for factor, key in terms)


def _broken(sign: str, told: Mapping[str, object]) -> Finding:
    values = dict(told)
    if sign == "=":
        return Finding("figures-differ", "warning", "{left} is {left_sum:,g}, but {right_sum:,g} is reported; both are kept.", values)
    if sign == "<=":
        return Finding(
            "figures-overlap", "warning", "{left} is {left_sum:,g}, more than the {right_sum:,g} reported; all are kept.", values
        )
    return Finding("figures-implausible", "warning", "{left} is implausibly little beside {right} = {right_sum:,g}; all are kept.", values)
