"""`gridsvc people`: who lives and serves where, and who looks after whom."""

from __future__ import annotations

import click

from gridsvc.cli.contracts import assign


@click.group("people")
def command() -> None:
    """People, their posts and the households they look after."""


command.add_command(assign)
