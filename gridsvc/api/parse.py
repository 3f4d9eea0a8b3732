"""From the text of a query or body to values, or a sentence that says what would be right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from werkzeug.datastructures import MultiDict

from gridsvc.errors import Invalid

LOCAL = ZoneInfo("Asia/Shanghai")
ALWAYS = frozenset({"lang"})
"""What every address takes: the language of its sentences."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name of a query: how it is read, and what the description of the API says of it."""

    name: str
    read: Callable[[str, str], Any]
    """Name and text to value; raises Invalid."""
    says: str
    schema: Mapping[str, object] = field(default_factory=lambda: {"type": "string"})
    required: bool = False
    default: object = None


def values_of(parameters: Iterable[Parameter], given: MultiDict[str, str]) -> dict[str, Any]:
    """Return the value of each parameter; raise Invalid for one that is missing, unreadable, unknown or given twice."""
    known = {parameter.name: parameter for parameter in parameters}
    for name, texts in given.lists():
        if name not in known and name not in ALWAYS:
            raise Invalid("{name!r} is no parameter of this address; it takes: {known}.", name=name, known=", ".join([*known, *ALWAYS]))
        if len(texts) > 1:
            raise Invalid("{name} is given twice; once would be right.", name=name)
    return {name: _value(parameter, given.get(name)) for name, parameter in known.items()}


def _value(parameter: Parameter, text: str | None) -> object:
    if text:
        return parameter.read(parameter.name, text)
    if parameter.required:
        raise Invalid("{name} is missing.", name=parameter.name)
    return parameter.default


def number(name: str, text: str) -> float:
    """Return a finite decimal number."""
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Invalid("{name} is {given!r}; a decimal number such as 120.5432 would be right.", name=name, given=text[:40])
    return value


def whole(low: int, high: int) -> Callable[[str, str], int]:
    """Return a reader of whole numbers from low to high."""

    def read(name: str, text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 19 and low <= int(text) <= high):
            raise Invalid(
                "{name} is {given!r}; a whole number from {low} to {high} would be right.", name=name, given=text[:40], low=low, high=high
            )
        return int(text)

    return read


def words(name: str, text: str) -> str:
    """Return text without spaces around it."""
    if len(text) > 200 or not text.isprintable():
        raise Invalid("{name} is too long or holds characters that cannot be shown; up to 200 letters would be right.", name=name)
    return text.strip()


def instant(name: str, text: str) -> datetime:
    """Return a moment: a date is the start of that day in Asia/Shanghai; a time without zone is of that zone too."""
    try:
        if len(text) == len("2026-11-22"):
            return datetime.combine(date.fromisoformat(text), time(), LOCAL)
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # a bare + in an address arrives as a space
    except ValueError:
        raise Invalid("{name} is {given!r}; 2026-11-22 or 2026-11-22T08:00:00+08:00 would be right.", name=name, given=text[:40]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


LON = Parameter("lon", number, "Longitude, or easting where the crs is projected", {"type": "number"}, required=True)
LAT = Parameter("lat", number, "Latitude, or northing where the crs is projected", {"type": "number"}, required=True)
CRS = Parameter(
    "crs",
    words,
    "Reference system of lon and lat: EPSG code, GCJ-02 or BD-09",
    {"type": "string", "default": "EPSG:4490"},
    default="EPSG:4490",
)
AS_OF = Parameter(
    "as_of",
    instant,
    "Answer as things were at this date or moment; a date begins in Asia/Shanghai",
    {"type": "string", "examples": ["2026-11-22", "2026-11-22T08:00:00+08:00"]},
)
_SHORT_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,40}$"}
JURISDICTION = Parameter("jurisdiction", words, "Short name of one jurisdiction; without it all are searched", _SHORT_NAME)
OF_JURISDICTION = Parameter("jurisdiction", words, "Short name of a jurisdiction", _SHORT_NAME, required=True)
Q = Parameter("q", words, "Part of a name, or the beginning of a code")
CODE = Parameter("code", words, "A whole code")
UNDER = Parameter("under", words, "Code of a unit; only what stands in it")
LEVEL = Parameter("level", whole(1, 7), "Level of the scheme; 1 is the top", {"type": "integer", "minimum": 1, "maximum": 7})
UNIT = Parameter("unit", whole(-(10**9), 10**15), "Key of a leaf of a plan", {"type": "integer"})
BY = Parameter("by", words, "Key of a measure of units: the only one to answer")
PAGE = Parameter("page", whole(1, 10**6), "Page, from 1", {"type": "integer", "minimum": 1, "default": 1}, default=1)
KIND = Parameter("kind", words, "Key of a kind, or its Chinese name")
LIMIT = Parameter("limit", whole(1, 100), "How many at most", {"type": "integer", "minimum": 1, "maximum": 100, "default": 5}, default=5)
AT = Parameter("at", instant, "The moment somebody would go", {"type": "string", "examples": ["2026-11-22T08:00:00+08:00"]})
USE = Parameter("use", words, "Key of a use of dwellings (own, let, vacant, shop), or its Chinese name")
ONLY = Parameter("only", words, "Only members, or only those with a post", {"type": "string", "enum": ["members", "posts"]})


def json_object(example: str) -> dict[str, Any]:
    """Return the JSON object that was sent, an empty one where nothing was; raise Invalid, with an example, for anything else."""
    given = request.get_json(silent=True)
    if given is None and not request.data:
        return {}
    if not isinstance(given, dict):
        raise Invalid("Send a JSON object, for example {example}.", example=example)
    return given
