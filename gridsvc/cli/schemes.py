"""`gridsvc schemes`: list, show, check and add schemes."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from gridsvc.cli.operator import as_operator
from gridsvc.database.tables import Scheme
from gridsvc.domain.schemes import parse_scheme
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.jurisdictions import add_scheme
from gridsvc.settings import Settings
from gridsvc.words import say

FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group("schemes")
def command() -> None:
    """List, show, check and add schemes: levels, tiers, codes and thresholds."""


@command.command("list")
def list_() -> None:
    """List the schemes of this installation."""
    with as_operator(Settings.from_environment()) as (session, _):
        for scheme in session.scalars(select(Scheme).order_by(Scheme.key)):
            click.echo(f"{scheme.key}\t{scheme.name_zh}\t{scheme.name_en}")


@command.command()
@click.argument("key")
def show(key: str) -> None:
    """Print a scheme as the TOML it was added as."""
    with as_operator(Settings.from_environment()) as (session, _):
        body = session.scalar(select(Scheme.body).where(Scheme.key == key))
    if body is None:
        raise NotFound("There is no scheme {key!r}.", key=key)
    click.echo(body, nl=False)


@command.command()
@FILE
def check(file: Path) -> None:
    """Say what is wrong with a scheme file, line by line."""
    language = Settings.from_environment().language
    try:
        scheme = parse_scheme(file.read_text(encoding="utf-8"), name=file.name)
    except Invalid as error:
        for finding in error.findings:
            click.echo(f"{file.name}:{finding.row}: {say(finding.template, language, **finding.values)}", err=True)  # type: ignore[attr-defined]
        raise
    levels = " › ".join(level.name_zh if language == "zh" else level.name_en for level in scheme.levels)
    click.echo(say("{name} is right: {levels}", language, name=file.name, levels=levels))


@command.command()
@FILE
def add(file: Path) -> None:
    """Add a scheme, or its new text under the same key."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        scheme = add_scheme(session, operator, file.read_text(encoding="utf-8"), name=file.name)
    click.echo(say("The scheme {key} was added.", settings.language, key=scheme.key))
