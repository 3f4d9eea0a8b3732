"""Who asks, and in which language: read once a request, and only when somebody wants to know."""

from __future__ import annotations

from flask import current_app, g, request
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from gridsvc.database.queries.accounts import actor_of_token
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.errors import NotSignedIn
from gridsvc.operations.sign_ins import IDLE, token_digest
from gridsvc.settings import Settings
from gridsvc.words import LANGUAGES

TOKEN_COOKIE = "gridsvc_sign_in"  # noqa: S105  # the name of a cookie, no secret
LANGUAGE_COOKIE = "gridsvc_language"
MACHINES = ("/api/", "/tiles/")
"""Below these, programs ask: problems are JSON and Accept-Language counts."""


def settings() -> Settings:
    """Return what this installation chose."""
    chosen: Settings = current_app.config["SETTINGS"]
    return chosen


def asks_for_data() -> bool:
    """Say whether a program asks, not a page."""
    return request.path.startswith(MACHINES)


def actor() -> Actor:
    """Return who is signed in, or nobody; one round trip at most, none for a reader without cookie."""
    if "actor" not in g:
        g.actor = _holder(request.cookies.get(TOKEN_COOKIE))
    found: Actor = g.actor
    return found


def require_reader() -> None:
    """Raise NotSignedIn where public data is for signed-in readers only and nobody is signed in."""
    if not settings().public and actor().account_id is None:
        raise NotSignedIn("Sign in first.")


def language() -> str:
    """Return zh or en: by `lang`, for programs by Accept-Language, for people by cookie and account, else as installed."""
    if "language" not in g:
        g.language = next((known for known in _wishes() if known in LANGUAGES), settings().language)
    chosen: str = g.language
    return chosen


def _wishes() -> list[str | None]:
    asked = request.args.get("lang")
    if asked or asks_for_data():
        accepted = "HTTP_ACCEPT_LANGUAGE" in request.environ
        return [asked, request.accept_languages.best_match(LANGUAGES) if accepted else None]
    return [request.cookies.get(LANGUAGE_COOKIE), actor().language]


def _holder(token: str | None) -> Actor:
    if not token:
        return NOBODY
    digest = token_digest(token)
    try:
        return _asked(digest)
    except OperationalError:
        return _asked(digest)  # the server was started anew; the pool has dropped its dead connections


def _asked(digest: bytes) -> Actor:
    engine: Engine = current_app.extensions["autocommit"]
    with engine.connect() as connection:
        return actor_of_token(connection, digest, IDLE)
