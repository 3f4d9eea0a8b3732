"""What to call units and their levels, on the map and on plans alike."""

from __future__ import annotations

from typing import Protocol

from gridsvc.domain.schemes import Scheme
from gridsvc.words import say


class Named(Protocol):
    """A unit as it stands or is planned."""

    @property
    def kind(self) -> str:
        """Return unit, remainder or exclusive."""

    @property
    def name(self) -> str:
        """Return what people typed."""


def unit_name(unit: Named, language: str) -> str:
    """Return a unit's name as people typed it; ground that no child covers has a word of ours."""
    return say("Remaining ground", language) if unit.kind == "remainder" else unit.name


def word_of(scheme: Scheme, language: str, number: int, count: int = 1) -> str:
    """Return the scheme's word for so many units of a level counted from 1 at the top."""
    if not 1 <= number <= len(scheme.levels):
        return say("Unit", language) if count == 1 else say("Units", language)
    level = scheme.levels[number - 1]
    if language == "zh":
        return level.name_zh
    return level.name_en if count == 1 else level.name_en_plural
