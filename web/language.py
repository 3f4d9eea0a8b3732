"""Chinese or English on every page: the switch, its cookie, and `_()` in templates."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request

from gridsvc.api import reader
from gridsvc.domain.permissions import Action, may_anywhere
from gridsvc.words import LANGUAGES, say
from web.security import csp_nonce

ADMINISTRATION = {"system": Action.SET_UP, "users": Action.MANAGE_ACCOUNTS, "trail": Action.READ_AUDIT}
"""The pages of the three administrators, and the right that each takes."""

YEAR_S = 365 * 24 * 3600


WAYS = {
    "brings_in": Action.IMPORT,
    "reads_plans": Action.READ_PLANS,
    "reads_reports": Action.READ_REPORTS,
    "assigns": Action.ASSIGN_CONTRACTS,
}
"""What templates call the right that a page of a jurisdiction needs."""


def speak(app: Flask, pages: frozenset[str]) -> None:
    """Give templates `_()`, `language`, `language_url` and `actor`; remember a language that was asked for.

    `may_open` names the administrators' pages that the reader may open; the keys of WAYS say what the reader may do anywhere at all.
    In a page, `g.actor`, `g.language` and `g.csp_nonce` are there from the start.
    """
    app.jinja_env.globals["_"] = lambda template, **values: say(template, reader.language(), **values)

    @app.before_request
    def know_the_reader() -> None:
        if request.endpoint in pages:
            reader.actor()
            reader.language()
            csp_nonce()

    @app.context_processor
    def about_the_reader() -> dict[str, Any]:
        who = reader.actor()
        rights: dict[str, Any] = {name: may_anywhere(who, action) for name, action in WAYS.items()}
        rights["may_open"] = [page for page, action in ADMINISTRATION.items() if may_anywhere(who, action)]
        return {"language": reader.language(), "language_url": _other_language(), "actor": who, **rights}

    @app.after_request
    def remember(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked in LANGUAGES and not reader.asks_for_data():
            response.set_cookie(reader.LANGUAGE_COOKIE, asked, max_age=YEAR_S, httponly=True, samesite="Lax", secure=request.is_secure)
        return response


def _other_language() -> str:
    """Return the address of this page in the other language."""
    other = "en" if reader.language() == "zh" else "zh"
    path = request.path if request.method == "GET" else "/"
    return path + "?" + urlencode({**request.args, "lang": other})
