"""What the service is made of, from top to bottom."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, create_engine

from gridsvc import api
from gridsvc.api import reader, tiles
from gridsvc.database import cluster
from gridsvc.database.freshness import in_one_state, keep_mark
from gridsvc.database.session import connect, driver_url
from gridsvc.sealing import use_keys
from gridsvc.settings import Settings
from web import compress, errors, health, language, limits, log, security, uploads
from web.maps.base_maps import picture_hosts
from web.metrics import Metrics
from web.pages import PAGES, notices

ALWAYS_OPEN = frozenset({"static", "healthz", "readyz", "metrics_text", *(page.name for page in PAGES if page.open)})
"""What answers strangers even where public data is for signed-in readers only."""


class Service(Flask):
    """Flask without coroutines: it would look for them at each function of each request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function; none of ours is a coroutine."""
        return func


def create_app(settings: Settings) -> Flask:
    """Return the service for these settings, connected to its database."""
    log.start()
    app = Service("web")
    app.request_class = uploads.Streaming
    database = cluster.open(settings)
    atexit.register(database.close)
    connect(database.url("app"))
    keep_mark(settings.data_dir / "run" / "generation")
    use_keys(settings.data_dir / "keys")
    app.config["SETTINGS"] = settings
    app.extensions.update(database=database, autocommit=_single_statements(database.url("app")))
    metrics = Metrics(settings.data_dir / "run" / "metrics")

    log.follow_requests(app, metrics)
    if settings.rate_limits:
        limits.limit_requests(app, settings.data_dir / "run" / "limits")
    forms = security.protect(app, settings, picture_hosts(settings))
    compress.compress_answers(app)
    language.speak(app, frozenset(page.name for page in PAGES))
    errors.answer_errors(app)
    if not settings.public:
        app.before_request(_only_signed_in)

    app.jinja_env.globals["unread_notices"] = notices.unread
    health.report_health(app, app.extensions["autocommit"], metrics)
    app.register_blueprint(api.blueprint(public=settings.public), url_prefix="/api/v1")
    app.register_blueprint(tiles.blueprint(), url_prefix="/tiles")
    for view in api.asking_by_post():
        forms.exempt(view)
    for page in PAGES:
        app.add_url_rule(page.rule, page.name, _from_one_state(page.answer) if page.one_state else page.answer, methods=page.methods)
        if page.checks_form:
            forms.exempt(page.answer)
    return app


def _from_one_state(answer: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    return lambda **path: in_one_state(partial(answer, **path))


def _single_statements(url: str) -> Engine:
    """Return connections for one statement each, in one round trip: no transaction around it, no ping before it."""
    return create_engine(driver_url(url), isolation_level="AUTOCOMMIT", pool_size=1)


def _only_signed_in() -> None:
    if request.endpoint not in ALWAYS_OPEN:
        reader.require_reader()
