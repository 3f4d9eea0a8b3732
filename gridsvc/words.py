"""What a reader sees, in the reader's language: English templates and their translations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol, runtime_checkable

from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")
"""English is the template itself; every other language has a folder of po files."""


@runtime_checkable
class Sentence(Protocol):
    """What carries a sentence of its own: a finding, an error."""

    template: str
    values: Mapping[str, object]


def say(template: str, language: str, /, **values: object) -> str:
    """Return the sentence in this language, with its values filled in; in English where no translation exists."""
    said = {name: say(value.template, language, **value.values) if isinstance(value, Sentence) else value for name, value in values.items()}
    return translations(language).get(template, template).format(**said)


@cache
def translations(language: str) -> dict[str, str]:
    """Return the templates of a language by their English ones, from all its po files."""
    found: dict[str, str] = {}
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            found.update((str(m.id), str(m.string)) for m in read_po(file, locale=language) if m.id and m.string and not m.fuzzy)
    return found
