"""One place where every error becomes an answer: problem+json for programs, a page with a next step for people."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]  # it has no types
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from geodata.findings import GeodataError
from gridsvc.api import reader
from gridsvc.api.errors import problem, sentence, status_of, title_of, wait_s
from gridsvc.errors import Busy, GridError, Invalid, NotAllowed, NotFound, TooLarge
from gridsvc.words import say
from web.pages.right_words import ACTIONS


def answer_errors(app: Flask) -> None:
    """Turn errors into answers; only what nobody foresaw is logged as an error, and shown as a reference alone."""
    app.register_error_handler(GridError, _foreseen)
    app.register_error_handler(GeodataError, _foreseen)
    app.register_error_handler(HTTPException, _by_protocol)
    app.register_error_handler(OperationalError, _without_database)
    app.register_error_handler(Exception, _unforeseen)


def _foreseen(error: GridError | GeodataError) -> ResponseReturnValue:
    response = _answer(status_of(error), sentence(_with_the_right_in_words(error)), error.findings)
    if (seconds := wait_s(error)) is not None:
        response.headers["Retry-After"] = str(seconds)
    if response.status_code == 401 and reader.asks_for_data():
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _with_the_right_in_words(error: GridError | GeodataError) -> GridError | GeodataError:
    """Programs know a right by its key, people by its name."""
    name = ACTIONS.get(str(error.values.get("action"))) if isinstance(error, NotAllowed) else None
    return error if name is None or reader.asks_for_data() else NotAllowed(error.template, action=NotAllowed(name))


def _by_protocol(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    response = _answer(error.code, sentence(_in_words(error)))
    response.headers.extend((name, value) for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length"))
    return response


def _in_words(error: HTTPException) -> GridError:
    if isinstance(error, CSRFError):
        return Invalid("This form is too old or came from elsewhere; load the page again and repeat.")
    if isinstance(error, RequestEntityTooLarge):
        return TooLarge("The request is larger than {largest_mib} MiB.", largest_mib=(request.max_content_length or 0) >> 20)
    if error.code == 404:
        return NotFound("There is nothing at this address.")
    return Invalid("The request cannot be answered as it was put.")


def _without_database(error: OperationalError) -> ResponseReturnValue:
    """A server that died is started again within seconds; its absence is no fault of this request, nor is who holds a lock."""
    if getattr(error.orig, "sqlstate", None) == "55P03":  # LockNotAvailable
        return _foreseen(Busy("Somebody else is writing the same at this moment; try again when that is done."))
    structlog.get_logger().error("database", id=g.request_id, reason=str(error.orig))
    return _foreseen(Busy("The database does not answer at the moment; try again in a few seconds."))


def _unforeseen(error: Exception) -> ResponseReturnValue:
    structlog.get_logger().error("unforeseen", id=g.request_id, route=str(request.url_rule), exc_info=error)
    return _answer(500, say("The failure has been recorded; who looks after this service finds it by the reference.", reader.language()))


def _answer(status: int, detail: str, findings: tuple[object, ...] = ()) -> Response:
    if reader.asks_for_data():
        return problem(status, detail, findings)
    if status == 401 and request.method == "GET":
        return make_response(redirect(url_for("sign_in") + "?next=" + quote(request.full_path.rstrip("?"), safe="/")))
    page = render_template(
        "error.html", status=status, title=title_of(status), detail=detail, reference=g.request_id, wanted=request.full_path
    )
    return make_response(page, status)
