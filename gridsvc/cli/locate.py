"""`gridsvc locate`: whose ground a point is, or every point of a CSV file."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click
import numpy as np
from sqlalchemy.orm import Session

from geodata.crs import parse_crs, point_to_stored
from geodata.findings import GeodataError
from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.locate import Located, locate, locate_at, locate_many
from gridsvc.domain.instants import instant
from gridsvc.errors import Invalid
from gridsvc.settings import Settings
from gridsvc.words import say

COLUMNS = ("jurisdiction", "codes", "names", "remainder", "on_border_with", "building", "compound", "fault")
"""What is added to each row of a CSV file."""


@click.command("locate")
@click.argument("what", metavar="LON,LAT|FILE.csv")
@click.option("--crs", default="EPSG:4490", show_default=True, help="The reference system of the coordinates: EPSG:4547, GCJ-02, BD-09.")
@click.option("--as-of", help="As it stood at the start of this day, or at this instant.")
@click.option("--jurisdiction", "slug", help="Only this one.")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def command(what: str, crs: str, as_of: str | None, slug: str | None, *, in_json: bool) -> None:
    """Say whose ground LON,LAT is, from the top to the leaf; for a CSV with lon and lat columns, row by row to standard output."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, _):
        if what.lower().endswith(".csv"):
            with Path(what).open(encoding="utf-8-sig", newline="") as file:
                _write_rows(session, file, crs, as_of, slug)
            return
        lon, lat = point_to_stored(*_point(what), parse_crs(crs))
        found = locate_at(session, lon, lat, instant(as_of), slug) if as_of else locate(lon, lat, slug)
    click.echo(json.dumps(_fields(found), ensure_ascii=False) if in_json else _sentence(found, settings.language))


def _point(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise Invalid("{text!r} is no point; longitude, comma, latitude would be right: 120.53,36.11.", text=text) from None
    return lon, lat


def _sentence(found: Located, language: str) -> str:
    if not found.chain:
        return say("{lon}, {lat} lies in no unit.", language, lon=found.lon, lat=found.lat)
    lines = [f"{unit.level_name_zh if language == 'zh' else unit.level_name_en}\t{unit.code or '-'}\t{unit.name}" for unit in found.chain]
    if found.remainder:
        lines[-1] = say("No unit below covers this ground.", language)
    lines += [say("On the border with {name}.", language, name=other.name) for other in found.on_border_with]
    lines += [say("Building: {name}", language, name=found.building.name or "?")] if found.building else []
    lines += [say("Compound: {name}", language, name=found.compound.name or "?")] if found.compound else []
    return "\n".join(lines)


def _fields(found: Located) -> dict[str, Any]:
    return {
        "jurisdiction": found.jurisdiction,
        "codes": "/".join(unit.code or "-" for unit in found.chain),
        "names": "/".join(unit.name for unit in found.chain),
        "remainder": found.remainder,
        "on_border_with": "/".join(other.name for other in found.on_border_with),
        "building": found.building.name if found.building else None,
        "compound": found.compound.name if found.compound else None,
    }


def _write_rows(session: Session, file: TextIO, crs: str, as_of: str | None, slug: str | None) -> None:
    """Write the rows with their answers; a row without a usable point keeps its place and says why."""
    rows = list(csv.DictReader(file))
    headers = list(rows[0]) if rows else []
    lon_name, lat_name = (_header(headers, names) for names in (("lon", "lng", "经度", "x"), ("lat", "纬度", "y")))
    lons, lats, faults = _points(rows, lon_name, lat_name, crs)
    at = instant(as_of) if as_of else None
    found: Iterator[Located] = (
        locate_many(lons, lats, slug) if at is None else (locate_at(session, lon, lat, at, slug) for lon, lat in zip(lons, lats, strict=True))
    )
    writer = csv.DictWriter(sys.stdout, [*headers, *COLUMNS], lineterminator="\n")
    writer.writeheader()
    for row, located, fault in zip(rows, found, faults, strict=True):
        writer.writerow(row | _fields(located) | {"fault": fault})


def _points(rows: list[dict[str, str]], lon_name: str, lat_name: str, crs: str) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
    system = parse_crs(crs)
    points = np.full((len(rows), 2), np.nan)
    faults: list[str | None] = [None] * len(rows)
    for index, row in enumerate(rows):
        try:
            points[index] = point_to_stored(float(row[lon_name]), float(row[lat_name]), system)
        except (GeodataError, ValueError) as error:
            faults[index] = str(error)
    return points[:, 0], points[:, 1], faults


def _header(headers: list[str], names: tuple[str, ...]) -> str:
    for header in headers:
        if header.strip().casefold() in names:
            return header
    raise Invalid("The file has no column {names}; it has {columns}.", names=" / ".join(names), columns=", ".join(headers) or "-")
