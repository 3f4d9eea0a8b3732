"""What each error answers: its HTTP status, and a problem (RFC 9457) in the reader's language."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, g

from geodata.findings import Finding, GeodataError
from gridsvc.api import reader
from gridsvc.errors import (
    Busy,
    Conflict,
    GridError,
    Invalid,
    MissingPrecondition,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Stale,
    TooLarge,
    TooMany,
)
from gridsvc.words import say

STATUS: dict[type[Exception], int] = {
    Invalid: 422,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    MissingPrecondition: 428,
    TooLarge: 413,
    TooMany: 429,
    Busy: 503,
    GeodataError: 422,
}

TITLES: dict[int, str] = {
    400: "The request cannot be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "This address does not answer that method",
    409: "This does not fit what is stored",
    412: "Somebody changed it meanwhile",
    413: "Too large",
    415: "This kind of content is not read here",
    422: "This cannot be accepted",
    428: "The version you saw is missing",
    429: "Too many requests",
    500: "Something failed",
    503: "Busy, try again",
}
"""English templates of what happened, by status."""

WAIT_S = {429: 60, 503: 5}
"""Retry-After where the error does not say."""


def status_of(error: Exception) -> int:
    """Return the HTTP status of an error; 500 for what nobody foresaw."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def title_of(status: int) -> str:
    """Return what happened, in the reader's language."""
    return say(TITLES.get(status, TITLES[400 if status < 500 else 500]), reader.language())


def sentence(error: GridError | GeodataError | Finding) -> str:
    """Return the sentence of an error or finding in the reader's language."""
    return say(error.template, reader.language(), **error.values)


def finding(found: Finding) -> dict[str, Any]:
    """Return a finding as it stands in answers."""
    return {"code": found.code, "severity": found.severity, "message": sentence(found), "where": found.where, "row": found.row}


def problem(status: int, detail: str, findings: tuple[object, ...] = ()) -> Response:
    """Return problem+json; `reference` is the request id that the log knows."""
    body: dict[str, Any] = {"type": "about:blank", "title": title_of(status), "status": status, "detail": detail, "reference": g.request_id}
    if findings:
        body["findings"] = [finding(one) for one in findings if isinstance(one, Finding)]
    return Response(orjson.dumps(body), status=status, mimetype="application/problem+json", headers={"Cache-Control": "no-store"})


def wait_s(error: Exception) -> int | None:
    """Return the seconds of Retry-After, or None where waiting does not help."""
    values = getattr(error, "values", {})
    told_s = int(values.get("minutes", 0)) * 60 + int(values.get("seconds", 0)) if isinstance(error, TooMany) else 0
    return told_s or WAIT_S.get(status_of(error))
