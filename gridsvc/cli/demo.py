"""`gridsvc demo`: schemes, Longze Shuyuan as files, and accounts to look at it with."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.readers import read
from geodata.samples import SCHEMES, SYNTHETIC, longze, scheme_text
from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.database.tables import Jurisdiction
from gridsvc.domain.instants import instant
from gridsvc.domain.permissions import Actor, Role
from gridsvc.domain.proposals import ImportFile
from gridsvc.errors import Conflict
from gridsvc.operations.accounts import GrantRole, add_account, grant_role, random_password
from gridsvc.operations.imports import IMPORTERS
from gridsvc.operations.jurisdictions import add_jurisdiction, add_scheme
from gridsvc.settings import Settings
from gridsvc.words import say

SINCE = {"units": "2013-01-01", "units-grids": "2024-04-19"}
"""From when on a file holds: the compound was built in 2013, its two grids are those of the account of 2024-04-19."""

ACCOUNTS = {
    "leader": (Role.GRID_LEADER, "longze/370212002040"),
    "grid1": (Role.GRID_LEADER, "longze/370212002040001"),
    "clerk": (Role.DATA_CLERK, "longze"),
    "security": (Role.SECURITY_ADMIN, None),
}
"""Who can sign in to the demo, as what, where."""


@click.command("demo")
def command() -> None:
    """Load the demo, all or nothing, and print how to sign in; what it shows is made up and says so."""
    settings = Settings.from_environment()
    password = random_password()
    with as_operator(settings) as (session, operator), tempfile.TemporaryDirectory() as folder:
        if session.scalar(select(Jurisdiction.id).where(Jurisdiction.slug == "longze")) is not None:
            raise Conflict("The demo is loaded already.")
        for name in SCHEMES:
            add_scheme(session, operator, scheme_text(name), name=name)
        load_longze(session, operator, Path(folder))
        for name, (role, place) in ACCOUNTS.items():
            add_account(session, operator, name, password)
            grant_role(session, operator, GrantRole(name, role, path_of_place(session, place) if place else ""))
    told = "The demo is loaded. Sign in as {names}; the password, shown this once: {password}"
    click.echo(say(told, settings.language, names=", ".join(ACCOUNTS), password=password))


def load_longze(session: Session, actor: Actor, folder: Path) -> None:
    """Write the files of Longze Shuyuan into a folder and bring them in like anybody's."""
    new = Jurisdiction(slug="longze", name="青岛市崂山区", name_en="Laoshan, Qingdao", synthetic=True, attribution=SYNTHETIC)
    jurisdiction = add_jurisdiction(session, actor, new, scheme_key="longze")
    for path in longze.write(folder):
        since = instant(SINCE.get(path.stem, SINCE["units"]))
        file = ImportFile(jurisdiction.id, read(path, attribution=SYNTHETIC), since, commit=True)
        IMPORTERS[path.stem.split("-")[0]](session, actor, file)
