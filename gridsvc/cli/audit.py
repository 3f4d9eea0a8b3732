"""`gridsvc audit`: who did what, newest first."""

from __future__ import annotations

import click
import orjson

from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.audit import trail
from gridsvc.settings import Settings


@click.command("audit")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="How many rows.")
@click.option("--before", type=int, help="Only rows older than this number: the last one of the page above.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(limit: int, before: int | None, *, as_json: bool) -> None:
    """List who did what where, newest first."""
    with as_operator(Settings.from_environment()) as (session, operator):
        rows = trail(session, operator, before=before, limit=limit)
    for row in rows:
        if as_json:
            click.echo(orjson.dumps(row))
        else:
            detail = orjson.dumps(dict(row.detail)).decode()
            click.echo(f"{row.id}\t{row.at:%Y-%m-%d %H:%M:%S}Z\t{row.account or '-'}\t{row.action}\t{row.path or '-'}\t{detail}")
