"""Code tables: a key, its names in two languages, and the words that files use for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OTHER = "other"
"""The key of what means none of the others, where a table has it."""


@dataclass(frozen=True, slots=True)
class Code:
    """One row of a code table."""

    name_zh: str
    """What screens and files call it."""
    name_en: str
    """The same in English."""
    words: frozenset[str] = frozenset()
    """What files call it besides, OpenStreetMap's values among them, in small letters."""


def key_of(table: Mapping[str, Code], word: str | None) -> str | None:
    """Return the key of what a file calls `word`, in Chinese or English; None where it says nothing or a word of no row."""
    plain = (word or "").strip().casefold()
    matches = (
        key for key, code in table.items() if plain in (key, code.name_zh.casefold(), code.name_en.casefold()) or plain in code.words
    )
    return next(matches, None) if plain else None
