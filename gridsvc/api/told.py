"""Findings as the API answers them."""

from __future__ import annotations

from typing import TypedDict

from geodata.findings import Box, Finding
from gridsvc.api import reader
from gridsvc.words import say


class Told(TypedDict):
    """A finding of a plan, in the reader's language."""

    severity: str
    code: str
    sentence: str
    where: Box | None


def told(finding: Finding) -> Told:
    """Return a finding in the reader's language."""
    sentence = say(finding.template, reader.language(), **finding.values)
    return {"severity": finding.severity, "code": finding.code, "sentence": sentence, "where": finding.where}
