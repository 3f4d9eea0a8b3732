"""`gridsvc import`: show what a file would do, and do it when told to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import as_json, show, told
from gridsvc.database.tables import Jurisdiction
from gridsvc.domain.instants import instant
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.area_codes import CodesFile, import_area_codes
from gridsvc.operations.imports import IMPORTERS, ImportRequest, run
from gridsvc.operations.jurisdictions import add_jurisdiction
from gridsvc.operations.progress import listen
from gridsvc.settings import Settings
from gridsvc.words import say

CODES = "codes"
"""The published list of area codes, which belongs to no jurisdiction."""

_OPTIONS = (
    click.argument("noun", type=click.Choice([*(name.replace("_", "-") for name in IMPORTERS), CODES])),
    click.argument("path", metavar="FILE", type=click.Path(path_type=Path)),
    click.option("--jurisdiction", "slug", help="Its short name; made when absent, with --scheme. The list of area codes has none."),
    click.option("--scheme", help="For a new jurisdiction: the scheme that it follows."),
    click.option("--name", help="For a new jurisdiction: its name."),
    click.option("--name-en", help="For a new jurisdiction: its English name."),
    click.option("--synthetic", is_flag=True, help="For a new jurisdiction: its geometry is made up."),
    click.option("--attribution", help="For a new jurisdiction: whom its data names."),
    click.option("--crs", help="The reference system, where the file does not say: EPSG:4547, GCJ-02, BD-09."),
    click.option("--layer", help="Which layer of the file."),
    click.option("--level", help="For units: the level of rows that name none."),
    click.option("--column", "columns", multiple=True, metavar="FIELD=HEADER", help="Which column holds what, where the guess is wrong."),
    click.option("--keep", type=click.Choice(["parent", "child"]), help="For units: whose border holds where a child reaches outside."),
    click.option("--accept-loss", is_flag=True, help="For units: agree to the loss of more than 5 % to overlapping neighbours."),
    click.option("--source", default="main", show_default=True, help="Whose numbering the file follows."),
    click.option("--effective", metavar="DATE", help="From which day on it holds; else from now on."),
    click.option("--skip-refused", is_flag=True, help="Bring in the other rows although some are refused."),
    click.option("--commit", is_flag=True, help="Write; without it nothing is written."),
    click.option("--json", "in_json", is_flag=True, help="Answer for programs."),
)


def _with_options(function: Any) -> Any:  # noqa: ANN401  # click's decorators have no narrower type
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.command("import")
@_with_options
def command(noun: str, path: Path, **given: Any) -> None:  # noqa: ANN401  # the options by name
    """Show what FILE would bring in; write it with --commit, all or nothing."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        listen(session, None if given["in_json"] else _teller(settings.language))
        try:
            proposal, remembered = _proposed(session, operator, noun.replace("-", "_"), path, given)
        except Invalid as refusal:
            findings = [finding for finding in refusal.findings if isinstance(finding, Finding)]
            for line in told(findings, settings.language):
                click.echo(line, err=True)
            raise
        if not given["commit"]:
            session.rollback()
    if given["in_json"]:
        click.echo(json.dumps(as_json(proposal, settings.language), ensure_ascii=False))
        return
    click.echo(show(proposal, settings.language, remembered))
    if not given["commit"]:
        click.echo(say("Nothing was written. Repeat with --commit to bring it in.", settings.language))


def _proposed(session: Session, operator: Actor, noun: str, path: Path, given: Mapping[str, Any]) -> tuple[Proposal, Mapping[str, str]]:
    """Return what the file would do, and the columns that were chosen the last time."""
    if noun == CODES:
        file = CodesFile(path, columns_of(given["columns"]), given["skip_refused"], given["commit"])
        return import_area_codes(session, operator, file), {}
    if not given["slug"]:
        raise click.MissingParameter(param_hint="'--jurisdiction'", param_type="option")
    imported = run(session, operator, _request(session, operator, noun, path, given))
    return imported.proposal, imported.remembered


def _request(session: Session, operator: Actor, noun: str, path: Path, given: Mapping[str, Any]) -> ImportRequest:
    same = {name: given[name] for name in ("crs", "layer", "source", "skip_refused", "commit")}
    return ImportRequest(
        noun,
        path,
        _jurisdiction(session, operator, given),
        attribution=given["attribution"] or "",
        columns=columns_of(given["columns"]),
        effective_at=instant(given["effective"]) if given["effective"] else None,
        terms={name: given[name] for name in ("level", "keep", "accept_loss")} if noun == "units" else {},
        **same,
    )


def _jurisdiction(session: Session, operator: Actor, given: Mapping[str, Any]) -> int:
    """Return the id of the jurisdiction, made when absent and a scheme is named."""
    found = session.scalar(select(Jurisdiction.id).where(Jurisdiction.slug == given["slug"]))
    if found is not None:
        return found
    if not given["scheme"]:
        raise NotFound("There is no jurisdiction {slug!r}; to make it, say which --scheme it follows.", slug=given["slug"])
    fields = {name: given[name] for name in ("slug", "name_en", "synthetic", "attribution")}
    new = Jurisdiction(name=given["name"] or given["slug"], **fields)
    return add_jurisdiction(session, operator, new, scheme_key=given["scheme"]).id


def columns_of(given: tuple[str, ...]) -> dict[str, str]:
    """Return field -> header from what --column says; raise Invalid where a pair names no header."""
    for pair in given:
        if "=" not in pair:
            raise Invalid("--column {pair} names no header; FIELD=HEADER would be right, for example name=网格名称.", pair=pair)
    return dict(pair.split("=", 1) for pair in given)


def _teller(language: str) -> Any:  # noqa: ANN401  # a listener
    return lambda template, values: click.echo(say(template, language, **values), err=True)
