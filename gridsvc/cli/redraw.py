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
from gridsvc.operations import plan_path, plan_publishing
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
@click.option("--effective", metavar="WHEN", help="From which day or time on it holds, also one to come; else from now on.")
def publish(plan_id: UUID, *, effective: str | None) -> None:
    """Make a plan the next edition, also a draft: the command line stands above the office's path."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        listen(session, lambda template, values: click.echo(say(template, settings.language, **values), err=True))
        now = datetime.now(UTC)
        at = instant(effective) if effective else now
        if at > now:
            plan_publishing.schedule(session, operator, plan(session, operator, plan_id), at=at)
            click.echo(
                say("The plan will be published at {at} by `gridsvc work` or `gridsvc serve`.", settings.language, at=at.isoformat())
            )
            return
        edition = plan_publishing.publish(session, operator, plan(session, operator, plan_id), at=at)
    done = {"serial": edition.serial, "opened": edition.opened}
    click.echo(say("Edition {serial}: {opened} units as the plan has them.", settings.language, **done))


@command.command("discard")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
def discard(plan_id: UUID) -> None:
    """Put a plan aside for good; it stays to be read."""
    with as_operator(Settings.from_environment()) as (session, operator):
        changes.discard(session, operator, plan(session, operator, plan_id))


@command.command("submit")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
def submit(plan_id: UUID) -> None:
    """Hand a draft to the office."""
    with as_operator(Settings.from_environment()) as (session, operator):
        plan_path.submit(session, operator, plan(session, operator, plan_id))


@command.command("pass")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.option("--document", metavar="NUMBER", help="Number of the document (文号).")
@click.option("--document-on", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Date of the document.")
@click.option("--reason", metavar="TEXT", help="Why, where something needs a reason.")
def pass_(plan_id: UUID, *, document: str | None, document_on: datetime | None, reason: str | None) -> None:
    """Pass a plan at the step of the office that it waits for."""
    on = None if document_on is None else document_on.date()
    with as_operator(Settings.from_environment()) as (session, operator):
        found = plan(session, operator, plan_id)
        plan_path.pass_on(session, operator, found, plan_path.Decision(found.step or "", document, on, reason))


@command.command("send-back")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.option("--reason", metavar="TEXT", required=True, help="What has to be changed.")
def send_back(plan_id: UUID, *, reason: str) -> None:
    """Make a plan under review a draft again."""
    with as_operator(Settings.from_environment()) as (session, operator):
        found = plan(session, operator, plan_id)
        plan_path.send_back(session, operator, found, plan_path.Decision(found.step or "", reason=reason))


@command.command("withdraw")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
def withdraw(plan_id: UUID) -> None:
    """Take a plan back that is under review or has its day."""
    with as_operator(Settings.from_environment()) as (session, operator):
        plan_path.withdraw(session, operator, plan(session, operator, plan_id))
