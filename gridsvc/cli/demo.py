"""`gridsvc demo`: schemes, made-up places as files, and accounts to look at them with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.samples import SCHEMES, SYNTHETIC, scheme_text
from geodata.samples.scenarios import SCENARIOS, Scenario, city
from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.database.tables import Account, Jurisdiction, Scheme
from gridsvc.domain.instants import instant
from gridsvc.domain.permissions import Actor, Role
from gridsvc.errors import Conflict
from gridsvc.operations.accounts import GrantRole, add_account, grant_role
from gridsvc.operations.imports import ImportRequest, run
from gridsvc.operations.jurisdictions import add_jurisdiction, add_scheme
from gridsvc.operations.passwords import random_password
from gridsvc.operations.progress import listen
from gridsvc.settings import Settings
from gridsvc.words import say

ACCOUNTS = {
    "leader": ((Role.GRID_LEADER,), "longze/370212002040"),
    "grid1": ((Role.GRID_LEADER,), "longze/370212002040001"),
    "clerk": ((Role.DATA_CLERK,), "longze"),
    "planner": ((Role.PLANNER, Role.APPROVER), "longze"),
    "security": ((Role.SECURITY_ADMIN,), None),
}
"""Who can sign in to the demo of Longze, as what, where."""
OFFICE = (Role.DATA_CLERK, Role.PLANNER, Role.APPROVER)
"""What the second account of each other place may do; the first leads it and is called like it."""

LEAVES = {"town": 400, "city": 20_000}
"""How many micro-grids a size has."""


@click.command("demo")
@click.option("--scenario", type=click.Choice([*SCENARIOS, "all"]), help="Which place; without it Longze Shuyuan.")
@click.option("--size", type=click.Choice(list(LEAVES)), help="Instead: a city to measure with, or a town made like it.")
@click.option("--leaves", type=click.IntRange(min=40), help="With --size: how many micro-grids.")
def command(scenario: str | None, size: str | None, leaves: int | None) -> None:
    """Load a demo and print how to sign in; what it shows is made up and says so. Places that are loaded stay as they are."""
    settings = Settings.from_environment()
    asked = _asked(scenario, size, leaves)
    password, added = random_password(), []
    for place in asked:
        with as_operator(settings) as (session, operator):
            if _is_loaded(session, place):
                if scenario is size is None:
                    raise Conflict("The demo is loaded already.")
                click.echo(say("{name} is loaded already.", settings.language, name=place.name))
                continue
            if len(asked) > 1 or size:
                listen(session, lambda template, values: click.echo(say(template, settings.language, **values), err=True))
            with tempfile.TemporaryDirectory() as folder:
                load(session, operator, place, Path(folder))
            added += list(_accounts(session, operator, place, password))
    if added:
        told = "The demo is loaded. Sign in as {names}; the password, shown this once: {password}"
        click.echo(say(told, settings.language, names=", ".join(added), password=password))


def _asked(scenario: str | None, size: str | None, leaves: int | None) -> list[Scenario]:
    if size:
        return [city(leaves or LEAVES[size])]
    return list(SCENARIOS.values()) if scenario == "all" else [SCENARIOS[scenario or "longze"]]


def _is_loaded(session: Session, place: Scenario) -> bool:
    return session.scalar(select(Jurisdiction.id).where(Jurisdiction.slug == place.slug)) is not None


STORED = "EPSG:4490"
"""What all sample files are in; the tables among them cannot say it themselves."""
SINCE = {"units": SCENARIOS["longze"].since, **SCENARIOS["longze"].later}
"""From when on the files of Longze Shuyuan hold, by their names."""


def load_longze(session: Session, actor: Actor, folder: Path) -> None:
    """Write the files of Longze Shuyuan into a folder and bring them in like anybody's."""
    load(session, actor, SCENARIOS["longze"], folder)


def load(session: Session, actor: Actor, place: Scenario, folder: Path) -> None:
    """Write the files of a place into a folder and bring them in like anybody's, all or nothing."""
    known = set(session.scalars(select(Scheme.key)))
    for name in SCHEMES:
        if name not in known:
            add_scheme(session, actor, scheme_text(name), name=name)
    new = Jurisdiction(slug=place.slug, name=place.name, name_en=place.name_en, synthetic=True, attribution=SYNTHETIC)
    jurisdiction = add_jurisdiction(session, actor, new, scheme_key=place.scheme)
    for file in place.files(folder):
        request = ImportRequest(
            file.noun, file.path, jurisdiction.id, STORED, attribution=SYNTHETIC, effective_at=instant(file.since), commit=True
        )
        run(session, actor, request)


def _accounts(session: Session, operator: Actor, place: Scenario, password: str) -> Iterator[str]:
    """Add who can sign in at a place, and yield their names."""
    own = {place.slug: ((Role.GRID_LEADER,), place.slug), f"{place.slug}-office": (OFFICE, place.slug)}
    wanted = ACCOUNTS if place.slug == "longze" else own
    known = set(session.scalars(select(Account.name)))
    for name, (roles, where) in wanted.items():
        if name not in known:
            # Not handed out to anybody: whoever reads it has just made this installation, with made-up places alone.
            add_account(session, operator, name, password, handed_out=False)
            for role in roles:
                grant_role(session, operator, GrantRole(name, role, path_of_place(session, where) if where else ""))
            yield name
