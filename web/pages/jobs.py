"""One job: how far it is, what came of it, and for an import what it would do and the button that does it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import shapely
import shapely.geometry
from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geodata.findings import Finding
from gridsvc.api.jobs import shape
from gridsvc.database.queries import jobs as queries
from gridsvc.database.queries import jurisdictions
from gridsvc.database.queries.jobs import JobRow
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.session import transaction
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, may
from gridsvc.domain.told import finding_of
from gridsvc.errors import Conflict, NotFound
from gridsvc.operations.jobs import Ask, ask, cancel
from gridsvc.settings import Settings
from web.maps.base_maps import offered
from web.maps.features import NO_SHAPES, script_json
from web.maps.folium_page import parts
from web.pages.exchange import arguments_of, words_of
from web.pages.import_words import asked_for


def show(job_id: UUID) -> ResponseReturnValue:
    """Answer the page of a job that the reader may see."""
    with transaction(g.actor) as session:
        job = queries.job(session, g.actor, job_id)
        place = _place(job, jurisdictions.jurisdictions(session))
        result = queries.result(session, job)
    settings: Settings = current_app.config["SETTINGS"]
    findings = [finding_of(each) for each in result.get("findings", ())]
    shapes = result.get("shapes") or (boxes(findings) if job.state == "failed" else None)
    return render_template(
        "job.html",
        job=job,
        place=place,
        result=result,
        progress=shape(job)["progress"],
        sentence=finding_of(result["sentence"]) if "sentence" in result else None,
        failure=finding_of(result) if job.state == "failed" else None,
        findings=findings,
        layers=re.split(r", |、", str(result.get("values", {}).get("layers", ""))),
        asked_for=asked_for(result) if job.state == "failed" else set(),
        may_import=may(g.actor, Action.IMPORT, job.path),
        shapes=script_json(shapes) if shapes else None,
        no_shapes=NO_SHAPES,
        map=parts(offered(settings), g.csp_nonce) if shapes else None,
        file=_file_of(job),
        **words_of(place),
    )


def again(job_id: UUID) -> ResponseReturnValue:
    """Ask for another look at the same file, with the choices of the form."""
    with transaction(g.actor) as session:
        job = _import(queries.job(session, g.actor, job_id))
        arguments = arguments_of(job.arguments["jurisdiction"], request.form.get("noun", job.arguments["noun"]))
        if arguments["noun"] == job.arguments["noun"]:
            arguments["columns"] = _columns(job.arguments.get("columns") or {}, queries.result(session, job).get("columns", {}))
        return _asked(ask(session, g.actor, Ask("import", job.path, arguments | {"path": job.arguments["path"]}, after=job.public_id)))


def commit(job_id: UUID) -> ResponseReturnValue:
    """Ask for what a look has shown to be done."""
    with transaction(g.actor) as session:
        job = _import(queries.job(session, g.actor, job_id))
        if job.state != "done" or job.arguments.get("commit"):
            raise Conflict("Only a look that has ended can be carried out; look at the file first.")
        arguments = {**job.arguments, "commit": True, "skip_refused": "skip_refused" in request.form}
        return _asked(ask(session, g.actor, Ask("import", job.path, arguments, after=job.public_id)))


def stop(job_id: UUID) -> ResponseReturnValue:
    """Stop a job, at its next step at the latest."""
    with transaction(g.actor) as session:
        job = queries.job(session, g.actor, job_id)
        cancel(session, job.public_id)
    return _asked(job.public_id)


def boxes(findings: Sequence[Finding]) -> dict[str, Any] | None:
    """Return where findings point, as GeoJSON like that of operations.proposal_shapes; None where none points anywhere."""
    placed = [(found, found.where) for found in findings if found.where]
    if not placed:
        return None
    features = [
        {
            "type": "Feature",
            "properties": {"row": found.row, "key": "", "outcome": "refused" if found.severity == "error" else "unchanged"},
            "geometry": shapely.geometry.mapping(shapely.box(*where)),
        }
        for found, where in placed
    ]
    whole = shapely.total_bounds([shapely.box(*where) for _, where in placed]).tolist()
    return {"type": "FeatureCollection", "bbox": whole, "features": features}


def _asked(job_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("job", job_id=job_id), 303)


def _import(job: JobRow) -> JobRow:
    if job.kind != "import":
        raise NotFound("There is no job {id} here.", id=job.public_id)
    return job


def _place(job: JobRow, places: list[JurisdictionRow]) -> JurisdictionRow:
    top = job.path.partition(".")[0]
    return next(place for place in places if jurisdiction_path(place.id) == top)


def _file_of(job: JobRow) -> str:
    return str(job.arguments.get("path", "")).rpartition("/")[2]


def _columns(chosen: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that the reader has chosen: those of before, and what the form says otherwise than it was shown."""
    given = {name.removeprefix("column."): header for name, header in request.form.items() if name.startswith("column.")}
    return dict(chosen) | {name: header for name, header in given.items() if header != shown.get(name, "")}
