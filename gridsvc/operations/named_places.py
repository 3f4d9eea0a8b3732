"""Which unit, compound, building, street or organisation a file means by a word."""

from __future__ import annotations

import re
from functools import cached_property

from sqlalchemy import text
from sqlalchemy.orm import Session


class NamedPlaces:
    """The places of a jurisdiction by what files call them; each table is read when it is first asked.

    A word that means several of a kind means none of them.
    """

    def __init__(self, session: Session, jurisdiction_id: int) -> None:
        self._session = session
        self._given = {"id": jurisdiction_id}

    @cached_property
    def units(self) -> dict[str, int]:
        """Return the ids of current units by code, and by name where it is one unit's alone."""
        return self._by_words("""
            SELECT v.unit_id, v.code, v.name FROM unit_version v
            WHERE v.jurisdiction_id = :id AND upper_inf(v.valid) AND v.kind <> 'remainder'
        """)

    @cached_property
    def levels(self) -> dict[int, int]:
        """Return the level of each current unit."""
        rows = self._session.execute(
            text("SELECT unit_id, level FROM unit_version WHERE jurisdiction_id = :id AND upper_inf(valid)"), self._given
        )
        return {row[0]: row[1] for row in rows}

    @cached_property
    def organisation_kinds(self) -> dict[int, tuple[str, bool]]:
        """Return the kind of each organisation, and whether it has ground."""
        rows = self._session.execute(text(_KINDS), self._given)
        return {row[0]: (row[1], row[2]) for row in rows}

    @cached_property
    def compounds(self) -> dict[str, int]:
        """Return the ids of compounds by number and name."""
        return self._by_words(_SOURCED.format(noun="compound"))

    @cached_property
    def buildings(self) -> dict[str, int]:
        """Return the ids of buildings by number."""
        return self._by_words("SELECT b.id, b.source_ref, NULL FROM building b WHERE b.jurisdiction_id = :id")

    @cached_property
    def streets(self) -> dict[str, int]:
        """Return the ids of streets by number and name."""
        return self._by_words(_SOURCED.format(noun="street"))

    @cached_property
    def organisations(self) -> dict[str, int]:
        """Return the ids of organisations by number and name."""
        return self._by_words(_SOURCED.format(noun="organisation"))

    @cached_property
    def households(self) -> dict[str, int]:
        """Return the ids of the households that the reader may see by number."""
        return self._by_words("SELECT h.id, h.source_ref, NULL FROM household h WHERE h.jurisdiction_id = :id")

    @cached_property
    def people(self) -> dict[str, int]:
        """Return the ids of the people whom the reader may see by number, and by name where it is one person's alone."""
        return self._by_words(_SOURCED.format(noun="person"))

    def _by_words(self, statement: str) -> dict[str, int]:
        """Return ids by the first word of each row, then by the second where only one has it."""
        rows = self._session.execute(text(statement), self._given).all()
        found: dict[str, set[int]] = {}
        names: dict[str, set[int]] = {}
        for number, ref, name in rows:
            found.setdefault(ref or "", set()).add(number)
            names.setdefault(name or "", set()).add(number)
        every = names | found
        return {word: next(iter(ids)) for word, ids in every.items() if word and len(ids) == 1}


def words_of(cell: str | None) -> list[str]:
    """Return the words of a cell that names several things."""
    return [word.strip() for word in re.split(r"[、,,;;\n]+", cell or "") if word.strip()]


_SOURCED = """
SELECT n.id, n.source_ref, v.name FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND upper_inf(v.valid)
WHERE n.jurisdiction_id = :id
"""
_KINDS = """
SELECT o.id, v.kind, organisation_paths(o.id) <> '{}'
FROM organisation o JOIN organisation_version v ON v.organisation_id = o.id AND upper_inf(v.valid) WHERE o.jurisdiction_id = :id
"""
