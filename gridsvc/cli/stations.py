"""`gridsvc stations`: which are nearest, and which there are."""

from __future__ import annotations

import json

import click

from geodata.crs import parse_crs, point_to_stored
from gridsvc.cli.locate import point_of
from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.database.queries.nearest import nearest_stations
from gridsvc.database.queries.stations import PAGE, PointFilter, StationRow, stations
from gridsvc.database.resident import StationRef
from gridsvc.domain.code_tables import key_of
from gridsvc.domain.stations import KINDS
from gridsvc.errors import NotFound
from gridsvc.settings import Settings
from gridsvc.words import say


@click.group("stations")
def command() -> None:
    """Stations: which are nearest, and which there are."""


@command.command("nearest")
@click.argument("where", metavar="LON,LAT")
@click.option("--crs", default="EPSG:4490", show_default=True, help="The reference system of the coordinates: EPSG:4547, GCJ-02, BD-09.")
@click.option("--kind", help="Only of this kind: its key or its Chinese name.")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="How many at most.")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def nearest(where: str, crs: str, kind: str | None, limit: int, *, in_json: bool) -> None:
    """List the nearest stations in a straight line, by geodesic distance."""
    settings = Settings.from_environment()
    with as_operator(settings):
        lon, lat = point_to_stored(*point_of(where), parse_crs(crs))
        found = nearest_stations(lon, lat, _kind(kind), limit)
    if in_json:
        rows = [{"id": str(each.public_id), "name": each.name, "kind": each.kind, "distance_m": round(m, 2)} for m, each in found]
        click.echo(json.dumps({"straight_line": True, "items": rows}, ensure_ascii=False))
        return
    click.echo(say("In a straight line:", settings.language))
    for distance_m, each in found:
        click.echo("\t".join([f"{distance_m:,.0f} m", *_fields(each, settings.language)]))


@command.command("list")
@click.argument("slug", metavar="JURISDICTION")
@click.option("--kind", help="Only of this kind: its key or its Chinese name.")
def list_(slug: str, kind: str | None) -> None:
    """List the stations of a jurisdiction by name."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, _):
        place = jurisdiction(session, slug)
        if place is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        wanted, page = PointFilter(place.id, kind=_kind(kind)), 1
        while rows := stations(session, wanted, page):
            for row in rows:
                click.echo("\t".join(_fields(row, settings.language)))
            if len(rows) < PAGE:
                break
            page += 1


def _kind(word: str | None) -> str | None:
    key = key_of(KINDS, word)
    if word and key is None:
        raise NotFound("{word!r} is no kind; the kinds are {kinds}.", word=word, kinds=", ".join(KINDS))
    return key


def _fields(row: StationRow | StationRef, language: str) -> list[str]:
    kind = KINDS[row.kind].name_zh if language == "zh" else KINDS[row.kind].name_en
    return [kind, *(field or "-" for field in (row.name, row.unit_name, row.hours, row.phone))]
