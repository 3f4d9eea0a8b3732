"""`gridsvc redraw propose`: alternatives for redrawing a plan, side by side; one of them taken over."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import click

from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import told
from gridsvc.database.queries.plan_proposals import ProposalRow, proposal
from gridsvc.database.queries.plans import plan
from gridsvc.domain.redrawing import NAMES, WAYS
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations.progress import Cancelled, listen
from gridsvc.operations.propose import propose, take_over
from gridsvc.operations.redraw_ground import Asked
from gridsvc.settings import Settings
from gridsvc.words import say


@click.command("propose")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.option("--way", type=click.Choice(list(WAYS)), default="rebalance", show_default=True, help="Smallest change, so many, or stations.")
@click.option("--unit", type=int, metavar="KEY", help="Only below this unit of the plan; else all of it.")
@click.option("--level", help="The level of the units that are redrawn; else the lowest.")
@click.option("--households", "limits", metavar="LOW-HIGH", help="Households of a unit, instead of the scheme's.")
@click.option("--parts", type=int, default=0, help="For --way parts: how many.")
@click.option("--station", "stations", type=click.UUID, multiple=True, metavar="ID", help="For --way stations: one of them; give all.")
@click.option("--load", "loads", multiple=True, metavar="NAME=WEIGHT", help="Weights of households, buildings, area_m2.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed gives other units; the same one the same.")
@click.option("--take", type=int, metavar="NUMBER", help="Take this alternative over into the plan at once.")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def command(plan_id: UUID, *, take: int | None, in_json: bool, **given: Any) -> None:  # noqa: ANN401  # the options by name
    """Propose how to redraw a plan. Ctrl-C stops the search and keeps the best so far."""
    settings = Settings.from_environment()
    asked = Asked(
        given["way"], given["unit"], given["level"], _range(given["limits"]), given["parts"], given["stations"], _loads(given["loads"]),
        given["seed"],
    )  # fmt: skip
    with as_operator(settings) as (session, operator):
        with _stoppable(lambda said, values: None if in_json else click.echo(say(said, settings.language, **values), err=True)) as listener:
            listen(session, listener)
            try:
                new = propose(session, operator, plan(session, operator, plan_id), asked)
            except Cancelled:
                raise Conflict("Stopped before anything was found; nothing is kept.") from None
            made = proposal(session, plan(session, operator, plan_id), new)
        listen(session, None)
        if take is not None:
            take_over(session, operator, plan(session, operator, plan_id), made.public_id, take)
    click.echo(_as_json(made) if in_json else _shown(made, settings.language))


@contextmanager
def _stoppable(tell: Callable[[str, dict[str, Any]], None]) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """Give a listener that stops the work once somebody pressed Ctrl-C."""
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))

    def listener(template: str, values: dict[str, Any]) -> None:
        if pressed:
            raise Cancelled
        tell(template, values)

    try:
        yield listener
    finally:
        signal.signal(signal.SIGINT, before)


def _range(given: str | None) -> tuple[float, float] | None:
    if given is None:
        return None
    low, _, high = given.partition("-")
    if not (low.isdecimal() and high.isdecimal() and 0 < int(low) <= int(high)):
        raise Invalid("--households {pair} is no range; LOW-HIGH would be right, for example 30-70.", pair=given)
    return float(low), float(high)


def _loads(given: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for pair in given:
        name, _, weight = pair.partition("=")
        try:
            found[name] = float(weight)
        except ValueError:
            raise Invalid("--load {pair} is no weight; NAME=WEIGHT would be right, for example households=2.", pair=pair) from None
    return found


def _shown(made: ProposalRow, language: str) -> str:
    lines = []
    for each in made.alternatives:
        values = {"serial": each.serial, "name": NAMES[each.name][language != "zh"], **each.measures}
        lines.append(
            say(
                "{serial}. {name}: {units} units, {out_of_range} out of range ({unproven} without a proof), deviation {deviation:.3f}, "
                "compactness {compactness:.2f}, {moved:.0f} households moved ({moved_share:.1%}; at least {least_moved:.0f} have to be)",
                language,
                **values,
            )
        )
        if made.asked["loads"]:
            lines.append("   " + say("Deviation of the weighted loads: {load_deviation:.3f}", language, **each.measures))
        lines += [f"   {line}" for line in told(each.findings, language)]
    return "\n".join(lines)


def _as_json(made: ProposalRow) -> str:
    rows = [{"serial": each.serial, "name": each.name, "measures": each.measures} for each in made.alternatives]
    return json.dumps({"proposal": str(made.public_id), "stopped": made.stopped, "alternatives": rows}, ensure_ascii=False)
