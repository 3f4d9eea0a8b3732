"""Scheme files: what may stand in one, and every fault of a wrong one with its line and a remedy."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, get_args

from geodata.findings import Finding, Severity
from gridsvc.domain.approvals import ACTIONS
from gridsvc.domain.thresholds import MEASURES, Measure
from gridsvc.domain.toml_lines import Place, line_index, line_of, syntax_fault
from gridsvc.domain.units import KINDS
from gridsvc.errors import Invalid

NOUNS = ("building", "street", "household")
"""What an appointment may hang at besides units."""

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,40}")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key that may stand in a table."""

    type_: type
    required: bool = True
    example: str = '"…"'


_TEXT = _Entry(str)
_NAMES = {"key": _Entry(str, example='"grid"'), "name_zh": _Entry(str, example='"网格"'), "name_en": _Entry(str, example='"Grid"')}
_NUMBER = _Entry(float, required=False, example="12.5")
_COUNT = _Entry(int, required=False, example="3")
_SCHEME = {
    **_NAMES,
    "source": _TEXT,
    "levels": _Entry(list, example="[[levels]]"),
    "tiers": _Entry(list, example="[[tiers]]"),
    "thresholds": _Entry(dict, required=False, example="[thresholds.cut_m2]"),
    "approval": _Entry(list, required=False, example="[[approval]]"),
}
_LEVEL = {
    **_NAMES,
    "name_en_plural": _Entry(str, required=False, example='"Grids"'),
    "counter_zh": _Entry(str, example='"个"'),
    "code_digits": _COUNT,
    "code_required": _Entry(bool, required=False, example="true"),
    "kinds": _Entry(list, required=False, example='["unit"]'),
}
_TIER = {**_NAMES, "at": _Entry(list, example='["grid"]'), "holders_min": _COUNT, "holders_max": _COUNT}
_APPROVAL = {
    **_NAMES,
    "level": _Entry(str, example='"street"'),
    "action": _Entry(str, example='"plans.review"'),
    "notice_days": _COUNT,
    "document": _Entry(bool, required=False, example="true"),
}
_THRESHOLD = {
    "value": _NUMBER,
    "low": _NUMBER,
    "high": _NUMBER,
    "unit": _TEXT,
    "severity": _Entry(str, example='"warning"'),
    "source": _TEXT,
    "level": _Entry(str, required=False, example='"grid"'),
}


def read_scheme(text: str, *, name: str) -> dict[str, Any]:
    """Return what a scheme file holds, checked; raise Invalid with a finding for each fault."""
    faults, data = _read(text)
    if not faults.findings:
        data = _fitting(faults, data, (), _SCHEME)
        levels = _levels(faults, _tables(faults, data, "levels", _LEVEL))
        _tiers(faults, _tables(faults, data, "tiers", _TIER), levels)
        _approval(faults, _tables(faults, data, "approval", _APPROVAL), levels)
        data["thresholds"] = _thresholds(faults, data.get("thresholds", {}), levels)
    faults.raise_for(name)
    return data


def read_thresholds(text: str, *, name: str) -> dict[str, Any]:
    """Return the thresholds of a file that holds nothing else, checked; raise Invalid with a finding for each fault."""
    faults, data = _read(text)
    found = _thresholds(faults, data.get("thresholds", {}), [])
    faults.raise_for(name)
    return found


@dataclass(slots=True)
class _Faults:
    """The faults found so far, each with the line it stands on."""

    lines: Mapping[Place, int]
    findings: list[Finding] = field(default_factory=list)

    def add(self, place: Place, template: str, **values: object) -> None:
        line = line_of(self.lines, place)
        self.findings.append(Finding("scheme-fault", "error", template, {"line": line, **values}, row=line))

    def raise_for(self, name: str) -> None:
        if self.findings:
            found = sorted(self.findings, key=lambda finding: finding.row or 0)
            raise Invalid(
                "The scheme {name} has {count} faults, each with its line; mend them and load it again.",
                name=name,
                count=len(found),
                findings=found,
            )


def _read(text: str) -> tuple[_Faults, dict[str, Any]]:
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return _Faults(line_index(plain)), tomllib.loads(plain)
    except tomllib.TOMLDecodeError as error:
        line, reason = syntax_fault(str(error), plain)
        faults = _Faults({(): line})
        faults.add(
            (), "Line {line}: this is not TOML ({reason}); a line is a [table] or key = value, and text stands in quotes.", reason=reason
        )
        return faults, {}


