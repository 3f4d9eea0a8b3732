"""`gridsvc export`: what stands here, as a file."""

from __future__ import annotations

from pathlib import Path

import click

from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.export_nouns import EXPORTS
from gridsvc.database.queries.exports import Wanted
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.domain.instants import instant
from gridsvc.errors import Conflict, NotFound
from gridsvc.operations.exports import ExportRequest, export
from gridsvc.operations.ledger_export import LedgerRequest, export_ledger
from gridsvc.operations.progress import listen
from gridsvc.settings import Settings
from gridsvc.words import say

LEDGER = "ledger"


@click.command("export")
@click.argument("noun", type=click.Choice([*EXPORTS, LEDGER]))
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--jurisdiction", "slug", required=True, help="Its short name.")
@click.option("--as-of", help="As it stood at the start of this day, or at this instant.")
@click.option("--under", metavar="CODE", help="Only what stands in the unit of this code.")
@click.option("--source", help="Only what follows this numbering.")
@click.option("--english", is_flag=True, help="Keys instead of Chinese headers and words, for CSV and XLSX.")
@click.option("--reveal", "reason", metavar="REASON", help="Of people: private values in full, for this reason, which stays in the trail.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def command(noun: str, path: Path, slug: str, *, english: bool, force: bool, **asked: str | None) -> None:
    """Write what stands in a jurisdiction to FILE, whose ending says the format: .csv .geojson .gpkg .xlsx .zip (Shapefile).

    The file can be brought in again with `gridsvc import`: rows are known by their id. `ledger` writes the list of grids with their
    buildings (网格台账), as an XLSX that `gridsvc build --from-ledger` reads back.
    """
    settings = Settings.from_environment()
    if path.exists() and not force:
        raise Conflict("{file} is there already; another name, or --force to replace it, would be right.", file=str(path))
    as_of = instant(asked["as_of"]) if asked["as_of"] else None
    with as_operator(settings) as (session, operator):
        listen(session, lambda template, values: click.echo(say(template, settings.language, **values), err=True))
        place = jurisdiction(session, slug)
        if place is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        if noun == LEDGER:
            count = export_ledger(session, operator, LedgerRequest(place, as_of, asked["under"]), path)
            click.echo(say("{count} rows are in {file}.", settings.language, count=count, file=str(path)))
            return
        wanted = Wanted(noun, as_of, asked["under"], asked["source"])
        count = export(session, operator, ExportRequest(place, wanted, english, reason=asked["reason"]), path)
    click.echo(say("{count} rows are in {file}.", settings.language, count=count, file=str(path)))
