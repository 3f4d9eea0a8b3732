"""What the jobs of this service do: an import, as a look or for good, and placing buildings anew."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.readers import read
from gridsvc.database.queries.plan_proposals import proposal
from gridsvc.database.queries.plans import PlanRow, plan
from gridsvc.database.tables import Jurisdiction
from gridsvc.domain.columns import HEADERS
from gridsvc.domain.instants import instant
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.told import kept, storable
from gridsvc.errors import NotFound
from gridsvc.operations.assignment import assign
from gridsvc.operations.contracts import Wanted as Share
from gridsvc.operations.contracts import propose
from gridsvc.operations.imports import Imported, ImportRequest, headers_of, run
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.operations.ledger import LedgerFile, build_from_ledger
from gridsvc.operations.progress import report
from gridsvc.operations.proposal_shapes import shapes_of
from gridsvc.operations.propose import propose as redraw
from gridsvc.operations.redraw_ground import Asked
from gridsvc.operations.trees import Wanted, build

MOST_ROWS, MOST_FINDINGS, MOST_SHAPES = 500, 1000, 3000
"""What the result of an import keeps; the counts are complete."""


def import_file(session: Session, actor: Actor, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do what `gridsvc import` does with a file on this machine; without `commit` nothing of it remains but the result."""
    path = Path(arguments["path"])
    if not path.is_file():
        raise NotFound("The file {file} is no longer kept here; choose it again.", file=path.name)
    jurisdiction_id = _jurisdiction_id(session, arguments)
    request = ImportRequest(
        noun=arguments["noun"],
        path=path,
        jurisdiction_id=jurisdiction_id,
        crs=arguments.get("crs"),
        layer=arguments.get("layer"),
        columns=arguments.get("columns") or {},
        source=arguments.get("source") or "main",
        effective_at=instant(arguments["effective"]) if arguments.get("effective") else None,
        skip_refused=bool(arguments.get("skip_refused")),
        commit=bool(arguments.get("commit")),
        terms=arguments.get("terms") or {},
    )
    report(session, "Reading {file} …", file=path.name)
    with session.begin_nested() as look:
        imported = run(session, actor, request)
        if not request.commit:
            look.rollback()
    return _result(imported, request)


def assign_all(session: Session, actor: Actor, arguments: dict[str, Any]) -> dict[str, Any]:
    """Place every building of a jurisdiction that is not pinned anew."""
    jurisdiction_id = _jurisdiction_id(session, arguments)
    require(actor, Action.IMPORT, jurisdiction_path(jurisdiction_id))
    lock_borders(session, jurisdiction_id)
    moved = assign(session, jurisdiction_id, datetime.now(UTC))
    return {"sentence": {"template": "{count} buildings moved.", "values": {"count": len(moved)}}}


def assign_contracts(session: Session, actor: Actor, arguments: dict[str, Any]) -> dict[str, Any]:
    """Propose who looks after which household at or below a path."""
    asked = {name: arguments.get(name) for name in ("low", "high")}
    made = propose(
        session, actor, Share(_jurisdiction_id(session, arguments), str(arguments["path"]), **asked, anew=bool(arguments.get("anew")))
    )
    told = {"covered": made.summary["covered"], "dwellings": made.summary["dwellings"]}
    sentence = {"template": "{covered} of {dwellings} households go to a member; look at the proposal and decide.", "values": told}
    return {"proposal": str(made.public_id), "sentence": sentence, "findings": made.summary["reasons"]}


def build_tree(session: Session, actor: Actor, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do what `gridsvc build` does without a ledger."""
    wanted = Wanted(
        _jurisdiction_id(session, arguments), arguments.get("anchor"), arguments.get("from_level"), seed=int(arguments.get("seed") or 0),
        title=str(arguments["title"]),
    )  # fmt: skip
    return _ready(build(session, actor, wanted))


def build_ledger(session: Session, actor: Actor, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do what `gridsvc build --from-ledger` does with a file on this machine."""
    path = Path(arguments["path"])
    if not path.is_file():
        raise NotFound("The file {file} is no longer kept here; choose it again.", file=path.name)
    table = read(path, layer=arguments.get("layer"))
    file = LedgerFile(_jurisdiction_id(session, arguments), table, arguments.get("columns") or {}, arguments.get("anchor"))
    return _ready(build_from_ledger(session, actor, file, str(arguments["title"]))[0])


def propose_redrawing(session: Session, actor: Actor, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do what `gridsvc redraw propose` does; stopped, it keeps what it has found."""
    of = plan(session, actor, UUID(arguments["plan"]))
    limits, asked = arguments.get("range"), {name: arguments[name] for name in ("unit", "level", "parts", "loads") if arguments.get(name)}
    wanted = Asked(
        arguments.get("way") or "rebalance", limits=(limits[0], limits[1]) if limits else None,
        stations=tuple(UUID(each) for each in arguments.get("stations") or ()), seed=int(arguments.get("seed") or 0), **asked,
    )  # fmt: skip
    made = proposal(session, of, redraw(session, actor, of, wanted))
    told = {"count": len(made.alternatives), "title": of.title}
    sentence = {"template": "{count} alternatives for the plan {title} stand side by side.", "values": told}
    if made.stopped:
        sentence = {"template": "Stopped; the best until then is kept: {count} alternatives for the plan {title}.", "values": told}
    findings = [kept(each) for each in (made.alternatives[0].findings if made.alternatives else ())]
    return {"plan": str(of.public_id), "redrawing": str(made.public_id), "sentence": sentence, "findings": findings[:MOST_FINDINGS]}


def _ready(plan: PlanRow) -> dict[str, Any]:
    return {"plan": str(plan.public_id), "sentence": {"template": "The plan {title} is ready.", "values": {"title": plan.title}}}


def _jurisdiction_id(session: Session, arguments: dict[str, Any]) -> int:
    slug = arguments["jurisdiction"]
    found = session.scalar(select(Jurisdiction.id).where(Jurisdiction.slug == slug))
    if found is None:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
    return found


def _result(imported: Imported, request: ImportRequest) -> dict[str, Any]:
    """Return the proposal as JSON: changes before what stays, the gravest findings first, shapes for a look alone."""
    proposal = imported.proposal
    order = ["refused", "changed", "new", "repaired", "unchanged"]
    rows = sorted(proposal.rows, key=lambda row: order.index(row.outcome))
    gravest = sorted(proposal.findings, key=lambda finding: ["error", "warning", "info"].index(finding.severity))
    return {
        "columns": {name: storable(header) for name, header in proposal.columns.items()},
        "fields": list(HEADERS.get(request.noun, proposal.columns)),
        "headers": [storable(header) for header in headers_of(imported.table)],
        "remembered": sorted(imported.remembered),
        "crs": imported.table.crs,
        "counts": proposal.counts,
        "rows": [{"row": row.row, "key": storable(row.key), "outcome": row.outcome} for row in rows[:MOST_ROWS]],
        "findings": [kept(finding) for finding in gravest[:MOST_FINDINGS]],
        "more_findings": max(0, len(gravest) - MOST_FINDINGS),
        "shapes": None if request.commit else shapes_of(imported.table, rows[:MOST_SHAPES]),
    }
