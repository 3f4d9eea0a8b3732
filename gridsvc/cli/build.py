"""`gridsvc build`: grids around the buildings of a ledger, or new ones from streets, buildings and households; both as a plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from geodata.districting.graph import Limits
from geodata.findings import Finding
from geodata.readers import read
from gridsvc.cli.import_ import columns_of
from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import told
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.database.queries.plans import PlanRow, moves
from gridsvc.database.queries.unit_lists import UnitFilter, find_units
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.ledger import LedgerFile, build_from_ledger
from gridsvc.operations.progress import listen
from gridsvc.operations.trees import Wanted, build
from gridsvc.settings import Settings
from gridsvc.words import say


@click.command("build")
@click.option("--jurisdiction", "slug", required=True, help="Its short name.")
@click.option("--from-ledger", "ledger", type=click.Path(path_type=Path), help="Draw the grids of this list around their buildings.")
@click.option("--layer", help="For a ledger: which sheet.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADER", help="For a ledger: which column holds what.")
@click.option("--under", metavar="CODE", help="Only below the unit of this code; else in the whole jurisdiction.")
@click.option("--from-level", metavar="LEVEL", help="The highest level that is built anew; else the first without units.")
@click.option("--households", "ranges", multiple=True, metavar="LEVEL=LOW-HIGH", help="Households of its units, instead of the scheme's.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed gives another tree; the same one the same.")
@click.option("--title", help="What the plan is called.")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def command(slug: str, ledger: Path | None, *, in_json: bool, **given: Any) -> None:  # noqa: ANN401  # the options by name
    """Make a plan of grids to look at and correct; `gridsvc redraw publish` makes it an edition."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        listen(session, lambda template, values: None if in_json else click.echo(say(template, settings.language, **values), err=True))
        found = jurisdiction(session, slug)
        if found is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        anchor = _anchor(session, found.id, given["under"])
        if ledger is None:
            title = given["title"] or say("New grids", settings.language)
            plan = build(session, operator, Wanted(found.id, anchor, given["from_level"], _ranges(given["ranges"]), given["seed"], title))
        else:
            file = LedgerFile(found.id, read(ledger, layer=given["layer"]), columns_of(given["columns"]), anchor)
            plan, _ = build_from_ledger(session, operator, file, given["title"] or ledger.name)
        made = moves(session, plan.id)
    findings = [finding for move in made for finding in move.findings]
    click.echo(_as_json(plan, findings, settings.language) if in_json else _shown(plan, slug, findings, settings.language))


def _anchor(session: Session, jurisdiction_id: int, code: str | None) -> int | None:
    if code is None:
        return None
    found, _ = find_units(session, UnitFilter(jurisdiction_id, code=code))
    if not found:
        raise Invalid("No unit here has the code {code}.", code=code)
    return found[0].id


def _ranges(given: tuple[str, ...]) -> dict[str, Limits]:
    found = {}
    for pair in given:
        level, _, limits = pair.partition("=")
        low, _, high = limits.partition("-")
        if not (low.isdecimal() and high.isdecimal() and int(low) <= int(high)):
            raise Invalid("--households {pair} is no range; LEVEL=LOW-HIGH would be right, for example 网格=300-500.", pair=pair)
        found[level] = Limits(float(low), float(high))
    return found


def _shown(plan: PlanRow, slug: str, findings: list[Finding], language: str) -> str:
    lines = told(findings, language)
    ready = "The plan {id} is ready. Look at it on /plans/{slug}/{id}, correct it there, then:"
    lines.append(say(ready, language, id=plan.public_id, slug=slug))
    return "\n".join([*lines, f"gridsvc redraw publish {plan.public_id}"])


def _as_json(plan: PlanRow, findings: list[Finding], language: str) -> str:
    rows = [
        {"code": each.code, "severity": each.severity, "row": each.row, "sentence": say(each.template, language, **each.values)}
        for each in findings
    ]
    return json.dumps({"plan": str(plan.public_id), "findings": rows}, ensure_ascii=False)
