"""Who asks, and in which language: read once a request, and only when somebody wants to know."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import current_app, g, request
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from gridsvc.database.queries.accounts import actor_of_api_token, actor_of_token
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
    """Return who is signed in, or nobody; one round trip at most, none for a reader without cookie and token.

    Raises NotSignedIn for a program whose token is not, or no longer, good: it is not answered as if it had shown none.
    """
    if "actor" not in g:
        g.actor = _program() if shows_token() else holder(request.cookies.get(TOKEN_COOKIE))
    found: Actor = g.actor
    return found


def shows_token() -> bool:
    """Say whether a program shows a token of its own; then cookies count for nothing."""
    return request.environ.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer " and asks_for_data()


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


def _program() -> Actor:
    found = _asked(partial(actor_of_api_token, digest=token_digest(request.environ["HTTP_AUTHORIZATION"][7:].strip())))
    if found.account_id is None:
        raise NotSignedIn("This token is not known here, has run out or was revoked.")
    return found


def holder(token: str | None) -> Actor:
    """Return whose sign-in has this token; nobody while it waits for a step, or has ended."""
    return _asked(partial(actor_of_token, digest=token_digest(token), idle=IDLE)) if token else NOBODY


def _asked(question: Callable[[Connection], Actor]) -> Actor:
    engine: Engine = current_app.extensions["autocommit"]
    try:
        with engine.connect() as connection:
            return question(connection)
    except OperationalError:  # the server was started anew; the pool has dropped its dead connections
        with engine.connect() as connection:
            return question(connection)
