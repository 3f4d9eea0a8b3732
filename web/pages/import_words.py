"""The words of the import page: nouns, fields and choices, and which of them a refusal asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from geodata.findings import Finding
from gridsvc.domain.columns import HEADERS
from gridsvc.operations.imports import IMPORTERS
from gridsvc.words import say

NOUNS = {
    "units": "Units of the grid",
    "compounds": "Compounds",
    "buildings": "Buildings",
    "streets": "Streets",
    "barriers": "Barriers",
    "stations": "Stations",
    "gates": "Gates",
    "parking_lots": "Parking lots",
    "parking_spaces": "Parking spaces",
    "fire_lanes": "Fire lanes",
    "aliases": "Spellings in ledgers",
    "households": "Households",
    "contracts": "Contracts with members",
    "organisations": "Organisations",
    "people": "People",
    "appointments": "Appointments",
}
"""English templates of what can be brought in."""

OUTCOMES = {"new": "New", "changed": "Changed", "repaired": "Mended", "unchanged": "As before", "refused": "Refused"}
"""English templates of what becomes of a row."""

CHOICES = {
    "crs": "Reference system",
    "layer": "Layer",
    "level": "Level",
    "keep": "Whose border holds",
    "accept-loss": "Agree to the loss of ground",
    "skip-refused": "Leave out the refused rows",
    "column": "Columns",
    "source": "Source",
    "effective": "Holds from",
}
"""English templates of what a form asks, by the name of the option of `gridsvc import`."""

STATES = {
    "queued": "Waiting", "running": "Under way", "stopping": "Stopping", "done": "Done", "failed": "Failed", "cancelled": "Stopped",
}  # fmt: skip

TITLES = (NOUNS, OUTCOMES, CHOICES, STATES)

CRS_EXAMPLES = ("EPSG:4490", "EPSG:4326", "GCJ-02", "BD-09", *(f"EPSG:{code}" for code in range(4534, 4555)))
"""Systems that are offered; any other can be typed."""

_OPTION = re.compile(r"--(" + "|".join(CHOICES) + r")\b")


def nouns() -> dict[str, str]:
    """Return what can be brought in, with its English template."""
    return {noun: NOUNS.get(noun, noun.replace("_", " ").capitalize()) for noun in IMPORTERS}


def field_title(noun: str, field: str, language: str) -> str:
    """Return what a field is called: in Chinese the first header that offices use for it."""
    chinese = next((word for word in HEADERS.get(noun, {}).get(field, ()) if not word.isascii()), None)
    return chinese if language == "zh" and chinese else field.replace("_", " ")


def sentence(found: Finding, language: str) -> str:
    """Return a sentence for a reader of pages: options of the command line by the titles of their fields."""
    said = say(found.template, language, **found.values)
    return _OPTION.sub(lambda option: ("「{}」" if language == "zh" else "{}").format(say(CHOICES[option[1]], language)), said)


def asked_for(failure: Mapping[str, Any]) -> set[str]:
    """Return the choices that a refusal asks for, by the options and layers that its sentences name."""
    found: set[str] = set()
    for said in (failure, *failure.get("findings", ())):
        found |= {option for template in _templates(said) for option in _OPTION.findall(template)}
        if "layers" in said["values"]:
            found.add("layer")
    return found


def _templates(said: Mapping[str, Any]) -> list[str]:
    """Return the templates of a sentence and of those within it."""
    within = [value for value in said["values"].values() if isinstance(value, dict)]
    return [said["template"], *(template for each in within for template in _templates(each))]
