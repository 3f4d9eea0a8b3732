"""The description of the API (OpenAPI 3.1), made from the URL table and the types of its answers."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterable
from datetime import datetime
from inspect import getdoc
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from flask import Response

from gridsvc.api.errors import TITLES
from gridsvc.api.parse import Parameter

if TYPE_CHECKING:
    from gridsvc.api.routes import Route

PLAIN: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    UUID: {"type": "string", "format": "uuid"},
    Any: {},
    object: {},
    Response: {"type": "string", "format": "binary"},
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457)",
    "required": ["title", "status", "detail", "reference"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence in the reader's language"},
        "reference": {"type": "string", "description": "The id of the request, as the log knows it"},
        "findings": {"type": "array", "items": {"type": "object"}},
    },
}
LANG = {"name": "lang", "in": "query", "description": "Language of sentences", "schema": {"enum": ["zh", "en"]}}


def describe(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the whole description; nothing in it points elsewhere."""
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    paths: dict[str, Any] = {}
    for route in routes:
        address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule)
        paths.setdefault("/api/v1" + address, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "gridsvc",
            "version": "1",
            "description": "Units, buildings and compounds of jurisdictions, and whose ground a point is.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"signIn": {"type": "apiKey", "in": "cookie", "name": "gridsvc_sign_in"}},
        },
        "security": [{}, {"signIn": []}],
    }


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    summary, _, more = (getdoc(route.answer) or "").partition("\n")
    body = schema_of(get_type_hints(route.answer)["return"], schemas)
    problems = {str(status): _problem(TITLES[status]) for status in route.problems}
    found: dict[str, Any] = {
        "operationId": route.name,
        "summary": summary,
        "parameters": [*_in_path(route.rule), *map(_in_query, route.parameters), LANG],
        "responses": {"200": {"description": "The answer", "content": {route.mimetype: {"schema": body}}}, **problems},
    }
    if more.strip():
        found["description"] = more.strip()
    if route.takes:
        found["requestBody"] = {"required": True, "content": {kind: {"schema": dict(schema)} for kind, schema in route.takes.items()}}
    return found


def schema_of(hint: Any, schemas: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401  # a type hint may be any object
    """Return the JSON schema of a type; a TypedDict becomes a named schema with its docstring."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(part, schemas) for part in parts]}
    if origin is typing.Literal:
        return {"enum": list(parts)}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(parts[1], schemas)}
    if origin in (list, tuple):
        return {"type": "array", "items": schema_of(parts[0], schemas)}
    return _named(hint, schemas)


def _named(kind: Callable[..., Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in schemas:
        schemas[name] = {}  # so that a type may hold itself
        hints = get_type_hints(kind)
        schemas[name] = {
            "type": "object",
            "description": (getdoc(kind) or "").partition("\n")[0],
            "required": list(hints),
            "properties": {key: schema_of(hint, schemas) for key, hint in hints.items()},
        }
    return {"$ref": f"#/components/schemas/{name}"}


def _in_path(rule: str) -> list[dict[str, Any]]:
    formats = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer"}}
    found = re.findall(r"<(?:(\w+):)?(\w+)>", rule)
    return [{"name": name, "in": "path", "required": True, "schema": formats.get(kind, {"type": "string"})} for kind, name in found]


def _in_query(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.says,
        "schema": dict(parameter.schema),
    }


def _problem(title: str) -> dict[str, Any]:
    return {"description": title, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
