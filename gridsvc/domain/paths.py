"""Paths: labels from a jurisdiction down to a unit or building, as ltree writes them."""

from __future__ import annotations

EVERYWHERE = ""
"""The path above all jurisdictions."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def label(number: int) -> str:
    """Return the label of an id: its base-36 form in small letters."""
    text = ""
    while number >= 36:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return _DIGITS[number] + text


def jurisdiction_path(jurisdiction_id: int) -> str:
    """Return the path of a jurisdiction, under which all its units and buildings stand."""
    return "j" + label(jurisdiction_id)


def below(path: str, unit_id: int) -> str:
    """Return the path of a unit under its parent's."""
    return f"{path}.{label(unit_id)}"


def building_path(path: str, building_id: int) -> str:
    """Return the path of a building in the unit of this path."""
    return f"{path}.b_{label(building_id)}"


def covers(scope: str, path: str) -> bool:
    """Say whether a path lies at or below a scope; the same as ltree's `path <@ scope`."""
    return scope in (EVERYWHERE, path) or path.startswith(scope + ".")
