"""`gridsvc fire-lanes`: those of a unit."""

from __future__ import annotations

import click

from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.database.queries.fire_lanes import fire_lanes
from gridsvc.domain.fire_lanes import FORMS
from gridsvc.settings import Settings


@click.group("fire-lanes")
def command() -> None:
    """Fire lanes of a jurisdiction, or of a unit: longze, longze/370212002040."""


@command.command("list")
@click.argument("place")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of 100.")
def list_(place: str, page: int) -> None:
    """List the fire lanes of PLACE by name: form, clear width and height, length, length here (all in m)."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        for row in fire_lanes(session, operator, path_of_place(session, place), page=page):
            form = FORMS[row.form].name_zh if settings.language == "zh" else FORMS[row.form].name_en
            figures = (row.clear_width_m, row.clear_height_m, row.length_m, row.here_m)
            click.echo("\t".join([row.name or "-", form, *("-" if figure is None else f"{figure:.1f}" for figure in figures)]))
