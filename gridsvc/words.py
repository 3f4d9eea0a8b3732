"""What a reader sees, in the reader's language: English templates and their translations."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")
"""English is the template itself; every other language has a folder of po files."""


def say(template: str, language: str, /, **values: object) -> str:
    """Return the sentence in this language, with its values filled in; in English where no translation exists.

    A value that carries a sentence of its own, as findings and errors do, is said in the same language.
    """
    said = {name: _said(value, language) if hasattr(value, "template") else value for name, value in values.items()}
    return translations(language).get(template, template).format(**said)


def _said(value: Any, language: str) -> str:  # noqa: ANN401  # whatever has a template and values
    return say(value.template, language, **value.values)


@cache
def translations(language: str) -> dict[str, str]:
    """Return the templates of a language by their English ones, from all its po files."""
    found: dict[str, str] = {}
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            found.update((str(m.id), str(m.string)) for m in read_po(file, locale=language) if m.id and m.string and not m.fuzzy)
    return found
