"""`gridsvc reports`: freeze the figures of a unit and a period, show and write them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gridsvc.cli.operator import as_operator
from gridsvc.database.queries import reports as queries
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.database.queries.units import root
from gridsvc.domain.instants import day, instant
from gridsvc.domain.reports import Period, digest_of, misses
from gridsvc.errors import Conflict, Invalid, NotFound
from gridsvc.operations.progress import listen
from gridsvc.operations.report_books import workbook
from gridsvc.operations.reports import Freeze, freeze, unit_called
from gridsvc.settings import Settings
from gridsvc.words import say

PLACE = click.argument("place", metavar="PLACE")


@click.group("reports")
def command() -> None:
    """Freeze reports of units, show them, and write them as workbooks."""


@command.command("list")
@PLACE
def list_(place: str) -> None:
    """List the reports of a jurisdiction, newest first."""
    with as_operator(Settings.from_environment()) as (session, operator):
        found = jurisdiction(session, place)
        if found is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=place)
        rows = queries.reports(session, operator, found.id)
    for row in rows:
        click.echo(f"{row.number}\t{day(row.cut_off)}\t{row.unit}\t{row.digest[:16]}")


@command.command("freeze")
@PLACE
@click.option("--period", required=True, metavar="PERIOD", help="2026, 2026-Q4 or 2026-11.")
@click.option("--cut-off", metavar="TIME", help="When the figures are taken; else the end of the period, or now while it lasts.")
def freeze_(place: str, period: str, cut_off: str | None) -> None:
    """Freeze the report of PLACE: a jurisdiction's short name, or with a unit's code: longze/370212002040."""
    settings = Settings.from_environment()
    slug, _, code = place.partition("/")
    with as_operator(settings) as (session, operator):
        listen(session, lambda template, values: click.echo(say(template, settings.language, **values), err=True))
        found = jurisdiction(session, slug)
        if found is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        top = root(session, found.id)
        unit_id = unit_called(session, found, code) if code or top is None else top.id
        row = freeze(session, operator, Freeze(found, unit_id, Period.of(period), instant(cut_off) if cut_off else None))
    click.echo(say("{number}: {unit}, SHA-256 {digest}", settings.language, number=row.number, unit=row.unit, digest=row.digest))


@command.command("show")
@PLACE
@click.argument("number")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs, all of it.")
def show(place: str, number: str, *, in_json: bool) -> None:
    """Show the figures of a report of a jurisdiction, and check its digest and sums."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        row, content = queries.report(session, operator, number, place)
    if in_json:
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    if digest_of(content) != row.digest:
        raise Conflict("The report {number} is not what was frozen: its digest differs.", number=row.number)
    top = content["rows"][0]
    for column, value in zip(content["columns"], top["values"], strict=True):
        click.echo(f"{column['name_zh'] if settings.language == 'zh' else column['name_en']}\t{value:,}")
    wrong = misses(content)
    told = "Sums hold at every level." if not wrong else "{count} sums do not hold."
    click.echo(say(told, settings.language, count=len(wrong)))


@command.command("export")
@PLACE
@click.argument("number")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def export(place: str, number: str, path: Path, *, force: bool) -> None:
    """Write a report of a jurisdiction to FILE, an XLSX."""
    if path.exists() and not force:
        raise Conflict("{file} is there already; another name, or --force to replace it, would be right.", file=str(path))
    if path.suffix.lower() != ".xlsx":
        raise Invalid("{file} is no workbook's name; one that ends in .xlsx would be right.", file=str(path))
    with as_operator(Settings.from_environment()) as (session, operator):
        row, content = queries.report(session, operator, number, place)
    path.write_bytes(workbook(row, content))
