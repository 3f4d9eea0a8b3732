"""`gridsvc redraw`: the plans of a jurisdiction, and what becomes of one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import click

from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import told
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.database.queries.plans import moves, plan, plans
from gridsvc.domain.instants import day, instant
from gridsvc.domain.plans import STATES
from gridsvc.errors import NotFound
from gridsvc.operations import plan_publishing
from gridsvc.operations import plans as changes
from gridsvc.operations.progress import listen
from gridsvc.settings import Settings
from gridsvc.words import say


@click.group("redraw")
def command() -> None:
    """List plans, show one, publish it or put it aside."""


@command.command("list")
@click.argument("slug", metavar="JURISDICTION")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def list_(slug: str, *, in_json: bool) -> None:
    """List the plans of a jurisdiction, newest first."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, _):
        found = jurisdiction(session, slug)
        if found is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        rows = plans(session, found.id)
    if in_json:
        click.echo(json.dumps([{"id": str(row.public_id), "title": row.title, "state": row.state} for row in rows], ensure_ascii=False))
        return
    for row in rows:
        state = STATES[row.state][settings.language != "zh"]
        click.echo(f"{row.public_id}  {day(row.created_at)}  {state}  {row.title}")


@command.command("show")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
def show(plan_id: UUID) -> None:
    """Show the moves of a plan, and what was found."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        made = moves(session, plan(session, operator, plan_id).id)
    for move in made:
        sign = "×" if move.undone else " "
        click.echo(f"{move.serial:4}{sign} {say(move.template, settings.language, **move.told)}")
        for line in told(move.findings, settings.language):
            click.echo(f"       {line}")


@command.command("publish")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.option("--effective", metavar="DATE", help="From which day on it holds; else from now on.")
def publish(plan_id: UUID, *, effective: str | None) -> None:
    """Make a plan the next edition."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        listen(session, lambda template, values: click.echo(say(template, settings.language, **values), err=True))
        at = instant(effective) if effective else datetime.now(UTC)
        edition = plan_publishing.publish(session, operator, plan(session, operator, plan_id), at=at)
    done = {"serial": edition.serial, "opened": edition.opened}
    click.echo(say("Edition {serial}: {opened} units as the plan has them.", settings.language, **done))


@command.command("discard")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
def discard(plan_id: UUID) -> None:
    """Put a plan aside for good; it stays to be read."""
    with as_operator(Settings.from_environment()) as (session, operator):
        changes.discard(session, operator, plan(session, operator, plan_id))
