"""What stands in a jurisdiction, as a file to keep."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from flask import Response

from geodata.writers import WRITERS
from gridsvc.api import reader
from gridsvc.api.shapes import jurisdiction
from gridsvc.database.queries.export_nouns import EXPORTS
from gridsvc.database.queries.exports import Wanted
from gridsvc.database.session import transaction
from gridsvc.errors import NotFound
from gridsvc.operations.exports import ExportRequest, export
from gridsvc.operations.ledger_export import LedgerRequest, export_ledger

MOST_ROWS = 50_000
"""Rows of one download; some 30 MB. The command line knows no limit."""

MOST_UNITS = 2000
"""Units of a ledger that is downloaded; what bounds each of them takes a while to say."""
LEDGER = "ledger", ".xlsx"

MIMETYPES = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def download(slug: str, noun: str, suffix: str, as_of: datetime | None, under: str | None) -> Response:
    """Answer a noun as a file: csv, geojson, gpkg, xlsx or zip (Shapefile); `ledger.xlsx` is the list of grids with their buildings.

    It holds the rows and columns that the reader may see. `gridsvc import` and the page of imports know its rows again.
    """
    place = jurisdiction(slug)
    ending = f".{suffix}"
    if (noun, ending) != LEDGER and (noun not in EXPORTS or ending not in WRITERS):
        known = {"nouns": ", ".join(EXPORTS), "endings": ", ".join(WRITERS)}
        raise NotFound("There is no file {name}; the nouns are {nouns}, the endings {endings}.", name=f"{noun}.{suffix}", **known)
    request = ExportRequest(place, Wanted(noun, as_of, under), english=reader.language() == "en", most=MOST_ROWS)
    with transaction(reader.actor()) as session, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{slug}-{noun}{ending}")
        if noun in EXPORTS:
            export(session, reader.actor(), request, file)
        else:
            export_ledger(session, reader.actor(), LedgerRequest(place, as_of, under, MOST_UNITS), file)
        answer = Response(file.read_bytes(), mimetype=MIMETYPES[ending])
    title = EXPORTS[noun].title if noun in EXPORTS else "网格台账"
    name = f"{place.name}-{noun if request.english else title}{ending}"
    # RFC 6266: old browsers take the first name, all others the second.
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{file.name}\"; filename*=UTF-8''{quote(name, safe='')}"
    return answer
