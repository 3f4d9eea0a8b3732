"""What a plan changes, what the rules and measures say of it, and its papers, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.orm import Session

from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import told
from gridsvc.database.queries.impact import impact as impact_of
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdictions
from gridsvc.database.queries.measures import measures as measures_of
from gridsvc.database.queries.plans import PlanRow, plan
from gridsvc.database.queries.redraw_findings import redraw_findings
from gridsvc.domain.impact import KINDS
from gridsvc.domain.measures import MEASURES
from gridsvc.operations.plan_books import impact_book
from gridsvc.operations.plan_papers import PAPERS, paper
from gridsvc.settings import Settings
from gridsvc.words import say

PLAN = click.argument("plan_id", metavar="PLAN", type=click.UUID)
IN_JSON = click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
LEVEL = click.option("--level", type=click.IntRange(1, 7), help="Level of the scheme; else the lowest.")


@click.command("impact")
@PLAN
@LEVEL
@IN_JSON
def impact(plan_id: UUID, *, level: int | None, in_json: bool) -> None:
    """Tell what changes unit, from which to which."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        found = impact_of(session, operator, plan(session, operator, plan_id))
    moved = found.moved(level)
    if in_json:
        rows = [{"kind": each.kind, "from": each.source, "to": each.target, "amount": each.amount} for each in moved]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for each in moved:
        kind = KINDS[each.kind]
        name = kind.name_zh if settings.language == "zh" else kind.name_en
        click.echo(f"{each.amount:12,.0f}  {name}  {found.before_name(each.source) or '-'} → {found.name(each.target) or '-'}")
    for line in told(found.findings, settings.language):
        click.echo(line)


@click.command("findings")
@PLAN
def findings(plan_id: UUID) -> None:
    """Tell what the rules say of a plan."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        found = redraw_findings(session, operator, plan(session, operator, plan_id))
    for line in told(found, settings.language):
        click.echo(line)


@click.command("measures")
@PLAN
@click.option("--by", metavar="MEASURE", type=click.Choice(list(MEASURES)), help="The only measure to tell.")
@LEVEL
@IN_JSON
def measures(plan_id: UUID, *, by: str | None, level: int | None, in_json: bool) -> None:
    """Tell the measures of the units that a plan touches, before and after."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        found = measures_of(session, operator, plan(session, operator, plan_id), level)
    shown = [key for key in found.measures if by in (None, key)]
    if in_json:
        values = [{"unit": each.key, "name": each.name, "before": each.was, "after": each.becomes} for each in found.units]
        click.echo(json.dumps(values, ensure_ascii=False))
        return
    for unit in found.units:
        click.echo(unit.name)
        for key in shown:
            measure = MEASURES[key]
            name = measure.name_zh if settings.language == "zh" else measure.name_en
            was, becomes = ("-" if each is None else f"{each:,.{measure.digits}f}" for each in (unit.was[key], unit.becomes[key]))
            click.echo(f"  {name}: {was} → {becomes} {measure.unit}".rstrip())


@click.command("papers")
@PLAN
@click.option("--out", metavar="DIR", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
def papers(plan_id: UUID, *, out: Path) -> None:
    """Write comparison, hand-over sheets and consultation as PDF, and the impact as XLSX."""
    settings = Settings.from_environment()
    out.mkdir(parents=True, exist_ok=True)
    with as_operator(settings) as (session, operator):
        row = plan(session, operator, plan_id)
        place = _place(session, row)
        files = {f"{name}.pdf": paper(session, operator, row, place, name) for name in PAPERS}
        files["impact.xlsx"] = impact_book(session, operator, row, place)
    for name, content in files.items():
        (out / name).write_bytes(content)
        click.echo(say("{file} is written.", settings.language, file=out / name))


def _place(session: Session, row: PlanRow) -> JurisdictionRow:
    return next(each for each in jurisdictions(session) if each.id == row.jurisdiction_id)


COMMANDS = (impact, findings, measures, papers)
