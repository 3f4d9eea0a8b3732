"""On which line of a TOML text a key stands: tomllib says what a text holds, and not where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Keys from the top down; the tables of an array are counted from 0."""

_WORD = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_WORD}(?:\s*\.\s*{_WORD})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_SYNTAX = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


def line_index(text: str) -> dict[Place, int]:
    """Return the line, counted from 1, of every table header and of every key that begins a line."""
    lines: dict[Place, int] = {(): 1}
    tables: dict[Place, int] = {}
    table: Place = ()
    quoted = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not quoted and (header := _HEADER.match(line)):
            table = _table(header[2], tables, is_array=header[1] == "[[")
            lines.setdefault(table, number)
        elif not quoted and (key := _KEY.match(line)):
            lines.setdefault(table + _words(key[1]), number)
        quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return lines


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """Return the line of a key, or of the nearest table or key around it."""
    return next(lines[place[:depth]] for depth in range(len(place), -1, -1) if place[:depth] in lines)


def syntax_fault(message: str, text: str) -> tuple[int, str]:
    """Return line and reason from the message of a TOMLDecodeError."""
    found = _SYNTAX.search(message)
    line = int(found[1]) if found and found[1] else len(text.splitlines())
    return max(line, 1), _SYNTAX.sub("", message).strip()


def _table(dotted: str, tables: dict[Place, int], *, is_array: bool) -> Place:
    """Return the place of a table, with the number of each array of tables that it lies in."""
    place: Place = ()
    words = _words(dotted)
    for depth, word in enumerate(words, start=1):
        place += (word,)
        if is_array and depth == len(words):
            tables[place] = tables.get(place, -1) + 1
        if place in tables:
            place += (tables[place],)
    return place


def _words(dotted: str) -> tuple[str, ...]:
    return tuple(word.strip("\"'") for word in re.findall(_WORD, dotted))
