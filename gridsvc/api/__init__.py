"""HTTP in, JSON out: the URL table of the API."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Blueprint

from gridsvc.api.openapi import describe
from gridsvc.api.routes import Route, add


@cache
def openapi() -> dict[str, Any]:
    """Answer the description of this API."""
    return describe(ROUTES)


ROUTES: tuple[Route, ...] = (Route("/openapi.json", openapi, problems=()),)


def blueprint() -> Blueprint:
    """Return the API as it is hung below /api/v1."""
    api = Blueprint("api", __name__)
    for route in ROUTES:
        add(api, route)
    return api


def asking_by_post() -> list[str]:
    """Return the functions behind addresses that only ask although the method is POST, as the form protection names them."""
    return [f"{add.__module__}.{route.name}" for route in ROUTES if route.asks and route.method == "POST"]
