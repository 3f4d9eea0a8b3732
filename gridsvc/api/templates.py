"""Empty ledgers to download."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import quote

from flask import Response

from gridsvc.api.exports import MIMETYPES
from gridsvc.database.queries.export_nouns import EXPORTS
from gridsvc.operations.templates import write_template


def download(noun: str) -> Response:
    """Answer the empty ledger of a noun as a workbook: organisations, people, appointments, households or contracts."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{noun}.xlsx")
        write_template(noun, file)
        answer = Response(file.read_bytes(), mimetype=MIMETYPES[".xlsx"])
    name = quote(f"{EXPORTS[noun].title}台账模板.xlsx", safe="")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{noun}-template.xlsx\"; filename*=UTF-8''{name}"
    return answer
