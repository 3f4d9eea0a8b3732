"""Names instead of indices in what this package says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from geodata.findings import Finding, GeodataError

_INDICES = ("unit", "other")
"""The fields of findings and errors here that hold the index of a leaf."""


def named(finding: Finding, names: Sequence[str]) -> Finding:
    """Return the finding with names for the leaves that it calls by index; those without a name stay."""
    return replace(finding, values=_with_names(finding.values, names))


def named_error(error: GeodataError, names: Sequence[str]) -> GeodataError:
    """Return the error, and its findings, with names for the leaves that it calls by index."""
    findings = tuple(named(finding, names) for finding in error.findings)
    return GeodataError(error.template, findings=findings, **_with_names(error.values, names))


def _with_names(values: Mapping[str, object], names: Sequence[str]) -> dict[str, object]:
    found = dict(values)
    for field in _INDICES:
        index = found.get(field)
        if isinstance(index, int) and index < len(names):
            found[field] = names[index]
    return found
