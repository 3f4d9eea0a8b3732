"""Whose ground is this point: one, or many from a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TypedDict
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from geodata.crs import DECIMALS, STORED, parse_crs, point_to_stored
from gridsvc.api import people, reader
from gridsvc.api.batch import points_of_request
from gridsvc.api.shapes import Named, UnitStep, moment, step
from gridsvc.database.queries import locate as queries
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import NOBODY
from gridsvc.errors import TooLarge
from gridsvc.words import say

STORED_CRS = f"EPSG:{STORED}"
MOST_OF_THE_PAST = 2000
"""Points of one request about another date: each is asked of the database."""


class Neighbour(TypedDict):
    """A unit on whose border the point stands too."""

    id: UUID
    code: str | None
    name: str


class Located(TypedDict):
    """Where a point stands: the chain of units from the top to a leaf or remainder."""

    point: tuple[float, float]
    crs: str
    as_of: str | None
    found: bool
    message: str
    jurisdiction: str | None
    chain: list[UnitStep]
    leaf: UUID | None
    remainder: bool
    on_border_with: list[Neighbour]
    building: Named | None
    compound: Named | None


class LocatedRow(Located):
    """Where the point of a row stands."""

    row: int


class RefusedRow(TypedDict):
    """A row that holds no point, and why."""

    row: int
    error: str


class LocatedRows(TypedDict):
    """Row by row where points stand; rows count from 1, the header of a CSV not counted."""

    rows: list[LocatedRow | RefusedRow]
    found: int
    not_found: int
    refused: int


def locate(lon: float, lat: float, crs: str, as_of: datetime | None, jurisdiction: str | None) -> Located:
    """Say whose ground a point is.

    `point` is given back in EPSG:4490, as stored. On a border the point belongs to the lowest code, and
    `on_border_with` names the others. `remainder` is ground of the last unit but one that none of its
    units covers.
    """
    lon, lat = _stored(lon, lat, crs)
    if as_of is None:
        return _answer(queries.locate(lon, lat, jurisdiction), crs, None)
    with transaction(NOBODY) as session:
        return _answer(queries.locate_at(session, lon, lat, as_of, jurisdiction), crs, as_of)


def duty(lon: float, lat: float, crs: str, jurisdiction: str | None) -> people.Posts:
    """Answer who is on duty at a point: posts and duty phones of its units, the top one first."""
    found = queries.locate(*_stored(lon, lat, crs), jurisdiction)
    return people.posts(found.chain[-1].public_id) if found.chain else {"chain": []}


def batch(crs: str, as_of: datetime | None, jurisdiction: str | None) -> LocatedRows:
    """Say whose ground many points are.

    A CSV has a header with the columns lon and lat; JSON is a list of [lon, lat]. A row that holds no
    point is refused by its number; the others are answered.
    """
    points, refused = points_of_request(crs)
    if as_of is not None and len(points.rows) > MOST_OF_THE_PAST:
        raise TooLarge(
            "{given} points of the past are too many at once; up to {most} would be right.", given=len(points.rows), most=MOST_OF_THE_PAST
        )
    rows: list[LocatedRow | RefusedRow] = [{"row": row, "error": error} for row, error in refused.items()]
    located = _now(points.lon, points.lat, jurisdiction) if as_of is None else _then(points.lon, points.lat, as_of, jurisdiction)
    found = 0
    for row, one in zip(points.rows, located, strict=True):
        found += bool(one.chain)
        rows.append({"row": row, **_answer(one, crs, as_of)})
    rows.sort(key=lambda each: each["row"])
    return {"rows": rows, "found": found, "not_found": len(points.rows) - found, "refused": len(refused)}


def _stored(lon: float, lat: float, crs: str) -> tuple[float, float]:
    if crs == STORED_CRS and abs(lon) <= 180 and abs(lat) <= 90:
        return round(lon, DECIMALS), round(lat, DECIMALS)  # the common case, without the machinery of other systems
    return point_to_stored(lon, lat, parse_crs(crs))


def _now(lon: NDArray[np.float64], lat: NDArray[np.float64], slug: str | None) -> Iterator[queries.Located]:
    return queries.locate_many(lon, lat, slug)


def _then(lon: NDArray[np.float64], lat: NDArray[np.float64], as_of: datetime, slug: str | None) -> Iterator[queries.Located]:
    with transaction(NOBODY) as session:
        for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
            yield queries.locate_at(session, x, y, as_of, slug)


def _answer(found: queries.Located, crs: str, as_of: datetime | None) -> Located:
    chain, building, compound = found.chain, found.building, found.compound
    remainder, language = found.remainder, reader.language()
    return {
        "point": (found.lon, found.lat),
        "crs": crs,
        "as_of": moment(as_of),
        "found": bool(chain),
        "message": _message(found, language),
        "jurisdiction": found.jurisdiction,
        "chain": [step(unit, language) for unit in chain],
        "leaf": chain[-1].public_id if chain and not remainder else None,
        "remainder": remainder,
        "on_border_with": [{"id": unit.public_id, "code": unit.code, "name": unit.name} for unit in found.on_border_with],
        "building": {"id": building.public_id, "name": building.name} if building else None,
        "compound": {"id": compound.public_id, "name": compound.name} if compound else None,
    }


def _message(found: queries.Located, language: str) -> str:
    if not found.chain:
        return say("The point stands in no unit.", language)
    if found.remainder:
        above = found.chain[-2].name if len(found.chain) > 1 else found.chain[-1].name
        return say("The point stands in {name}, on ground that none of its units covers.", language, name=above)
    if found.on_border_with:
        others = ", ".join(unit.name for unit in found.on_border_with)
        return say("The point stands in {name}, on its border with {others}.", language, name=found.chain[-1].name, others=others)
    return say("The point stands in {name}.", language, name=found.chain[-1].name)
