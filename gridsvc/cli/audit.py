"""`gridsvc audit`: who did what; the seals over it, and whether all is as it was sealed."""

from __future__ import annotations

from pathlib import Path

import click
import orjson
import psycopg

from gridsvc.cli.operator import as_operator
from gridsvc.database import cluster
from gridsvc.database.install import bring_up_to_date
from gridsvc.database.queries.audit import Wanted, trail
from gridsvc.database.queries.audit_seals import Verified, verify
from gridsvc.operations import audit_seals
from gridsvc.settings import Settings
from gridsvc.words import say

NAMED = {
    "changed": "Changed: {rows}.",
    "removed": "Removed: {rows}.",
    "inserted": "Inserted: {rows}.",
    "reordered": "Reordered: {rows}.",
    "broken_seals": "Seals that do not fit: {rows}.",
    "lost_heads": "Seals that are in the file {file} and not in the database: {rows}.",
}
"""What is said of each kind of damage, with the numbers of rows or seals."""
MOST_NAMED = 50


class _Audit(click.Group):
    """The list when no command is named, as before there were others."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("audit", cls=_Audit)
def command() -> None:
    """List who did what where, seal it, and check that it is as it was sealed."""


@command.command("list")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="How many rows.")
@click.option("--before", type=int, help="Only rows older than this number: the last one of the page above.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(limit: int, before: int | None, *, as_json: bool) -> None:
    """List who did what where, newest first; this is also what `gridsvc audit` does."""
    with as_operator(Settings.from_environment()) as (session, operator):
        rows = trail(session, operator, Wanted(), before=before, limit=limit)
    for row in rows:
        if as_json:
            click.echo(orjson.dumps(row))
        else:
            detail = orjson.dumps(dict(row.detail)).decode()
            click.echo(f"{row.id}\t{row.at:%Y-%m-%d %H:%M:%S}Z\t{row.account or '-'}\t{row.action}\t{row.path or '-'}\t{detail}")


@command.command("seal")
def seal() -> None:
    """Seal what has not been sealed; the worker of `gridsvc serve` does the same every few minutes."""
    settings = Settings.from_environment()
    with cluster.open(settings) as database:
        bring_up_to_date(settings, database)
        with psycopg.connect(database.url("app"), autocommit=True) as connection:
            count = audit_seals.seal(connection, settings.audit_heads)
    click.echo(say("{count} rows sealed.", settings.language, count=count))


@command.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify_(*, as_json: bool) -> None:
    """Name what was changed, removed, inserted or reordered since it was sealed; exit code 1 if anything was."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        found = verify(session, operator, settings.audit_heads)
    if as_json:
        click.echo(orjson.dumps(found))
    else:
        _tell(found, settings.audit_heads, settings.language)
    raise SystemExit(0 if found.whole else 1)


def _tell(found: Verified, file: Path, language: str) -> None:
    click.echo(say("{sealed} rows sealed, {unsealed} not yet.", language, sealed=found.sealed, unsealed=found.unsealed))
    for kind, template in NAMED.items():
        if numbers := getattr(found, kind):
            named = ", ".join(map(str, numbers[:MOST_NAMED])) + (" …" if len(numbers) > MOST_NAMED else "")
            click.echo(say(template, language, rows=named, file=file))
    if found.whole:
        click.echo(say("Everything is as it was sealed.", language))
