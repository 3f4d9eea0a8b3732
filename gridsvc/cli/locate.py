"""`gridsvc locate`: whose ground a point is, or every point of a CSV file."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import click
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from geodata.crs import parse_crs, point_to_stored
from geodata.readers import read
from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.locate import Located, locate, locate_at, locate_many
from gridsvc.domain.instants import instant
from gridsvc.errors import Invalid
from gridsvc.settings import Settings
from gridsvc.words import say

Coordinates: TypeAlias = NDArray[np.float64]

COLUMNS = ("jurisdiction", "codes", "names", "remainder", "on_border_with", "building", "compound", "fault")
"""What is added to each row of a CSV file."""


@click.command("locate")
@click.argument("what", metavar="LON,LAT|FILE.csv")
@click.option("--crs", default="EPSG:4490", show_default=True, help="The reference system of the coordinates: EPSG:4547, GCJ-02, BD-09.")
@click.option("--as-of", help="As it stood at the start of this day, or at this instant.")
@click.option("--jurisdiction", "slug", help="Only this one.")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def command(what: str, crs: str, as_of: str | None, slug: str | None, *, in_json: bool) -> None:
    """Say whose ground LON,LAT is, from the top to the leaf; for a CSV with lon and lat columns, row by row to standard output.

    The file is read like one to import; lon and lat come back in EPSG:4490.
    """
    settings = Settings.from_environment()
    with as_operator(settings) as (session, _):
        if what.lower().endswith(".csv"):
            _write_rows(session, Path(what), crs, (as_of, slug), settings.language)
            return
        lon, lat = point_to_stored(*point_of(what), parse_crs(crs))
        found = locate_at(session, lon, lat, instant(as_of), slug) if as_of else locate(lon, lat, slug)
    click.echo(json.dumps(_fields(found), ensure_ascii=False) if in_json else _sentence(found, settings.language))


def point_of(text: str) -> tuple[float, float]:
    """Return the numbers of LON,LAT; raise Invalid for what is no point."""
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


def _write_rows(session: Session, path: Path, crs: str, terms: tuple[str | None, str | None], language: str) -> None:
    """Write the rows of a file of points with their answers; a row without a usable point keeps its place and says why."""
    as_of, slug = terms
    table = read(path, crs=crs)
    if table.crs is None:
        columns = ", ".join(table.attributes[0]) if table.attributes else "-"
        raise Invalid("The file has no column {names}; it has {columns}.", names="lon / lat", columns=columns or "-")
    faults = {finding.row: say(finding.template, language, **finding.values) for finding in table.findings if finding.row is not None}
    lons, lats = shapely.get_x(table.geometry), shapely.get_y(table.geometry)
    headers = dict.fromkeys(name for attributes in table.attributes for name in attributes)
    writer = csv.DictWriter(sys.stdout, [*headers, "lon", "lat", *COLUMNS], lineterminator="\n")
    writer.writeheader()
    for row, attributes, located in zip(table.rows, table.attributes, _found(session, lons, lats, as_of, slug), strict=True):
        placed = {} if math.isnan(located.lon) else {"lon": located.lon, "lat": located.lat}
        writer.writerow(attributes | placed | _fields(located) | {"fault": None if placed else faults.get(row)})


def _found(session: Session, lons: Coordinates, lats: Coordinates, as_of: str | None, slug: str | None) -> Iterator[Located]:
    if as_of is None:
        return locate_many(lons, lats, slug)
    at = instant(as_of)
    points = zip(lons.tolist(), lats.tolist(), strict=True)
    return (Located(lon, lat) if math.isnan(lon) else locate_at(session, lon, lat, at, slug) for lon, lat in points)
