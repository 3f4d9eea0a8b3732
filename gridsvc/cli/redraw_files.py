"""`gridsvc redraw export` and `gridsvc redraw import`: a draft to be edited in another program, and back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.plans import move, plan
from gridsvc.operations.plan_files import export_draft, import_draft
from gridsvc.settings import Settings
from gridsvc.words import say


@click.command("export")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(plan_id: UUID, file: Path) -> None:
    """Write the leaves of a plan as a GeoPackage (or another kind) that QGIS edits."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        count = export_draft(session, plan(session, operator, plan_id), file)
    click.echo(say("{count} units written to {file}.", settings.language, count=count, file=file.name))


@click.command("import")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--repair", is_flag=True, help="Close gaps and overlaps: overlaps go to the smaller unit, gaps to the nearest.")
def import_(plan_id: UUID, file: Path, *, repair: bool) -> None:
    """Make moves of what was edited in a file that `export` wrote."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        row = plan(session, operator, plan_id)
        made = [move(session, row.id, each.serial) for each in import_draft(session, operator, row, file, repair=repair)]
    for each in made:
        click.echo(f"{each.serial:4}  {say(each.template, settings.language, **each.told)}")
    if not made:
        click.echo(say("The file and the plan are the same.", settings.language))
