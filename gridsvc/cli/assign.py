"""`gridsvc assign`: all that stands in the grid to its leaves anew, and exceptions by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import click
from sqlalchemy.orm import Session

from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.facilities import nowhere, unit_names
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdiction, jurisdictions
from gridsvc.domain.facilities import FACILITIES
from gridsvc.errors import NotFound
from gridsvc.operations.assignment import assign_all
from gridsvc.operations.buildings import pin, unpin
from gridsvc.operations.pins import Thing, pin_facility, unpin_facility
from gridsvc.operations.placement import Moved
from gridsvc.operations.progress import listen
from gridsvc.settings import Settings
from gridsvc.words import say

NOUNS = ("buildings", *FACILITIES)
SHOWN = 20
"""Pairs of units, and things in no unit, that are listed a noun."""


class AssignGroup(click.Group):
    """`assign pin …` and `assign unpin …`; anything else is the jurisdiction to place."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Take what is no name of a command for the arguments of `all`."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["all", *args])


@click.group("assign", cls=AssignGroup, invoke_without_command=True, context_settings={"ignore_unknown_options": True})
@click.pass_context
def command(context: click.Context) -> None:
    """Place all that stands in the grid anew: `assign [JURISDICTION] [--changed]`; pin exceptions."""
    if context.invoked_subcommand is None:
        context.invoke(all_)


@command.command("all")
@click.argument("slug", metavar="[JURISDICTION]", required=False)
@click.option("--changed", is_flag=True, help="Only what is newer than its place, or whose leaf or building is.")
def all_(slug: str | None = None, *, changed: bool = False) -> None:
    """Place buildings, then stations, gates, parking and fire lanes; say what moved and what lies in no unit."""
    settings = Settings.from_environment()
    language = settings.language
    with as_operator(settings) as (session, operator):
        listen(session, lambda template, values: click.echo(say(template, language, **values), err=True))
        for place in _places(session, slug):
            moved = assign_all(session, operator, place.id, datetime.now(UTC), changed=changed)
            lines = [line for name in NOUNS for line in _told(session, place, name, moved[name], language)]
            click.echo("\n".join([f"# {place.slug}", *lines]))


def _places(session: Session, slug: str | None) -> list[JurisdictionRow]:
    if slug is None:
        return jurisdictions(session)
    found = jurisdiction(session, slug)
    if found is None:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
    return [found]


def _told(session: Session, place: JurisdictionRow, name: str, moved: Sequence[Moved], language: str) -> list[str]:
    """Return how many things of a noun moved between which units, and which stand in none."""
    count, astray = nowhere(session, place.id, name, SHOWN)
    lines = [say("{noun}: {moved} moved, {astray} in no unit", language, noun=_called(name, language), moved=len(moved), astray=count)]
    pairs = Counter((move.old_unit_id, move.new_unit_id) for move in moved)
    names = unit_names(session, {unit for pair in pairs for unit in pair if unit is not None})
    for (old, new), number in pairs.most_common(SHOWN):
        lines.append(f"  {names.get(old or 0, '-')} → {names.get(new or 0, '-')}: {number}")
    lines += [f"  ? {thing.ref}\t{thing.bounds[0]:.6f}, {thing.bounds[1]:.6f}" for thing in astray]
    return lines


def _called(name: str, language: str) -> str:
    if name == "buildings":
        return say("Buildings", language)
    return FACILITIES[name].name_zh if language == "zh" else FACILITIES[name].name_en


_NOUN = click.option("--noun", type=click.Choice(NOUNS), default="buildings", show_default=True, help="What THING is.")


@command.command("pin")
@click.argument("thing", type=click.UUID)
@click.argument("unit", type=click.UUID)
@click.option("--reason", required=True, help="Why; it is kept and shown.")
@_NOUN
def pin_(thing: UUID, unit: UUID, reason: str, noun: str) -> None:
    """Keep THING in the leaf UNIT whatever its geometry says; both by their ids."""
    with as_operator(Settings.from_environment()) as (session, operator):
        if noun == "buildings":
            pin(session, operator, thing, unit, reason=reason, at=datetime.now(UTC))
        else:
            pin_facility(session, operator, Thing(noun, thing), unit, reason=reason, at=datetime.now(UTC))


@command.command("unpin")
@click.argument("thing", type=click.UUID)
@_NOUN
def unpin_(thing: UUID, noun: str) -> None:
    """Let the geometry of THING decide again."""
    with as_operator(Settings.from_environment()) as (session, operator):
        if noun == "buildings":
            unpin(session, operator, thing, at=datetime.now(UTC))
        else:
            unpin_facility(session, operator, Thing(noun, thing), at=datetime.now(UTC))
