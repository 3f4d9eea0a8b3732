"""Schemes: how a place names its levels of ground and tiers of people, and which thresholds hold there."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from gridsvc.domain.approvals import Approval, approvals_of
from gridsvc.domain.scheme_files import read_scheme, read_thresholds
from gridsvc.domain.thresholds import DEFAULTS, MEASURES, Threshold
from gridsvc.errors import Invalid


@dataclass(frozen=True, slots=True)
class Level:
    """One level of ground."""

    key: str
    """Its name for programs."""
    number: int
    """1 is the top."""
    name_zh: str
    """What the place calls it: 小区(网格)."""
    name_en: str
    """The same in English."""
    name_en_plural: str
    """English for several of them."""
    counter_zh: str
    """The counting word: 个, 栋."""
    code_digits: int | None
    """How many digits the level adds to its parent's code; at the top, all of them. None: codes follow no rule."""
    code_required: bool
    """Whether a unit without code is refused."""
    kinds: tuple[str, ...]
    """Names of domain.units.KINDS that units of this level may be, remainders aside."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of people."""

    key: str
    """Its name for programs."""
    name_zh: str
    """What the place calls them: 一级网格长."""
    name_en: str
    """The same in English."""
    at: tuple[str, ...]
    """Where its appointments hang: keys of levels, or building, street, household."""
    holders_min: int
    """How many each place needs; 0 where it may be empty."""
    holders_max: int | None
    """How many each place may have; None for any number."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a place names its ground and its people."""

    key: str
    """Its name for programs and web addresses."""
    name_zh: str
    """The place."""
    name_en: str
    """The same in English."""
    source: str
    """Whose account of the place the scheme follows, with its date."""
    levels: tuple[Level, ...]
    """3 to 6, from the top down."""
    tiers: tuple[Tier, ...]
    """From the top down."""
    thresholds: Mapping[str, Threshold]
    """By name: the scheme's own, and the defaults where it has none."""
    approvals: tuple[Approval, ...]
    """The steps of a plan, from submitting to publishing."""

    def threshold(self, key: str) -> Threshold:
        """Return the threshold of this name; raise Invalid where the scheme sets none and there is no default."""
        if key in self.thresholds:
            return self.thresholds[key]
        raise Invalid(
            "The scheme {scheme} sets no threshold {key!r}; known ones are {known}.", scheme=self.key, key=key, known=", ".join(MEASURES)
        )

    def level(self, word: str | int) -> Level:
        """Return the level that a file calls `word`: its number, key, Chinese or English name; raise Invalid where there is none."""
        plain = _plain(str(word))
        for level in self.levels:
            if plain in {str(level.number), level.key, _plain(level.name_zh), _plain(level.name_en)}:
                return level
        names = "、".join(level.name_zh for level in self.levels)
        raise Invalid(
            "{word!r} is not a level of the scheme {scheme}; its levels are {levels}.", word=word, scheme=self.name_zh, levels=names
        )

    def households(self, number: int) -> Threshold | None:
        """Return how many households a unit of a level should have, where the scheme says so; levels count from 1 at the top."""
        keys = {level.key for level in self.levels if level.number == number}
        return next((each for each in self.thresholds.values() if each.unit == "households" and each.level in keys), None)

    def code_length(self, level: Level) -> int | None:
        """Return how many digits a whole code of the level has; None where its codes follow no rule."""
        digits = [above.code_digits for above in self.levels[: level.number]]
        return None if level.code_digits is None else sum(part or 0 for part in digits)


def _plain(word: str) -> str:
    """Return a word as it is compared: full-width letters, digits and brackets as plain ones, small."""
    return unicodedata.normalize("NFKC", word).strip().casefold()


def parse_scheme(text: str, *, name: str) -> Scheme:
    """Return the scheme that a TOML text describes; `name` is what messages call the file.

    Raises Invalid with one finding for each fault, its line as `row`.
    """
    data = read_scheme(text, name=name)
    return Scheme(
        key=data["key"],
        name_zh=data["name_zh"],
        name_en=data["name_en"],
        source=data["source"],
        levels=tuple(_level(number, given) for number, given in enumerate(data["levels"], start=1)),
        tiers=tuple(_tier(given) for given in data["tiers"]),
        thresholds=dict(_defaults()) | _thresholds(data["thresholds"]),
        approvals=approvals_of(data.get("approval", ()), [level["key"] for level in data["levels"]]),
    )


def _level(number: int, given: Mapping[str, Any]) -> Level:
    return Level(
        key=given["key"],
        number=number,
        name_zh=given["name_zh"],
        name_en=given["name_en"],
        name_en_plural=given.get("name_en_plural", given["name_en"] + "s"),
        counter_zh=given["counter_zh"],
        code_digits=given.get("code_digits"),
        code_required=given.get("code_required", False),
        kinds=tuple(given.get("kinds", ("unit",))),
    )


def _tier(given: Mapping[str, Any]) -> Tier:
    return Tier(
        key=given["key"],
        name_zh=given["name_zh"],
        name_en=given["name_en"],
        at=tuple(given["at"]),
        holders_min=given.get("holders_min", 1),
        holders_max=given.get("holders_max"),
    )


def _thresholds(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Threshold]:
    return {key: Threshold(key=key, **fields) for key, fields in given.items()}


@cache
def _defaults() -> Mapping[str, Threshold]:
    return _thresholds(read_thresholds(DEFAULTS.read_text(encoding="utf-8"), name=DEFAULTS.name))
