"""Sentences as JSON, to be kept and said later in whatever language the reader then has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from geodata.findings import Finding


def kept(said: Any) -> dict[str, Any]:  # noqa: ANN401  # an error, a finding or whatever else has a template and values
    """Return a sentence as JSON: its template and values, of a finding the rest too."""
    found = {"template": said.template, "values": plain_values(said.values)}
    if isinstance(said, Finding):
        found |= {"code": said.code, "severity": said.severity, "where": _plain(said.where), "row": _plain(said.row)}
    return found


def failure(error: Any) -> dict[str, Any]:  # noqa: ANN401  # a GridError or GeodataError
    """Return an error as JSON, with its findings."""
    return kept(error) | {"findings": [kept(finding) for finding in error.findings if isinstance(finding, Finding)]}


def finding_of(stored: Mapping[str, Any]) -> Finding:
    """Return the sentence that was kept; what was no finding is an error without place."""
    values = {name: finding_of(value) if isinstance(value, dict) else value for name, value in stored["values"].items()}
    where = stored.get("where")
    box = (where[0], where[1], where[2], where[3]) if where else None
    return Finding(stored.get("code", ""), stored.get("severity", "error"), stored["template"], values, box, stored.get("row"))


def plain_values(values: Mapping[str, object]) -> dict[str, Any]:
    """Return the values of a template as JSON has them."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401  # whatever stands in a sentence
    if isinstance(value, np.generic):
        value = value.item()
    if hasattr(value, "template"):
        return kept(value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return storable(str(value))


def storable(text: str) -> str:
    """Return text without what PostgreSQL's JSON cannot hold: NUL and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
