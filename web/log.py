"""One line of JSON a request on standard error, with an id that the answer carries too."""

from __future__ import annotations

import re
import secrets
import sys
from time import perf_counter

import orjson
import structlog
from flask import Flask, Response, g, request

from web.metrics import Metrics

_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


def start() -> None:
    """Write events as JSON lines; the same for every process."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def follow_requests(app: Flask, metrics: Metrics) -> None:
    """Give each request an id, and log and count it when it is answered.

    The route is logged, not the address: a query string holds coordinates, which may be somebody's home.
    """
    log = structlog.get_logger().bind()  # a finished logger; the lazy one is made ready again at each event

    @app.before_request
    def begin() -> None:
        g.started = perf_counter()
        given = request.headers.get("X-Request-ID")
        g.request_id = given if given and _GIVEN.fullmatch(given) else secrets.token_hex(8)

    @app.after_request
    def end(response: Response) -> Response:
        seconds = perf_counter() - g.started
        route = request.url_rule.rule if request.url_rule else None
        status = response.status_code
        response.headers["X-Request-ID"] = g.request_id
        metrics.count(route, request.method, status, seconds)
        actor = g.get("actor")
        log.info(
            "request",
            id=g.request_id,
            method=request.method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            account=actor.account_id if actor else None,
        )
        return response
