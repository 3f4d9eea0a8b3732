"""Whether the service lives, whether it can serve, and how it is doing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import orjson
from flask import Flask, Response
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from gridsvc.database.install import MIGRATIONS
from gridsvc.database.resident import current
from web.metrics import Metrics


def report_health(app: Flask, engine: Engine, metrics: Metrics) -> None:
    """Answer /healthz, /readyz and /metrics."""
    checks: dict[str, Callable[[], bool]] = {"database": lambda: _migrated(engine), "ground": _resident}

    @app.get("/healthz")
    def healthz() -> Response:
        """Answer as long as this process lives; asks nothing of others."""
        return Response("ok\n", mimetype="text/plain")

    @app.get("/readyz")
    def readyz() -> Response:
        """Answer 200 when everything needed for serving is there, else 503; each check by name."""
        found = {name: check() for name, check in checks.items()}
        return Response(orjson.dumps(found), status=200 if all(found.values()) else 503, mimetype="application/json")

    @app.get("/metrics")
    def metrics_text() -> Response:
        """Answer the counts of all processes for Prometheus."""
        return Response(metrics.text(), mimetype="text/plain; version=0.0.4")


def _migrated(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == newest_migration())
    except SQLAlchemyError:
        return False


def _resident() -> bool:
    try:
        current()
    except SQLAlchemyError:
        return False
    return True


@cache
def newest_migration() -> str | None:
    """Return the migration that this version brings the tables to."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # heavy, and asked once

    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
