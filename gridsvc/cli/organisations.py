"""`gridsvc organisations`: which there are where, and what the rules find about them."""

from __future__ import annotations

import json
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import told
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.database.queries.organisations import PAGE, OrganisationRow, organisations
from gridsvc.database.queries.people_findings import people_findings
from gridsvc.database.queries.units import root, unit
from gridsvc.database.tables import Unit
from gridsvc.domain.code_tables import key_of
from gridsvc.domain.organisations import KINDS
from gridsvc.errors import Invalid, NotFound
from gridsvc.settings import Settings


@click.group("organisations")
def command() -> None:
    """Party organisations, owners' committees, property companies and others, each with its ground."""


@command.command("list")
@click.argument("place", metavar="PLACE")
@click.option("--kind", help="Key or name of a kind.")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs, a line each.")
def list_(place: str, kind: str | None, *, in_json: bool) -> None:
    """List the organisations attached in PLACE (longze, longze/370212002040); + stands before one that leads elsewhere (联建)."""
    key = key_of(KINDS, kind)
    if kind is not None and key is None:
        raise Invalid("{given!r} is no kind of organisation; {known} are.", given=kind, known=", ".join(KINDS))
    with as_operator(Settings.from_environment()) as (session, _):
        path, found, page = path_of_place(session, place), list[OrganisationRow](), 1
        while rows := organisations(session, path, key, page)[0]:
            found += rows
            page += 1
            if len(rows) < PAGE:
                break
    for row in found:
        line = {"id": str(row.public_id), "name": row.name, "kind": row.kind, "leads": row.leads, "ground": row.ground}
        shown = [str(row.public_id), row.name if row.leads else f"+ {row.name}", KINDS[row.kind].name_zh, "、".join(row.ground) or "-"]
        click.echo(json.dumps(line, ensure_ascii=False) if in_json else "\t".join([*shown, row.parent_name or "-", row.phone or "-"]))


@command.command("check")
@click.argument("place", metavar="PLACE")
def check(place: str) -> None:
    """Say what the rules find in PLACE: groups that are due, sizes of branches, vacant and crowded posts, members without duties."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        path = path_of_place(session, place)
        public_id = _unit(session, path)
        found = unit(session, public_id) if public_id else None
        if found is None:
            raise NotFound("There is no unit of this id today.")
        findings = people_findings(session, operator, found)
    for line in told(findings, settings.language):
        click.echo(line)


def _unit(session: Session, path: str) -> UUID | None:
    """Return the unit of a path; a jurisdiction's is its top one."""
    if "." in path:
        return session.scalar(select(Unit.public_id).where(Unit.id == int(path.rpartition(".")[2], 36)))
    top = root(session, int(path[1:], 36))
    return top.public_id if top else None
