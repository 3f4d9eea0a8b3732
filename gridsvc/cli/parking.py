"""`gridsvc parking`: lots and counts of a unit."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.database.queries.facilities import facility_sums
from gridsvc.database.queries.parking import parking_lots
from gridsvc.domain.parking import KINDS, LEVELS
from gridsvc.settings import Settings
from gridsvc.words import say


@click.group("parking")
def command() -> None:
    """Parking lots and spaces of a jurisdiction, or of a unit: longze, longze/370212002040."""


@command.command("list")
@click.argument("place")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of 100.")
def list_(place: str, page: int) -> None:
    """List the parking lots of PLACE by name: level, kind, spaces as said and as drawn, compound."""
    settings = Settings.from_environment()
    names = "name_zh" if settings.language == "zh" else "name_en"
    with as_operator(settings) as (session, operator):
        for row in parking_lots(session, operator, path_of_place(session, place), page=page):
            level = getattr(LEVELS[row.level], names) if row.level else "-"
            said = "-" if row.capacity is None else row.capacity
            click.echo(f"{row.name or '-'}\t{level}\t{getattr(KINDS[row.kind], names)}\t{said}\t{row.spaces}\t{row.compound or '-'}")


@command.command("count")
@click.argument("place")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def count(place: str, *, in_json: bool) -> None:
    """Count the lots and spaces of PLACE, spaces by kind and level, and its fire lanes."""
    settings = Settings.from_environment()
    language = settings.language
    with as_operator(settings) as (session, _):
        path = path_of_place(session, place)
        sums = facility_sums(session, [path])[path]
    if in_json:
        click.echo(json.dumps(asdict(sums), ensure_ascii=False))
        return
    names = "name_zh" if language == "zh" else "name_en"
    capacity = "-" if sums.capacity is None else sums.capacity
    template = "{lots} lots for {capacity} spaces, as their sources say; {spaces} spaces drawn"
    click.echo(say(template, language, lots=sums.parking_lots, capacity=capacity, spaces=sums.parking_spaces))
    for table, counts in ((KINDS, sums.spaces_by_kind), (LEVELS, sums.spaces_by_level)):
        for key, number in sorted(counts.items(), key=lambda each: -each[1]):
            click.echo(f"  {getattr(table[key], names) if key in table else '-'}\t{number}")
    click.echo(say("{lanes} fire lanes, {length_m:,.0f} m", language, lanes=sums.fire_lanes, length_m=sums.fire_lanes_m))
