"""A draft as a GeoPackage to be edited in another program, and back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote
from uuid import UUID

from flask import Response, request

from gridsvc.api import reader
from gridsvc.api.parse import Parameter
from gridsvc.api.plans import MoveMade, as_seen, move_made
from gridsvc.database.queries import plans
from gridsvc.database.session import transaction
from gridsvc.operations.plan_files import export_draft, import_draft

MIMETYPE = "application/geopackage+sqlite3"
GEOPACKAGE = {MIMETYPE: {"type": "string", "format": "binary", "description": "The file that was answered, edited"}}
"""What is brought back."""
REPAIR = Parameter(
    "repair", lambda _name, text: text not in ("", "0", "false"), "1 closes gaps and overlaps", {"type": "string", "enum": ["1"]}
)


class Brought(TypedDict):
    """The moves that a file was, none where it is as the plan; `version` is the plan's now."""

    version: str
    moves: list[MoveMade]


def download(plan_id: UUID) -> Response:
    """Answer the leaves that a plan leads to as a GeoPackage, with a key each, to be edited and brought back."""
    with transaction(reader.actor()) as session, tempfile.TemporaryDirectory() as folder:
        row = plans.plan(session, reader.actor(), plan_id)
        file = Path(folder, "draft.gpkg")
        export_draft(session, row, file)
        answer = Response(file.read_bytes(), mimetype=MIMETYPE)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"draft.gpkg\"; filename*=UTF-8''{quote(row.title, safe='')}.gpkg"
    return answer


def upload(plan_id: UUID, repair: bool | None = None) -> Brought:
    """Make moves of what was edited in the file; gaps and overlaps are refused with their places unless they are to be repaired."""
    actor = reader.actor()
    with transaction(actor) as session, tempfile.TemporaryDirectory() as folder:
        row = as_seen(session, actor, plan_id)
        file = Path(folder, "draft.gpkg")
        file.write_bytes(request.get_data())
        made = import_draft(session, actor, row, file, repair=bool(repair))
        moves = [move_made(plans.move(session, row.id, each.serial)) for each in made]
        return {"version": plans.plan(session, actor, plan_id).version, "moves": moves}
