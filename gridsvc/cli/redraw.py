"""`gridsvc redraw`: the plans of a jurisdiction, and what becomes of one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import click

from gridsvc.cli import propose, redraw_files, redraw_impact
from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import told
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.database.queries.plans import moves, plan, plans
from gridsvc.domain.carrying import Choice
from gridsvc.domain.instants import day, instant
from gridsvc.domain.plans import STATES
from gridsvc.errors import NotFound
from gridsvc.operations import plan_merging, plan_path, plan_publishing
from gridsvc.operations import plans as changes
from gridsvc.operations.progress import listen
from gridsvc.operations.rebase import rebase
from gridsvc.operations.undoing import undo_edition
from gridsvc.settings import Settings
from gridsvc.words import say


@click.group("redraw")
def command() -> None:
    """List plans, show one, publish it or put it aside."""


command.add_command(propose.command)
command.add_command(redraw_files.export)
command.add_command(redraw_files.import_)


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


_MINE: Choice = "mine"
_THEIRS: Choice = "theirs"


@command.command("carry-over")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.option("--mine", "mine", metavar="UNIT", type=int, multiple=True, help="Key of a unit whose version of the plan stands.")
@click.option("--theirs", "theirs", metavar="UNIT", type=int, multiple=True, help="Key of a unit whose version of today stands.")
def carry_over(plan_id: UUID, *, mine: tuple[int, ...], theirs: tuple[int, ...]) -> None:
    """Carry a draft over to the last edition."""
    choices: dict[int, Choice] = {**dict.fromkeys(mine, _MINE), **dict.fromkeys(theirs, _THEIRS)}
    with as_operator(Settings.from_environment()) as (session, operator):
        rebase(session, operator, plan(session, operator, plan_id), choices)


@command.command("gather")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.argument("drafts", metavar="DRAFT...", type=click.UUID, nargs=-1, required=True)
def gather(plan_id: UUID, drafts: tuple[UUID, ...]) -> None:
    """Take drafts of parts of a plan's area over into it."""
    with as_operator(Settings.from_environment()) as (session, operator):
        found = [plan(session, operator, each) for each in drafts]
        plan_merging.gather(session, operator, plan(session, operator, plan_id), found, {})


@command.command("undo")
@click.argument("slug", metavar="JURISDICTION")
@click.argument("serial", metavar="EDITION", type=int)
@click.option("--effective", metavar="WHEN", help="From which day or time on it holds; else from now on.")
def undo(slug: str, serial: int, *, effective: str | None) -> None:
    """Give back what an edition changed, as an edition of its own."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        place = jurisdiction(session, slug)
        if place is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        made = undo_edition(session, operator, place.id, serial, at=instant(effective) if effective else datetime.now(UTC))
    click.echo(say("Edition {serial} undoes edition {other}.", settings.language, serial=made.serial, other=serial))


for each in redraw_impact.COMMANDS:
    command.add_command(each)
