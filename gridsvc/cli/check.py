"""`gridsvc check`: whether the ground of a jurisdiction holds together, and what there needs somebody."""

from __future__ import annotations

import json
import sys

import click
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.topology import check, named
from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import told
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdiction, jurisdictions
from gridsvc.database.queries.people_findings import people_findings
from gridsvc.database.queries.units import findings, root
from gridsvc.database.queries.unplaced import unplaced_things
from gridsvc.domain.permissions import Actor
from gridsvc.errors import NotFound
from gridsvc.settings import Settings
from gridsvc.words import say


@click.command("check")
@click.argument("slug", metavar="[JURISDICTION]", required=False)
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def command(slug: str | None, *, in_json: bool) -> None:
    """Say where leaves leave a gap or overlap, what lies in no unit, and what the rules find; exit with 1 where ground is broken."""
    settings = Settings.from_environment()
    language = settings.language
    with as_operator(settings) as (session, operator):
        places = [place for place in jurisdictions(session) if slug in (None, place.slug)]
        if slug and jurisdiction(session, slug) is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        found = {place.slug: _found(session, operator, place) for place in places}
    for name, each in found.items():
        if in_json:
            rows = [{"code": one.code, "severity": one.severity, "sentence": say(one.template, language, **one.values)} for one in each]
            click.echo(json.dumps({"jurisdiction": name, "findings": rows}, ensure_ascii=False))
        else:
            click.echo("\n".join([f"# {name}", *(told(each, language) or [say("Everything holds.", language)])]))
    if any(one.severity == "error" for each in found.values() for one in each):
        sys.exit(1)


def _found(session: Session, operator: Actor, place: JurisdictionRow) -> list[Finding]:
    top = root(session, place.id)
    if top is None:
        return []
    ground = coverage(session, place.id)
    leaves = ground.leaves()
    whole = next(unit.ground for unit in ground.units if unit.unit_id == top.id)
    broken = check(ground.ground_of(leaves), outer=whole)
    names = [ground.units[leaf].name for leaf in leaves]
    needs = [*findings(session, top), *unplaced_things(session, operator, top), *people_findings(session, operator, top)]
    return [*(named(each, names) for each in broken), *needs]
