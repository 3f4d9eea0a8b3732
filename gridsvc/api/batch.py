"""Many points from the body of a request: CSV or JSON, good rows and bad ones."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import orjson
from flask import request
from numpy.typing import NDArray

from geodata.crs import Crs, parse_crs, snapped
from gridsvc.api import reader
from gridsvc.errors import Invalid, TooLarge
from gridsvc.words import say

MOST_ROWS = 100_000
LARGEST_BYTES = 16 * 2**20
POINTS: dict[str, dict[str, object]] = {
    "text/csv": {"type": "string", "description": "A header with lon and lat, then a point a row"},
    "application/json": {"type": "array", "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}},
}
"""The bodies that are read, for the description of the API."""


class Points(NamedTuple):
    """Points with the rows they came in, in stored degrees."""

    rows: list[int]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def points_of_request(crs: str) -> tuple[Points, dict[int, str]]:
    """Return the points of the body, and for each row without one the reason; raise Invalid or TooLarge for the whole."""
    system = parse_crs(crs)
    request.max_content_length = LARGEST_BYTES
    pairs = _from_csv(_text(request.get_data())) if request.mimetype == "text/csv" else _from_json(request.get_data())
    numbers: list[tuple[int, float, float]] = []
    refused: dict[int, str] = {}
    for row, (x, y) in enumerate(_rows(pairs), 1):
        if row > MOST_ROWS:
            raise TooLarge("More than {most} rows at once; send them in parts.", most=MOST_ROWS)
        lon, lat = _number(x), _number(y)
        if math.isfinite(lon) and math.isfinite(lat):
            numbers.append((row, lon, lat))
        else:
            refused[row] = say("{lon!r}, {lat!r} is no point; two numbers would be right.", reader.language(), lon=_short(x), lat=_short(y))
    return _stored(numbers, system, refused)


def _stored(numbers: list[tuple[int, float, float]], crs: Crs, refused: dict[int, str]) -> tuple[Points, dict[int, str]]:
    """Move the points to stored degrees; refuse those that have no place on Earth in their system."""
    given = np.array(numbers, dtype=np.float64).reshape(-1, 3)
    with np.errstate(over="ignore", invalid="ignore"):  # numbers far off the Earth are refused below
        lon, lat = (snapped(degrees) for degrees in crs.to_degrees(given[:, 1], given[:, 2]))
    on_earth = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    for row, x, y in given[~on_earth].tolist():
        refused[int(row)] = say("{lon}, {lat} is nowhere on Earth in {crs}.", reader.language(), lon=x, lat=y, crs=crs.name)
    return Points(given[on_earth, 0].astype(int).tolist(), lon[on_earth], lat[on_earth]), refused


def _from_csv(text: str) -> Iterable[tuple[Any, Any]]:
    rows = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    names = {name.strip().lower(): name for name in rows.fieldnames or () if name}
    if not {"lon", "lat"} <= names.keys():
        raise Invalid("The first row names the columns, and lon and lat are among them; given: {columns}.", columns=", ".join(names) or "-")
    return ((row[names["lon"]], row[names["lat"]]) for row in rows)


def _from_json(body: bytes) -> Iterable[tuple[Any, Any]]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid("The body is neither CSV (Content-Type: text/csv) nor JSON: {reason}", reason=str(error)) from None
    if not isinstance(given, list):
        raise Invalid("The JSON is no list; a list of [lon, lat] would be right.")
    return map(_pair, given)


def _pair(point: Any) -> tuple[Any, Any]:  # noqa: ANN401  # whatever JSON holds
    if isinstance(point, dict):
        return point.get("lon"), point.get("lat")
    return (point[0], point[1]) if isinstance(point, list) and len(point) == 2 else (point, None)


def _rows(pairs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    try:
        yield from pairs
    except csv.Error as error:
        raise Invalid("The CSV cannot be read: {reason}", reason=str(error)) from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", errors="replace")  # what Excel writes on a Chinese desk


def _number(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return math.nan
    try:
        return float(given)
    except (ValueError, OverflowError):
        return math.nan


def _short(given: object) -> str:
    return str(given)[:40]
