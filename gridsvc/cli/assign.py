"""`gridsvc assign`: buildings to leaves anew, and exceptions by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import click

from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, require
from gridsvc.errors import NotFound
from gridsvc.operations.assignment import assign
from gridsvc.operations.buildings import pin, unpin
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.settings import Settings
from gridsvc.words import say


@click.group("assign")
def command() -> None:
    """Place buildings anew, and pin exceptions."""


@command.command("all")
@click.argument("slug", metavar="JURISDICTION")
def all_(slug: str) -> None:
    """Place every building that is not pinned by its footprint, and say how many moved."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        found = jurisdiction(session, slug)
        if found is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        require(operator, Action.IMPORT, jurisdiction_path(found.id))
        lock_borders(session, found.id)
        moved = assign(session, found.id, datetime.now(UTC))
    click.echo(say("{count} buildings moved.", settings.language, count=len(moved)))


@command.command("pin")
@click.argument("building", type=click.UUID)
@click.argument("unit", type=click.UUID)
@click.option("--reason", required=True, help="Why; it is kept and shown.")
def pin_(building: UUID, unit: UUID, reason: str) -> None:
    """Keep BUILDING in the leaf UNIT whatever its footprint says; both by their ids."""
    with as_operator(Settings.from_environment()) as (session, operator):
        pin(session, operator, building, unit, reason=reason, at=datetime.now(UTC))


@command.command("unpin")
@click.argument("building", type=click.UUID)
def unpin_(building: UUID) -> None:
    """Let the footprint of BUILDING decide again."""
    with as_operator(Settings.from_environment()) as (session, operator):
        unpin(session, operator, building, at=datetime.now(UTC))