def _fitting(faults: _Faults, table: Mapping[str, Any], place: Place, entries: Mapping[str, _Entry]) -> dict[str, Any]:
    """Return the entries of a table that may stand there; report unknown and missing ones and those of a wrong type."""
    fitting = {}
    meant = set()
    for key, value in table.items():
        if key not in entries:
            near = get_close_matches(key, entries, 1)
            if near:
                meant.add(near[0])
                faults.add((*place, key), "Line {line}: there is no key {key!r} here; did you mean {near!r}?", key=key, near=near[0])
            else:
                faults.add(
                    (*place, key), "Line {line}: there is no key {key!r} here; the keys are {known}.", key=key, known=", ".join(entries)
                )
        elif not _is_a(value, entries[key].type_):
            faults.add(
                (*place, key),
                "Line {line}: {key} = {value!r} is not right; write it like {example}.",
                key=key,
                value=value,
                example=entries[key].example,
            )
        else:
            fitting[key] = value
    for key, entry in entries.items():
        if entry.required and key not in table and key not in meant:
            faults.add(place, "Line {line}: {key} is missing; add {key} = {example}.", key=key, example=entry.example)
    return fitting


def _is_a(value: object, type_: type) -> bool:
    """Say whether a value is of the type, whole numbers being numbers, truth values not, and texts not empty."""
    if type_ is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
    if type_ is int:
        return type(value) is int and value >= 0
    return isinstance(value, type_) and value not in ("", [])


def _tables(faults: _Faults, data: dict[str, Any], noun: str, entries: Mapping[str, _Entry]) -> list[dict[str, Any]]:
    """Return the tables of an array, each with its fitting entries; report keys that are no words or stand twice."""
    found = []
    for number, table in enumerate(data.get(noun, [])):
        place = (noun, number)
        if not isinstance(table, dict):
            faults.add(place, "Line {line}: {noun} is a list of tables; begin each with [[{noun}]].", noun=noun)
            continue
        fitting = _fitting(faults, table, place, entries)
        found.append(fitting)
        if "key" in fitting and not _KEY.fullmatch(fitting["key"]):
            faults.add(
                (*place, "key"), "Line {line}: the key {key!r} is not a word of a-z, 0-9 and _; write one like grid.", key=fitting["key"]
            )
    for word in ("key", "name_zh", "name_en"):
        seen: Counter[str] = Counter()
        for number, table in enumerate(found):
            seen[table.get(word, "")] += 1
            if word in table and seen[table[word]] == 2:
                faults.add(
                    (noun, number, word),
                    "Line {line}: {word} = {value!r} stands twice among the {noun}; give each its own.",
                    word=word,
                    value=table[word],
                    noun=noun,
                )
    return found


def _levels(faults: _Faults, levels: list[dict[str, Any]]) -> list[str]:
    """Report a wrong number of levels, codes without a rule and unknown kinds; return the levels' keys."""
    if levels and not 3 <= len(levels) <= 6:
        faults.add(("levels", len(levels) - 1), "Line {line}: {count} levels; a scheme has 3 to 6.", count=len(levels))
    for number, level in enumerate(levels):
        place = ("levels", number)
        if level.get("code_digits") == 0:
            faults.add(
                (*place, "code_digits"), "Line {line}: code_digits = 0; write how many digits the level adds, or leave the line out."
            )
        if level.get("code_required") and "code_digits" not in level:
            faults.add(
                (*place, "code_required"),
                "Line {line}: a code is required, but code_digits does not say how long it is; add code_digits = 3.",
            )
        if number and "code_digits" in level and "code_digits" not in levels[number - 1]:
            faults.add(
                (*place, "code_digits"),
                "Line {line}: a code begins with the parent's, and the level above has none; give that one code_digits too.",
            )
        _known(faults, (*place, "kinds"), level.get("kinds", []), [kind for kind in KINDS if kind != "remainder"])
    return [level.get("key", "") for level in levels]


