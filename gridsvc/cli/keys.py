"""`gridsvc keys`: the keys of encrypted fields, which lie beside the database and not in it."""

from __future__ import annotations

import click

from gridsvc.cli.operator import as_operator
from gridsvc.database import cluster
from gridsvc.database.install import bring_up_to_date
from gridsvc.database.keys import rotate
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.operations.audit import record
from gridsvc.sealing import use_keys
from gridsvc.settings import Settings
from gridsvc.words import say


@click.group("keys")
def command() -> None:
    """Change the keys of encrypted fields."""


@command.command("rotate")
def rotate_() -> None:
    """Encrypt every private field again with a fresh key; the old ones are put aside."""
    settings = Settings.from_environment()
    with cluster.open(settings) as database:
        bring_up_to_date(settings, database)
        use_keys(settings.data_dir / "keys")
        counts = rotate(database.url("owner"))
        with as_operator(settings) as (session, operator):
            record(session, operator, "keys.rotate", EVERYWHERE, **counts)
    click.echo(say("{count} fields are encrypted with a fresh key.", settings.language, count=sum(counts.values())))
