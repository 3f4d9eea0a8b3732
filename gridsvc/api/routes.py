"""How a row of the URL table becomes an address: parse, ask, answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import orjson
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from gridsvc.api import reader
from gridsvc.api.parse import Parameter, values_of
from gridsvc.database.freshness import generation, in_one_state

JSON = "application/json"
GEOJSON = "application/geo+json"
FILE = "application/octet-stream"
"""A file, of a kind that its address says."""
_OPTIONS = orjson.OPT_NON_STR_KEYS


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the API and the function that answers; its docstring and return type describe it."""

    rule: str
    answer: Callable[..., object]
    parameters: tuple[Parameter, ...] = ()
    method: str = "GET"
    takes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The bodies it reads, as JSON schemas by media type."""
    mimetype: str = JSON
    asks: bool = True
    """Whether it only asks, though by POST perhaps; what changes things needs the token of a form."""
    public: bool = True
    """Whether the answer is made of public data alone: then it is the same until the ground changes."""
    problems: tuple[int, ...] = (404, 422)
    """The statuses it answers beside 200."""

    @property
    def name(self) -> str:
        """Return the operation's name: the noun and what is asked of it."""
        return f"{self.answer.__module__.rpartition('.')[2]}_{self.answer.__name__}"


def add(blueprint: Blueprint, route: Route, *, public: bool) -> None:
    """Hang a route into the API; `public` says whether caches that people share may keep public data."""
    keeping = "no-cache" if public else "private, no-cache"
    """Caches may keep the answer and ask each time whether it still holds."""

    def answer(**path: object) -> ResponseReturnValue:
        values = values_of(route.parameters, request.args)
        if not route.public:
            response = _response(route, _asked(route, **path, **values))
            response.headers["Cache-Control"] = "private, no-store"  # what depends on rights stays out of every cache
            return response
        tag = f'"{generation()}-{reader.language()}"'
        fresh = route.method != "GET" or request.headers.get("If-None-Match") != tag
        response = _response(route, _asked(route, **path, **values)) if fresh else Response(status=304)
        response.headers.extend([("ETag", tag), ("Cache-Control", keeping), ("Vary", "Accept-Language")])
        return response

    answer.__name__ = route.name
    blueprint.add_url_rule(route.rule, route.name, answer, methods=[route.method])


def _asked(route: Route, **given: object) -> object:
    """Return what the route answers; who only asks is answered from one state."""
    return in_one_state(partial(route.answer, **given)) if route.asks else route.answer(**given)


def _response(route: Route, found: object) -> Response:
    if isinstance(found, Response):
        return found
    return Response(found if isinstance(found, bytes) else orjson.dumps(found, option=_OPTIONS), mimetype=route.mimetype)
