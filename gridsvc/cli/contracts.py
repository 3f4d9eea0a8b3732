"""`gridsvc people assign`: who looks after which household, proposed, looked at, committed."""

from __future__ import annotations

import json
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import told
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.database.queries.contracts import ProposalRow
from gridsvc.database.tables import Jurisdiction
from gridsvc.domain.told import finding_of
from gridsvc.operations.contracts import Wanted, commit, propose
from gridsvc.operations.progress import listen
from gridsvc.settings import Settings
from gridsvc.words import say


@click.command("assign")
@click.argument("unit", metavar="UNIT")
@click.option("--low", type=click.IntRange(0), help="The least households of a member; else as the scheme says.")
@click.option("--high", type=click.IntRange(1), help="The most households of a member; else as the scheme says.")
@click.option("--anew", is_flag=True, help="Share out all households again; else contracts that stand stay.")
@click.option("--commit", "is_final", is_flag=True, help="Write; without it nothing is written.")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def assign(unit: str, *, is_final: bool, in_json: bool, **given: Any) -> None:  # noqa: ANN401  # the options by name
    """Propose which member looks after which household of UNIT (longze, longze/370212002040): near, and as many as the range says."""
    settings = Settings.from_environment()
    language = settings.language
    with as_operator(settings) as (session, operator):
        listen(session, lambda template, values: None if in_json else click.echo(say(template, language, **values), err=True))
        wanted = Wanted(_jurisdiction(session, unit), path_of_place(session, unit), **given)
        made = propose(session, operator, wanted)
        if is_final:
            commit(session, operator, made.public_id)
        else:
            session.rollback()
    click.echo(json.dumps(made.summary, ensure_ascii=False) if in_json else _shown(made, language))
    if not is_final and not in_json:
        click.echo(say("Nothing was written. Repeat with --commit to bring it in.", language))


def _jurisdiction(session: Session, unit: str) -> int:
    """Return the id of the jurisdiction of a place; one that is not there is refused by `path_of_place`."""
    return session.scalar(select(Jurisdiction.id).where(Jurisdiction.slug == unit.partition("/")[0])) or 0


def _shown(made: ProposalRow, language: str) -> str:
    summary = made.summary
    lines = told([finding_of(reason) for reason in summary["reasons"]], language)
    template = "{covered} of {dwellings} households go to {members} members, {at_home} of them in the member's own building."
    lines.append(say(template, language, **{name: summary[name] for name in ("covered", "dwellings", "members", "at_home")}))
    loads = "、".join(f"{load}×{count}" for load, count in summary["loads"].items())
    lines.append(say("Households a member × members: {loads}", language, loads=loads or "-"))
    return "\n".join(lines)