def _tiers(faults: _Faults, tiers: list[dict[str, Any]], levels: list[str]) -> None:
    for number, tier in enumerate(tiers):
        _known(faults, ("tiers", number, "at"), tier.get("at", []), [*levels, *NOUNS])
        low, high = tier.get("holders_min", 1), tier.get("holders_max")
        if high is not None and low > high:
            faults.add(
                ("tiers", number, "holders_max"),
                "Line {line}: low end {low} lies above high end {high}; exchange or correct them.",
                low=low,
                high=high,
            )


def _approval(faults: _Faults, steps: list[dict[str, Any]], levels: list[str]) -> None:
    """Report steps at unknown levels or of other rights, and a path that does not begin with drawing and end with publishing."""
    for number, step in enumerate(steps):
        _known(faults, ("approval", number, "level"), [step["level"]] if "level" in step else [], levels)
        right = [ACTIONS[0]] if number == 0 else [ACTIONS[2]] if number == len(steps) - 1 else ACTIONS[1:]
        _known(faults, ("approval", number, "action"), [step["action"]] if "action" in step else [], [str(each) for each in right])
    if len(steps) == 1:
        faults.add(("approval", 0), "Line {line}: a path of one step; write one of submitting first, and one of publishing last.")


def _known(faults: _Faults, place: Place, words: list[Any], known: list[str]) -> None:
    """Report the words of a list that are none of the known ones."""
    for word in words:
        if word not in known:
            near = get_close_matches(str(word), known, 1) or known
            faults.add(
                place,
                "Line {line}: {key} names {word!r}, which is not there; right would be {known}.",
                key=place[-1],
                word=word,
                known=", ".join(near),
            )


def _thresholds(faults: _Faults, given: Mapping[str, Any], levels: list[str]) -> dict[str, dict[str, Any]]:
    """Return the thresholds by name, each with its fitting entries; report what is wrong with them."""
    found = {}
    for key, table in given.items():
        place = ("thresholds", key)
        if key not in MEASURES or not isinstance(table, dict):
            near = get_close_matches(key, MEASURES, 1) or list(MEASURES)
            faults.add(
                place, "Line {line}: there is no threshold [thresholds.{key}]; right would be {known}.", key=key, known=", ".join(near)
            )
            continue
        found[key] = _fitting(faults, table, place, _THRESHOLD)
        _threshold(faults, place, found[key], MEASURES[key])
        if MEASURES[key].per_level and "level" not in table:
            faults.add(place, "Line {line}: {key} is missing; add {key} = {example}.", key="level", example=_THRESHOLD["level"].example)
        _known(faults, (*place, "level"), [table["level"]] if "level" in found[key] else [], levels)
    return found


def _threshold(faults: _Faults, place: Place, given: Mapping[str, Any], measure: Measure) -> None:
    """Report a threshold without figures, with ends the wrong way round, in another unit or of unknown severity."""
    low, high, value = given.get("low"), given.get("high"), given.get("value")
    needed = {"value": ("value",), "range": (), "value in range": ("value", "low", "high")}[measure.shape]
    for key in needed:
        if key not in given:
            faults.add(place, "Line {line}: {key} is missing; add {key} = {example}.", key=key, example=_NUMBER.example)
    if measure.shape == "range" and value is not None:
        faults.add((*place, "value"), "Line {line}: this threshold is a range; write low and high instead of value.")
    if measure.shape == "range" and low is None and high is None:
        faults.add(place, "Line {line}: {key} is missing; add {key} = {example}.", key="low", example=_NUMBER.example)
    for key, figure in (("value", value), ("low", low), ("high", high)):
        if figure is not None and not measure.least <= figure <= measure.most:
            told = {"key": key, "figure": figure, "least": measure.least, "most": measure.most}
            faults.add(
                (*place, key), "Line {line}: {key} = {figure} makes no sense; between {least:g} and {most:g} would be right.", **told
            )
    if low is not None and high is not None and low > high:
        faults.add((*place, "low"), "Line {line}: low end {low} lies above high end {high}; exchange or correct them.", low=low, high=high)
    elif value is not None and not (low is None or low <= value) & (high is None or value <= high):
        faults.add((*place, "value"), "Line {line}: {value} does not lie between low and high.", value=value)
    _known(faults, (*place, "unit"), [given["unit"]] if "unit" in given else [], [measure.unit])
    _known(faults, (*place, "severity"), [given["severity"]] if "severity" in given else [], list(get_args(Severity)))
